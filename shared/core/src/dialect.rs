//! The languages that the platform speaks to programs.

use serde::{Deserialize, Serialize};

/// Whose API a program was written for. Events are told in it too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dialect {
    /// WATI Pro's.
    WatiPro,
}

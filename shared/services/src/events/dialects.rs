//! How each dialect tells of events: its words for them and its patience.

use openwati_core::dialect::Dialect;
use openwati_core::retry::{self, Ladder};

use super::{Event, wati_pro};

/// What the engine has to know of a dialect.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Telling {
    /// The body of an event; none for an event that the dialect has no words for.
    pub(crate) render: fn(&Event) -> Option<String>,
    /// When an event that was not taken is told again.
    pub(crate) ladder: Ladder,
}

/// How a dialect tells of events.
pub(crate) const fn telling(dialect: Dialect) -> Telling {
    match dialect {
        Dialect::WatiPro => Telling {
            render: wati_pro::render,
            ladder: retry::WATI_PRO,
        },
    }
}

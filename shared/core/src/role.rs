//! What people and keys are in a tenant.

use serde::{Deserialize, Serialize};

/// A role, from least to most. What each may do is decided in the services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Answers the conversations that are assigned to them.
    Agent,
    /// Sees every conversation, assigns, resolves, runs campaigns.
    Manager,
    /// Everything of the own tenant. API keys have this role unless they were made with less.
    Admin,
    /// The operator of the installation; enters a tenant by an audited act.
    SuperAdmin,
}

//! What people and keys are in a tenant, and what they may.

use serde::{Deserialize, Serialize};

use crate::scope::{Access, Area};

/// A role, from least to most.
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

impl Role {
    /// Every role, from least to most.
    pub const ALL: [Self; 4] = [Self::Agent, Self::Manager, Self::Admin, Self::SuperAdmin];

    /// The name in the API: `agent`, `manager`, `admin`, `super_admin`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Manager => "manager",
            Self::Admin => "admin",
            Self::SuperAdmin => "super_admin",
        }
    }

    /// Whether somebody of this role may do this in the own tenant. An agent's reach ends at the own conversations,
    /// which the use case looks after.
    pub const fn may(self, area: Area, _access: Access) -> bool {
        match area {
            Area::Messages | Area::Inbox => true,
            Area::Campaigns | Area::Contacts | Area::Rules | Area::Templates | Area::Analytics => {
                !matches!(self, Self::Agent)
            }
            Area::Webhooks | Area::Account => matches!(self, Self::Admin | Self::SuperAdmin),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_what_the_ones_below_may() {
        use Access::{Read, Write};
        use Area::*;
        let areas = [
            Messages, Campaigns, Contacts, Rules, Inbox, Templates, Webhooks, Analytics, Account,
        ];
        for area in areas {
            for access in [Read, Write] {
                let may: Vec<bool> = Role::ALL.map(|role| role.may(area, access)).into();
                assert!(may.is_sorted(), "{area:?} {access:?} {may:?}");
            }
        }
    }

    #[test]
    fn agents_answer_managers_run_admins_set_up() {
        assert!(Role::Agent.may(Area::Inbox, Access::Write));
        assert!(!Role::Agent.may(Area::Contacts, Access::Read));
        assert!(Role::Manager.may(Area::Campaigns, Access::Write));
        assert!(!Role::Manager.may(Area::Account, Access::Read));
        assert!(!Role::Manager.may(Area::Webhooks, Access::Read));
        assert!(Role::Admin.may(Area::Account, Access::Write));
    }

    #[test]
    fn the_name_is_what_is_stored() {
        for role in Role::ALL {
            let stored = serde_json::to_string(&role).unwrap();
            assert_eq!(stored, format!("\"{}\"", role.name()));
        }
    }
}

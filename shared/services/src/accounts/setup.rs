//! What the operator settled for accounts.

use openwati_core::plan::{self, Plan};

/// Who may make a tenant by signing up. An invitation into a team is taken in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SignUpMode {
    /// Anybody.
    Open,
    /// Nobody, as with [`Closed`](Self::Closed); who tries is told to ask the operator for an invitation.
    Invite,
    /// Nobody. A Super Admin makes tenants, and invites their Admins.
    #[default]
    Closed,
}

impl SignUpMode {
    /// The mode of this name: `open`, `invite`, `closed`.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "open" => Some(Self::Open),
            "invite" => Some(Self::Invite),
            "closed" => Some(Self::Closed),
            _ => None,
        }
    }
}

/// What the operator settled for accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accounts {
    /// Who may make a tenant by signing up.
    pub sign_up: SignUpMode,
    /// The plan that such a tenant gets.
    pub plan: Plan,
    /// Whether mails are sent.
    pub mails: bool,
}

/// What the operator wrote is no setting.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{variable}: {reason}")]
pub struct BadAccounts {
    /// The variable that is wrong.
    pub variable: &'static str,
    /// What it must be.
    pub reason: String,
}

impl Accounts {
    /// Reads the settings by their names; what is not there is as it is by default.
    ///
    /// # Errors
    /// Which of them is none.
    pub fn read(
        sign_up: Option<&str>,
        plan: Option<&str>,
        mails: bool,
    ) -> Result<Self, BadAccounts> {
        let mut accounts = Self {
            mails,
            ..Self::default()
        };
        if let Some(name) = sign_up {
            accounts.sign_up = SignUpMode::named(name).ok_or_else(|| BadAccounts {
                variable: "SIGN_UP",
                reason: "must be open, invite or closed".to_owned(),
            })?;
        }
        if let Some(name) = plan {
            accounts.plan = plan::named(name).ok_or_else(|| {
                let names: Vec<_> = plan::names().collect();
                BadAccounts {
                    variable: "SIGN_UP_PLAN",
                    reason: format!("must be one of {}", names.join(", ")),
                }
            })?;
        }
        Ok(accounts)
    }
}

impl Default for Accounts {
    fn default() -> Self {
        Self {
            sign_up: SignUpMode::Closed,
            plan: plan::named(plan::FREE).expect("the documentation's plans are listed"),
            mails: false,
        }
    }
}

//! What Admins change of somebody, and what somebody changes of themselves.

use openwati_core::id::Id;
use openwati_core::role::Role;
use openwati_core::secret::Secret;
use openwati_core::tenant::TenantId;

use super::{Sessions, UserRecord, UserState};
use crate::audit::AuditRecord;
use crate::error::StoreError;
use crate::item::{n, s, write};
use crate::keys::Key;
use crate::store::{Store, Update};
use crate::transaction::Transacted;

/// What is changed of somebody. What is not named stays.
#[derive(Debug, Clone, Default)]
pub struct UserChange {
    /// What they are called.
    pub name: Option<String>,
    /// What they may do.
    pub role: Option<Role>,
    /// Whether they may come in. Who may not any more is logged out everywhere.
    pub state: Option<UserState>,
}

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changed<T> {
    /// It is made.
    Done(T),
    /// It would leave the tenant without an Admin.
    LastAdmin,
    /// They are not any more what they were when they were read.
    Moved,
}

impl Store {
    /// Changes somebody, as they were when they were read.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn change_user(
        &self,
        tenant: &TenantId,
        seen: &UserRecord,
        change: &UserChange,
        audit: &AuditRecord,
    ) -> Result<Changed<UserRecord>, StoreError> {
        let after = UserRecord {
            name: change.name.clone().unwrap_or_else(|| seen.name.clone()),
            role: change.role.unwrap_or(seen.role),
            state: change.state.unwrap_or(seen.state),
            ..seen.clone()
        };
        let admins = i64::from(after.is_active_admin()) - i64::from(seen.is_active_admin());
        let mut expression =
            "SET #name = :name, user_role = :new_role, user_state = :new_state".to_owned();
        let logged_out = after.state != UserState::Active;
        if logged_out {
            expression += ", open_sessions = :none";
        }
        let mut update = Update::new(Key::user(tenant, seen.id), expression)
            .condition("user_role = :role AND user_state = :state")
            .name("#name", "name")
            .value(":name", s(&after.name))
            .value(":new_role", s(after.role.name()))
            .value(":new_state", s(after.state.name()))
            .value(":role", s(seen.role.name()))
            .value(":state", s(seen.state.name()));
        if logged_out {
            update = update.value(":none", no_sessions());
        }
        let mut items = vec![
            self.transact_update(update),
            self.audit_item(tenant, audit)?,
        ];
        if admins != 0 {
            items.push(self.team_count(tenant, 0, admins, None));
        }
        match self.transact("changing a user", items).await? {
            Transacted::Done if logged_out => Ok(Changed::Done(UserRecord {
                sessions: Sessions::default(),
                ..after
            })),
            Transacted::Done => Ok(Changed::Done(after)),
            Transacted::Refused => self.why_not(tenant, seen, admins < 0).await,
        }
    }

    /// Sets the password of somebody whose password still is the one that was seen, and ends their sessions but `keep`.
    /// Says whether it was.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn set_password(
        &self,
        tenant: &TenantId,
        seen: &UserRecord,
        hash: &Secret<String>,
        keep: Option<Id>,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError> {
        let operation = "setting a password";
        let kept = seen.sessions.only(keep);
        let mut condition = "user_state = :active AND password_version = :seen".to_owned();
        let mut generation = None;
        if let Some((name, session)) = kept.iter().next() {
            // A session that was renewed meanwhile must not be turned back.
            condition += &format!(" AND open_sessions.{name}.generation = :generation");
            generation = Some(session.generation);
        }
        let mut update = Update::new(
            Key::user(tenant, seen.id),
            "SET password_hash = :hash, password_version = :next, open_sessions = :kept",
        )
        .condition(condition)
        .value(":hash", s(hash.expose()))
        .value(":seen", n(seen.password_version))
        .value(":next", n(seen.password_version + 1))
        .value(":active", s(UserState::Active.name()))
        .value(
            ":kept",
            aws_sdk_dynamodb::types::AttributeValue::M(write(operation, &kept)?),
        );
        if let Some(generation) = generation {
            update = update.value(":generation", n(generation));
        }
        let items = vec![
            self.transact_update(update),
            self.audit_item(tenant, audit)?,
        ];
        let made = self.transact(operation, items).await?;
        Ok(matches!(made, Transacted::Done))
    }

    /// Why a change of a team was not made.
    pub(super) async fn why_not<T>(
        &self,
        tenant: &TenantId,
        seen: &UserRecord,
        one_admin_less: bool,
    ) -> Result<Changed<T>, StoreError> {
        let is = self.user(tenant, seen.id).await?;
        let same = is.is_some_and(|is| {
            is.role == seen.role && is.state == seen.state && is.oidc == seen.oidc
        });
        if same && one_admin_less && self.team_counts(tenant).await?.1 <= 1 {
            return Ok(Changed::LastAdmin);
        }
        Ok(Changed::Moved)
    }
}

/// What is where nobody is logged in.
pub(super) fn no_sessions() -> aws_sdk_dynamodb::types::AttributeValue {
    aws_sdk_dynamodb::types::AttributeValue::M(std::collections::HashMap::new())
}

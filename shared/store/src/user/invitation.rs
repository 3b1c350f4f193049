//! Invitations: made anew, and accepted.

use openwati_core::role::Role;
use openwati_core::secret::Secret;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;

use super::{UserRecord, UserState};
use crate::audit::AuditRecord;
use crate::error::StoreError;
use crate::item::{at, n, s};
use crate::keys::Key;
use crate::store::{Store, Update};
use crate::transaction::Transacted;

impl Store {
    /// Invites somebody anew, as they were when they were read: the link before is dead. Says whether they still were.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn renew_invitation(
        &self,
        tenant: &TenantId,
        seen: &UserRecord,
        until: Moment,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError> {
        let update = Update::new(
            Key::user(tenant, seen.id),
            "SET invitation = :next, invited_until = :until",
        )
        .condition("user_state = :invited AND invitation = :seen")
        .value(":invited", s(UserState::Invited.name()))
        .value(":seen", n(seen.invitation))
        .value(":next", n(seen.invitation + 1))
        .value(":until", at(until));
        let items = vec![
            self.transact_update(update),
            self.audit_item(tenant, audit)?,
        ];
        let made = self.transact("inviting a user anew", items).await?;
        Ok(matches!(made, Transacted::Done))
    }

    /// Lets somebody in who was invited, as they were when they were read. Says whether they still were.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn accept_invitation(
        &self,
        tenant: &TenantId,
        seen: &UserRecord,
        name: &str,
        hash: &Secret<String>,
        now: Moment,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError> {
        let update = Update::new(
            Key::user(tenant, seen.id),
            "SET #name = :name, user_state = :active, password_hash = :hash, password_version = :version \
             REMOVE invited_until",
        )
        .condition(
            "user_state = :invited AND invitation = :invitation AND user_role = :role AND invited_until > :now",
        )
        .name("#name", "name")
        .value(":name", s(name))
        .value(":hash", s(hash.expose()))
        .value(":version", n(seen.password_version + 1))
        .value(":active", s(UserState::Active.name()))
        .value(":invited", s(UserState::Invited.name()))
        .value(":invitation", n(seen.invitation))
        .value(":role", s(seen.role.name()))
        .value(":now", at(now));
        let mut items = vec![
            self.transact_update(update),
            self.audit_item(tenant, audit)?,
        ];
        if seen.role >= Role::Admin {
            items.push(self.team_count(tenant, 0, 1, None));
        }
        let made = self.transact("accepting an invitation", items).await?;
        Ok(matches!(made, Transacted::Done))
    }
}

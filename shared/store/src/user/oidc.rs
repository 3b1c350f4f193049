//! Who an issuer's subjects are.

use aws_sdk_dynamodb::types::AttributeValue;
use openwati_core::role::Role;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;

use super::{UserRecord, UserRef, UserState};
use crate::audit::AuditRecord;
use crate::error::StoreError;
use crate::item::{at, n, read, s, write};
use crate::keys::{Key, oidc_hash};
use crate::store::{Store, Update};
use crate::transaction::Transacted;

/// Subjects that one person may be.
const MOST_SUBJECTS: i64 = 5;

impl Store {
    /// Who a subject of an issuer is.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn find_oidc(
        &self,
        issuer: &str,
        subject: &str,
    ) -> Result<Option<UserRef>, StoreError> {
        let operation = "looking a subject up";
        let key = Key::oidc_hash(&oidc_hash(issuer, subject));
        let item = self.get(operation, &key).await?;
        item.map(|item| read(operation, item)).transpose()
    }

    /// Makes a subject of an issuer somebody, as they were when they were read; who was invited has come by it. Says
    /// whether it is so: an invitation may have ended, and a subject may be somebody else.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn link_oidc(
        &self,
        tenant: &TenantId,
        seen: &UserRecord,
        (issuer, subject): (&str, &str),
        now: Moment,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError> {
        let operation = "linking a subject";
        let hash = oidc_hash(issuer, subject);
        let mut lookup = write(
            operation,
            &UserRef {
                tenant: tenant.clone(),
                user: seen.id,
            },
        )?;
        lookup.extend(Key::oidc_hash(&hash).map());
        let invited = seen.state == UserState::Invited;
        let mut condition = "user_state = :state AND user_role = :role \
                             AND (attribute_not_exists(oidc) OR size(oidc) < :most)"
            .to_owned();
        if invited {
            condition += " AND invited_until > :now";
        }
        let mut update = Update::new(
            Key::user(tenant, seen.id),
            "SET oidc = list_append(if_not_exists(oidc, :empty), :hash), user_state = :active \
             REMOVE invited_until",
        )
        .condition(condition)
        .value(":state", s(seen.state.name()))
        .value(":role", s(seen.role.name()))
        .value(":active", s(UserState::Active.name()))
        .value(":most", n(MOST_SUBJECTS))
        .value(":empty", AttributeValue::L(Vec::new()))
        .value(":hash", AttributeValue::L(vec![s(hash)]));
        if invited {
            update = update.value(":now", at(now));
        }
        let mut items = vec![
            self.put_if_new(lookup),
            self.transact_update(update),
            self.audit_item(tenant, audit)?,
        ];
        if invited && seen.role >= Role::Admin {
            items.push(self.team_count(tenant, 0, 1, None));
        }
        if seen.state == UserState::Disabled {
            return Ok(false);
        }
        let made = self.transact(operation, items).await?;
        Ok(matches!(made, Transacted::Done))
    }
}

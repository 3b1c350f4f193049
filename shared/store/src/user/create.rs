//! Users to be, and users that go.

use aws_sdk_dynamodb::types::{Delete, TransactWriteItem};
use openwati_core::id::Id;
use openwati_core::role::Role;
use openwati_core::tenant::TenantId;

use super::change::Changed;
use super::{UserRecord, UserRef, UserState};
use crate::audit::AuditRecord;
use crate::error::StoreError;
use crate::item::{s, write};
use crate::keys::Key;
use crate::outbox::{OutboxRecord, outbox_item};
use crate::store::Store;
use crate::tenant::TenantRecord;
use crate::transaction::Transacted;

/// What became of a user to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Created {
    /// They are in the team.
    Yes,
    /// Somebody has the address, here or in another tenant.
    EmailTaken,
    /// All seats are taken.
    Full,
}

impl Store {
    /// Keeps somebody new in a team of at most `seats`, the act that it was, and a job that follows from it.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn create_user(
        &self,
        tenant: &TenantId,
        record: &UserRecord,
        seats: Option<u32>,
        outbox: Option<&OutboxRecord>,
        audit: &AuditRecord,
    ) -> Result<Created, StoreError> {
        let mut items = self.user_items(tenant, record, seats)?;
        if let Some(outbox) = outbox {
            let (operation, now) = ("creating a user", record.created_at);
            let mut item = outbox_item(operation, record.id, outbox, now)?;
            item.extend(Key::outbox(tenant, record.id).map());
            items.push(self.put_if_new(item));
        }
        items.push(self.audit_item(tenant, audit)?);
        self.create(tenant, record, items).await
    }

    /// Keeps a tenant that is new, and the first of its team, with the acts that this is, each in the log of its tenant.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn create_tenant_with_user(
        &self,
        tenant: &TenantRecord,
        record: &UserRecord,
        audits: &[(&TenantId, &AuditRecord)],
    ) -> Result<Created, StoreError> {
        let id = &tenant.tenant;
        let mut items = self.user_items(id, record, None)?;
        items.extend(self.tenant_items(tenant)?);
        for (tenant, audit) in audits {
            items.push(self.audit_item(tenant, audit)?);
        }
        self.create(id, record, items).await
    }

    async fn create(
        &self,
        tenant: &TenantId,
        record: &UserRecord,
        items: Vec<TransactWriteItem>,
    ) -> Result<Created, StoreError> {
        if let Transacted::Done = self.transact("creating a user", items).await? {
            return Ok(Created::Yes);
        }
        Ok(match self.find_email(&record.email).await? {
            // Put by a request whose answer was lost.
            Some(found) if found.user == record.id && found.tenant == *tenant => Created::Yes,
            Some(_) => Created::EmailTaken,
            None => Created::Full,
        })
    }

    /// What keeps somebody new: their item, the look-up by their address, and their seat.
    pub(crate) fn user_items(
        &self,
        tenant: &TenantId,
        record: &UserRecord,
        seats: Option<u32>,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let operation = "creating a user";
        let mut user = write(operation, record)?;
        user.extend(Key::user(tenant, record.id).map());
        let mut email = write(
            operation,
            &UserRef {
                tenant: tenant.clone(),
                user: record.id,
            },
        )?;
        email.extend(Key::email(&record.email).map());
        let admins = i64::from(record.is_active_admin());
        Ok(vec![
            self.put_if_new(user),
            self.put_if_new(email),
            self.team_count(tenant, 1, admins, seats),
        ])
    }

    /// Removes somebody, as they were when they were read, with all that leads to them.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn remove_user(
        &self,
        tenant: &TenantId,
        seen: &UserRecord,
        audit: &AuditRecord,
    ) -> Result<Changed<()>, StoreError> {
        let admins = -i64::from(seen.is_active_admin());
        let mut items = vec![
            self.delete_user_item(tenant, seen.id, seen.role, seen.state, &seen.oidc),
            self.drop_lookup(Key::email(&seen.email)),
            self.team_count(tenant, -1, admins, None),
            self.audit_item(tenant, audit)?,
        ];
        let lookups = seen.oidc.iter();
        items.extend(lookups.map(|hash| self.drop_lookup(Key::oidc_hash(hash))));
        match self.transact("removing a user", items).await? {
            Transacted::Done => Ok(Changed::Done(())),
            Transacted::Refused => self.why_not(tenant, seen, admins < 0).await,
        }
    }

    fn delete_user_item(
        &self,
        tenant: &TenantId,
        user: Id,
        role: Role,
        state: UserState,
        oidc: &[String],
    ) -> TransactWriteItem {
        // Who was linked to an issuer since would leave the link behind.
        let linked = match oidc.len() {
            0 => "attribute_not_exists(oidc)".to_owned(),
            _ => "size(oidc) = :linked".to_owned(),
        };
        let mut delete = Delete::builder()
            .table_name(&*self.table)
            .set_key(Some(Key::user(tenant, user).map()))
            .condition_expression(format!(
                "user_role = :role AND user_state = :state AND {linked}"
            ))
            .expression_attribute_values(":role", s(role.name()))
            .expression_attribute_values(":state", s(state.name()));
        if !oidc.is_empty() {
            let count = i64::try_from(oidc.len()).unwrap_or(i64::MAX);
            delete = delete.expression_attribute_values(":linked", crate::item::n(count));
        }
        let delete = delete.build().expect("table and key are given");
        TransactWriteItem::builder().delete(delete).build()
    }

    fn drop_lookup(&self, key: Key) -> TransactWriteItem {
        let delete = Delete::builder()
            .table_name(&*self.table)
            .set_key(Some(key.map()))
            .build()
            .expect("table and key are given");
        TransactWriteItem::builder().delete(delete).build()
    }
}

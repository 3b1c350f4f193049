//! The set of a tenant's channels: which there are, and which one is the default.
//!
//! Each change of the set stands on the tenant's version as it was read with all of its channels. So the plan's cap and
//! the one default hold however many changes are asked for at once: one of them is made, and the others look again.

use aws_sdk_dynamodb::types::{AttributeValue, Delete, TransactWriteItem, Update};
use openwati_core::id::Id;
use openwati_core::tenant::TenantId;

use super::ChannelRecord;
use crate::audit::AuditRecord;
use crate::error::StoreError;
use crate::item::{Item, n, write};
use crate::keys::Key;
use crate::store::Store;
use crate::tenant::TenantRecord;
use crate::transaction::Transacted;

impl Store {
    /// Keeps a new channel and begins to hand out its slots. Says whether it is kept: not if the tenant or its channels
    /// were changed since they were read.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn add_channel(
        &self,
        tenant: &TenantRecord,
        record: &ChannelRecord,
    ) -> Result<bool, StoreError> {
        let operation = "adding a channel";
        let id = &tenant.tenant;
        let mut item: Item = write(operation, record)?;
        item.extend(Key::channel(id, record.id).map());
        let mut slots = Item::from([("per_second".to_owned(), n(record.per_second))]);
        slots.extend(Key::slots(id, record.id).map());
        let items = vec![
            self.same_tenant(tenant),
            self.put_if_new(item),
            self.put_if_new(slots),
        ];
        self.set_changed(operation, items).await
    }

    /// Removes a channel, its slots with it, and makes `heir` the default if one is named. Says whether it was done: not
    /// if the tenant or its channels were changed since they were read.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn remove_channel(
        &self,
        tenant: &TenantRecord,
        channel: Id,
        heir: Option<Id>,
        audit: Option<&AuditRecord>,
    ) -> Result<bool, StoreError> {
        let id = &tenant.tenant;
        let mut items = vec![
            self.same_tenant(tenant),
            self.delete_item(&Key::channel(id, channel)),
            self.delete_item(&Key::slots(id, channel)),
        ];
        if let Some(audit) = audit {
            items.push(self.audit_item(id, audit)?);
        }
        items.extend(heir.map(|heir| self.default_update(id, heir, true)));
        self.set_changed("removing a channel", items).await
    }

    /// Makes a channel the default in place of `others`, which were. Says whether it was done: not if the tenant or its
    /// channels were changed since they were read.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn set_default_channel(
        &self,
        tenant: &TenantRecord,
        channel: Id,
        others: &[Id],
        audit: &AuditRecord,
    ) -> Result<bool, StoreError> {
        let id = &tenant.tenant;
        let mut items = vec![
            self.same_tenant(tenant),
            self.default_update(id, channel, true),
            self.audit_item(id, audit)?,
        ];
        let others = others.iter();
        items.extend(others.map(|other| self.default_update(id, *other, false)));
        self.set_changed("changing the default channel", items)
            .await
    }

    async fn set_changed(
        &self,
        operation: &'static str,
        items: Vec<TransactWriteItem>,
    ) -> Result<bool, StoreError> {
        let made = self.transact(operation, items).await?;
        Ok(matches!(made, Transacted::Done))
    }

    /// The change that fails where the tenant is not as it was read, and lets others' fail that read it before.
    fn same_tenant(&self, tenant: &TenantRecord) -> TransactWriteItem {
        let update = Update::builder()
            .table_name(&*self.table)
            .set_key(Some(Key::tenant(&tenant.tenant).map()))
            .update_expression("SET version = version + :one")
            .condition_expression("version = :seen")
            .expression_attribute_values(":one", n(1))
            .expression_attribute_values(":seen", n(tenant.version))
            .build()
            .expect("table, key and expression are given");
        TransactWriteItem::builder().update(update).build()
    }

    fn default_update(
        &self,
        tenant: &TenantId,
        channel: Id,
        is_default: bool,
    ) -> TransactWriteItem {
        let update = Update::builder()
            .table_name(&*self.table)
            .set_key(Some(Key::channel(tenant, channel).map()))
            .update_expression("SET is_default = :default")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":default", AttributeValue::Bool(is_default))
            .build()
            .expect("table, key and expression are given");
        TransactWriteItem::builder().update(update).build()
    }

    fn delete_item(&self, key: &Key) -> TransactWriteItem {
        let delete = Delete::builder()
            .table_name(&*self.table)
            .set_key(Some(key.map()))
            .build()
            .expect("table and key are given");
        TransactWriteItem::builder().delete(delete).build()
    }
}

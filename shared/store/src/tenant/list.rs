//! The list of all tenants.

use aws_sdk_dynamodb::types::TransactWriteItem;
use openwati_core::tenant::TenantId;

use super::TenantRecord;
use crate::audit::AuditRecord;
use crate::error::StoreError;
use crate::item::{Item, read, s, text, write};
use crate::keys::{Key, TENANTS, names};
use crate::store::Store;
use crate::transaction::Transacted;

/// A page of tenants.
#[derive(Debug)]
pub struct TenantPage {
    /// By their ids, which are random. A page may be short although more follow.
    pub tenants: Vec<TenantRecord>,
    /// The last one's id, where more follow.
    pub next: Option<TenantId>,
}

impl Store {
    /// Keeps a new tenant and its place in the list of all, with the acts that this is, each in the log of its tenant.
    /// Says whether it was new.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn create_tenant(
        &self,
        record: &TenantRecord,
        audits: &[(&TenantId, &AuditRecord)],
    ) -> Result<bool, StoreError> {
        let mut items = self.tenant_items(record)?;
        for (tenant, audit) in audits {
            items.push(self.audit_item(tenant, audit)?);
        }
        let made = self.transact("creating a tenant", items).await?;
        Ok(matches!(made, Transacted::Done))
    }

    /// Puts a tenant that is there into the list of all, where it is not.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn list_tenant(&self, tenant: &TenantId) -> Result<(), StoreError> {
        let key = Key::tenant_list_item(tenant);
        self.put_new("listing a tenant", &key, Item::new()).await?;
        Ok(())
    }

    /// What keeps a new tenant: its item, and its place in the list of all.
    pub(crate) fn tenant_items(
        &self,
        record: &TenantRecord,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let mut item = write("creating a tenant", record)?;
        item.extend(Key::tenant(&record.tenant).map());
        let listed = Key::tenant_list_item(&record.tenant).map();
        Ok(vec![self.put_if_new(item), self.put_if_new(listed)])
    }

    /// A page of all tenants.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn tenants(
        &self,
        limit: usize,
        after: Option<&TenantId>,
    ) -> Result<TenantPage, StoreError> {
        let operation = "listing tenants";
        let after = after.map_or("0", TenantId::as_str);
        let request = self.client.query().table_name(&*self.table);
        let page = request
            .key_condition_expression("pk = :pk AND sk > :after")
            .expression_attribute_values(":pk", s(TENANTS))
            .expression_attribute_values(":after", s(after))
            .consistent_read(true)
            .limit(i32::try_from(limit.saturating_add(1)).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(StoreError::sdk(operation))?;
        let mut ids: Vec<TenantId> = page
            .items
            .unwrap_or_default()
            .iter()
            .filter_map(|item| text(item, names::SK)?.parse().ok())
            .collect();
        let more = ids.len() > limit;
        ids.truncate(limit);
        let mut found = self
            .batch(operation, ids.iter().map(Key::tenant).collect())
            .await?;
        let mut tenants = Vec::with_capacity(ids.len());
        for id in &ids {
            // One that was deleted in between is left out.
            if let Some(item) = found.remove(&Key::tenant(id)) {
                tenants.push(read(operation, item)?);
            }
        }
        Ok(TenantPage {
            tenants,
            next: ids.pop().filter(|_| more),
        })
    }
}

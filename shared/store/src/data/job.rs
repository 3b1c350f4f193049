//! A work through a tenant's data, with how far it has come: what is cut goes on from there.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::error::ProvideErrorMetadata as _;
use aws_sdk_dynamodb::types::TransactWriteItem;
use openwati_core::id::Id;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use serde::{Deserialize, Serialize};

use crate::audit::AuditRecord;
use crate::error::StoreError;
use crate::item::{n, read, s, ttl, write};
use crate::keys::Key;
use crate::keys::place::data_job_partition;
use crate::outbox::{OutboxRecord, outbox_item};
use crate::store::{CONDITION_FAILED, Store};
use crate::transaction::Transacted;

/// What a work does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataJobKind {
    /// Writes a tenant's data into the bucket.
    ExportTenant,
    /// Writes a contact's data into the bucket.
    ExportContact,
    /// Removes a contact.
    EraseContact,
    /// Removes a tenant.
    EraseTenant,
    /// Removes what a tenant keeps no longer.
    Retention,
    /// Seals every tenant's secrets by the current key.
    Reseal,
}

/// How far a work has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DataJobState {
    /// It waits or works.
    Running,
    /// It is done.
    Done,
    /// It was given up.
    Failed,
}

/// A work through a tenant's data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataJobRecord {
    /// Its id.
    #[serde(rename = "sk", skip_serializing)]
    pub id: Id,
    /// What it does.
    pub kind: DataJobKind,
    /// How far it has come.
    pub state: DataJobState,
    /// Who asked for it, as the audit log names them.
    pub actor: String,
    /// What it is about, as JSON, until it is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Where it goes on, as JSON.
    pub cursor: String,
    /// How much of what it has met, by kind.
    #[serde(default)]
    pub counts: BTreeMap<String, u64>,
    /// Files that an export has written.
    #[serde(default)]
    pub parts: u32,
    /// Why it was given up, in words for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How often it was saved.
    #[serde(default)]
    pub version: u32,
    /// When it was asked for.
    pub created_at: Moment,
    /// When it was done or given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Moment>,
}

/// How long it is known that a work was done.
const KEPT: std::time::Duration = std::time::Duration::from_secs(90 * 86_400);

impl Store {
    /// Keeps a new work with the act that asked for it and the outbox item of its first job, all or nothing. Says whether
    /// it was new.
    ///
    /// # Errors
    /// If the store did not answer; it may be kept then.
    pub async fn begin_data_job(
        &self,
        tenant: &TenantId,
        record: &DataJobRecord,
        act: &AuditRecord,
        first: &(Id, OutboxRecord),
        now: Moment,
    ) -> Result<bool, StoreError> {
        let operation = "beginning a work through data";
        let (id, first) = first;
        let mut outbox = outbox_item(operation, *id, first, now)?;
        outbox.extend(Key::outbox(tenant, *id).map());
        let items: Vec<TransactWriteItem> = vec![
            self.put_if_new(self.data_job_item(operation, tenant, record)?),
            self.audit_item(tenant, act)?,
            self.put_if_new(outbox),
        ];
        let made = self.transact(operation, items).await?;
        Ok(matches!(made, Transacted::Done))
    }

    /// Keeps how far a work has come, and counts its version up, unless somebody else did. Says whether it was kept.
    ///
    /// # Errors
    /// If the store did not answer; it may be kept then.
    pub async fn save_data_job(
        &self,
        tenant: &TenantId,
        record: &mut DataJobRecord,
    ) -> Result<bool, StoreError> {
        let operation = "keeping how far a work through data has come";
        let before = record.version;
        record.version += 1;
        let put = self.client.put_item().table_name(&*self.table);
        let put = put
            .set_item(Some(self.data_job_item(operation, tenant, record)?))
            .condition_expression("version = :before")
            .expression_attribute_values(":before", n(before));
        match put.send().await {
            Ok(_) => Ok(true),
            Err(error) if error.code() == Some(CONDITION_FAILED) => {
                // Our own, kept by a try whose answer was lost?
                Ok(self.data_job(tenant, record.id).await?.as_ref() == Some(record))
            }
            Err(error) => Err(StoreError::sdk(operation)(error)),
        }
    }

    /// A work.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn data_job(
        &self,
        tenant: &TenantId,
        id: Id,
    ) -> Result<Option<DataJobRecord>, StoreError> {
        let operation = "reading a work through data";
        let item = self.get(operation, &Key::data_job(tenant, id)).await?;
        item.map(|item| read(operation, item)).transpose()
    }

    /// Up to `limit` works, newest first, of those with an id below `before`.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn data_jobs(
        &self,
        tenant: &TenantId,
        before: Option<Id>,
        limit: usize,
    ) -> Result<Vec<DataJobRecord>, StoreError> {
        let operation = "listing works through data";
        let before = before.map_or_else(|| "g".to_owned(), Id::hex);
        let request = self.client.query().table_name(&*self.table);
        let page = request
            .key_condition_expression("pk = :pk AND sk < :before")
            .expression_attribute_values(":pk", s(data_job_partition(tenant)))
            .expression_attribute_values(":before", s(before))
            .scan_index_forward(false)
            .consistent_read(true)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(StoreError::sdk(operation))?;
        let items = page.items.unwrap_or_default().into_iter();
        items.map(|item| read(operation, item)).collect()
    }

    fn data_job_item(
        &self,
        operation: &'static str,
        tenant: &TenantId,
        record: &DataJobRecord,
    ) -> Result<crate::item::Item, StoreError> {
        let mut item = write(operation, record)?;
        item.extend(Key::data_job(tenant, record.id).map());
        item.insert("ttl".to_owned(), ttl(record.created_at.plus(KEPT)));
        Ok(item)
    }
}

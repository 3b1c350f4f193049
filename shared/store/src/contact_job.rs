//! An import or an export of contacts, with how far it has come: what is cut goes on from there.

use aws_sdk_dynamodb::error::ProvideErrorMetadata as _;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use openwati_core::id::Id;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use serde::{Deserialize, Serialize};

use crate::audit::AuditRecord;
use crate::error::StoreError;
use crate::item::{Item, n, read, s, ttl, write};
use crate::keys::Key;
use crate::keys::place::contact_job_partition;
use crate::outbox::{OutboxRecord, outbox_item};
use crate::store::{CONDITION_FAILED, Store};
use crate::transaction::Transacted;

/// What a job does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ContactJobKind {
    /// Makes contacts of the rows of a file.
    Import,
    /// Writes contacts into a file.
    Export,
}

impl ContactJobKind {
    /// How the sort keys of these jobs begin.
    pub(crate) const fn prefix(self) -> &'static str {
        match self {
            Self::Import => "import#",
            Self::Export => "export#",
        }
    }
}

/// How far a job has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ContactJobState {
    /// Its file is awaited.
    Waiting,
    /// It is worked.
    Running,
    /// It is done.
    Done,
    /// It was given up.
    Failed,
}

/// An import or an export of contacts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactJobRecord {
    /// Its id.
    pub id: Id,
    /// What it does.
    pub kind: ContactJobKind,
    /// How far it has come.
    pub state: ContactJobState,
    /// Who asked for it, as the audit log names them.
    pub actor: String,
    /// What was asked for, as JSON.
    pub wish: String,
    /// Where it goes on, as JSON.
    pub cursor: String,
    /// How long the file is, in bytes.
    #[serde(default)]
    pub bytes: u64,
    /// How much of it was read.
    #[serde(default)]
    pub bytes_done: u64,
    /// The rows that were read or written, without the header and without empty ones.
    #[serde(default)]
    pub rows: u64,
    /// The rows that made a contact.
    #[serde(default)]
    pub created: u64,
    /// The rows that were about a contact who was there.
    #[serde(default)]
    pub updated: u64,
    /// The rows that nothing was done with.
    #[serde(default)]
    pub rejected: u64,
    /// Why it was given up, in words for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How often it was saved.
    #[serde(default)]
    pub version: u32,
    /// When it was asked for.
    pub created_at: Moment,
    /// When it began to be worked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Moment>,
    /// When it was done or given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Moment>,
}

/// How long it is known what a job did.
pub const KEPT: std::time::Duration = std::time::Duration::from_secs(30 * 86_400);

impl Store {
    /// Keeps a new job that waits for its file. Says whether it was new.
    ///
    /// # Errors
    /// If the store did not answer; it may be kept then.
    pub async fn create_contact_job(
        &self,
        tenant: &TenantId,
        record: &ContactJobRecord,
    ) -> Result<bool, StoreError> {
        let operation = "keeping a new import";
        let item = contact_job_item(operation, tenant, record)?;
        let key = Key::contact_job(tenant, record.kind, record.id);
        self.put_new(operation, &key, item).await
    }

    /// Keeps that a job is worked from now on, with the act that asked for it and the outbox item of its first slice, all
    /// or nothing: a job that is new, or one that waited and that nobody began meanwhile. Says whether it was done.
    ///
    /// # Errors
    /// If the store did not answer; it may be done then.
    pub async fn begin_contact_job(
        &self,
        tenant: &TenantId,
        record: &ContactJobRecord,
        act: &AuditRecord,
        first: &(Id, OutboxRecord),
        now: Moment,
    ) -> Result<bool, StoreError> {
        let operation = "beginning an import or export";
        let (id, first) = first;
        let mut outbox = outbox_item(operation, *id, first, now)?;
        outbox.extend(Key::outbox(tenant, *id).map());
        let item = contact_job_item(operation, tenant, record)?;
        let put = match record.version {
            0 => self.put_if_new(item),
            version => {
                let put = Put::builder()
                    .table_name(&*self.table)
                    .set_item(Some(item))
                    .condition_expression("version = :before")
                    .expression_attribute_values(":before", n(version - 1))
                    .build()
                    .expect("table and item are given");
                TransactWriteItem::builder().put(put).build()
            }
        };
        let items = vec![put, self.audit_item(tenant, act)?, self.put_if_new(outbox)];
        let made = self.transact(operation, items).await?;
        Ok(matches!(made, Transacted::Done))
    }

    /// Keeps how far a job has come, and counts its version up, unless somebody else did. Says whether it was kept.
    ///
    /// # Errors
    /// If the store did not answer; it may be kept then.
    pub async fn save_contact_job(
        &self,
        tenant: &TenantId,
        record: &mut ContactJobRecord,
    ) -> Result<bool, StoreError> {
        let operation = "keeping how far an import or export has come";
        let before = record.version;
        record.version += 1;
        let put = self.client.put_item().table_name(&*self.table);
        let put = put
            .set_item(Some(contact_job_item(operation, tenant, record)?))
            .condition_expression("version = :before")
            .expression_attribute_values(":before", n(before));
        match put.send().await {
            Ok(_) => Ok(true),
            Err(error) if error.code() == Some(CONDITION_FAILED) => {
                // Our own, kept by a try whose answer was lost?
                let kept = self.contact_job(tenant, record.kind, record.id).await?;
                Ok(kept.as_ref() == Some(record))
            }
            Err(error) => Err(StoreError::sdk(operation)(error)),
        }
    }

    /// A job.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn contact_job(
        &self,
        tenant: &TenantId,
        kind: ContactJobKind,
        id: Id,
    ) -> Result<Option<ContactJobRecord>, StoreError> {
        let operation = "reading an import or export";
        let key = Key::contact_job(tenant, kind, id);
        let item = self.get(operation, &key).await?;
        item.map(|item| read(operation, item)).transpose()
    }

    /// Up to `limit` jobs of a kind, newest first, of those with an id below `before`.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn contact_jobs(
        &self,
        tenant: &TenantId,
        kind: ContactJobKind,
        before: Option<Id>,
        limit: usize,
    ) -> Result<Vec<ContactJobRecord>, StoreError> {
        let operation = "listing imports or exports";
        let prefix = kind.prefix();
        // No id's text is above `f…`, and none is below nothing. BETWEEN takes both ends: the end is no id's own.
        let end = before.map_or_else(|| "g".to_owned(), |id| id.hex());
        let request = self.client.query().table_name(&*self.table);
        let page = request
            .key_condition_expression("pk = :pk AND sk BETWEEN :first AND :end")
            .filter_expression("id <> :before")
            .expression_attribute_values(":pk", s(contact_job_partition(tenant)))
            .expression_attribute_values(":first", s(prefix))
            .expression_attribute_values(":end", s(format!("{prefix}{end}")))
            .expression_attribute_values(":before", s(end))
            .scan_index_forward(false)
            .consistent_read(true)
            // The filter takes at most one away.
            .limit(i32::try_from(limit.saturating_add(1)).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(StoreError::sdk(operation))?;
        let items = page.items.unwrap_or_default().into_iter().take(limit);
        items.map(|item| read(operation, item)).collect()
    }
}

fn contact_job_item(
    operation: &'static str,
    tenant: &TenantId,
    record: &ContactJobRecord,
) -> Result<Item, StoreError> {
    let mut item = write(operation, record)?;
    item.extend(Key::contact_job(tenant, record.kind, record.id).map());
    item.insert("ttl".to_owned(), ttl(record.created_at.plus(KEPT)));
    Ok(item)
}

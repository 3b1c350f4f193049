//! How the templates of a WhatsApp Business Account are kept in step with Meta: while a tenant has the account, its item
//! stands in the index `due` and is read anew each hour.

use openwati_core::id::Id;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::item::{at, read, s};
use crate::keys::place::template_sync_partition;
use crate::keys::{Key, due_shard};
use crate::store::{Store, Update, Updated};

/// How one account stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateSyncRecord {
    /// Meta's id of the WhatsApp Business Account.
    #[serde(rename = "sk")]
    pub waba_id: String,
    /// When all of it was read last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_synced_at: Option<Moment>,
    /// Why it could not be read the last time, in words for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The reading that is under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_id: Option<Id>,
    /// How far it has come, as JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
}

/// How a reading ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SyncEnd {
    /// All was read.
    Done,
    /// It was not, in words for people.
    Failed(String),
}

impl Store {
    /// Has an account read at `due`, and kept in step from then on. What is known of it stays.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn follow_templates(
        &self,
        tenant: &TenantId,
        waba_id: &str,
        due: Moment,
    ) -> Result<(), StoreError> {
        let update = Update::new(
            Key::template_sync(tenant, waba_id),
            "SET due_shard = :shard, due_at = :due",
        )
        .value(":shard", s(shard(tenant, waba_id)))
        .value(":due", at(due));
        self.update("following an account's templates", update)
            .await?;
        Ok(())
    }

    /// Reads an account no more.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn unfollow_templates(
        &self,
        tenant: &TenantId,
        waba_id: &str,
    ) -> Result<(), StoreError> {
        let key = Key::template_sync(tenant, waba_id);
        let condition = "attribute_exists(pk)";
        self.delete(
            "following an account's templates no more",
            &key,
            condition,
            [].into(),
        )
        .await?;
        Ok(())
    }

    /// How an account stands, if it is kept in step.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn template_sync(
        &self,
        tenant: &TenantId,
        waba_id: &str,
    ) -> Result<Option<TemplateSyncRecord>, StoreError> {
        let operation = "reading how templates are kept in step";
        let key = Key::template_sync(tenant, waba_id);
        let item = self.get(operation, &key).await?;
        item.map(|item| read(operation, item)).transpose()
    }

    /// How every account of the tenant's stands.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn template_syncs(
        &self,
        tenant: &TenantId,
    ) -> Result<Vec<TemplateSyncRecord>, StoreError> {
        let operation = "reading how templates are kept in step";
        // Tenants have a handful of accounts: one page.
        let page = self
            .client
            .query()
            .table_name(&*self.table)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", s(template_sync_partition(tenant)))
            .consistent_read(true)
            .send()
            .await
            .map_err(StoreError::sdk(operation))?;
        let items = page.items.unwrap_or_default().into_iter();
        items.map(|item| read(operation, item)).collect()
    }

    /// Begins to read an account, in place of any reading that is under way. It is due again at `due`, should whoever
    /// reads it die.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn begin_template_run(
        &self,
        tenant: &TenantId,
        waba_id: &str,
        run: Id,
        due: Moment,
    ) -> Result<(), StoreError> {
        let update = Update::new(
            Key::template_sync(tenant, waba_id),
            "SET run_id = :run, due_shard = :shard, due_at = :due REMOVE run",
        )
        .value(":run", s(run.hex()))
        .value(":shard", s(shard(tenant, waba_id)))
        .value(":due", at(due));
        self.update("beginning to read templates", update).await?;
        Ok(())
    }

    /// Keeps how far a reading has come. Says whether it is still the one that is under way.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn save_template_run(
        &self,
        tenant: &TenantId,
        waba_id: &str,
        run: Id,
        progress: &str,
    ) -> Result<bool, StoreError> {
        let key = Key::template_sync(tenant, waba_id);
        let update = Update::new(key, "SET run = :progress")
            .condition("run_id = :run")
            .value(":run", s(run.hex()))
            .value(":progress", s(progress));
        let saved = self.update("keeping how far templates are read", update);
        Ok(matches!(saved.await?, Updated::Done(_)))
    }

    /// Keeps that a reading is over, and when the next one is due. Says whether it was still the one under way.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn end_template_run(
        &self,
        tenant: &TenantId,
        waba_id: &str,
        run: Id,
        end: &SyncEnd,
        now: Moment,
        due: Moment,
    ) -> Result<bool, StoreError> {
        let key = Key::template_sync(tenant, waba_id);
        let update = match end {
            SyncEnd::Done => Update::new(
                key,
                "SET last_synced_at = :now, due_at = :due REMOVE run_id, run, #error",
            )
            .value(":now", at(now)),
            SyncEnd::Failed(why) => {
                Update::new(key, "SET #error = :why, due_at = :due REMOVE run_id, run")
                    .value(":why", s(why))
            }
        };
        let update = update
            .condition("run_id = :run")
            .name("#error", "error")
            .value(":run", s(run.hex()))
            .value(":due", at(due));
        let ended = self.update("ending the reading of templates", update);
        Ok(matches!(ended.await?, Updated::Done(_)))
    }
}

/// The shard of the index in which an account stands.
fn shard(tenant: &TenantId, waba_id: &str) -> String {
    let beginning = Moment::from_seconds(0);
    due_shard(Id::derived(beginning, &[tenant.as_str(), waba_id]))
}

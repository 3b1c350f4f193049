//! The outbox: a job that follows from a change of state, written in the same transaction as the change.
//!
//! Whoever makes the change enqueues the job afterwards and removes the item. If it dies before, `timers` finds the item
//! by the index `due` and does the rest; a job may be enqueued twice and never not at all.

use std::collections::HashMap;

use openwati_core::id::Id;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::item::{Item, at, read, s, write};
use crate::keys::{Key, due_shard, names};
use crate::queues::{Job, QueueName};
use crate::store::Store;

/// How long the writer of an item has to enqueue its job, before somebody else does.
pub const GRACE: std::time::Duration = std::time::Duration::from_secs(60);

/// A job that waits to be put on its queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxRecord {
    /// The queue it belongs on.
    pub queue: QueueName,
    /// The job.
    pub job: Job,
}

impl Store {
    /// Writes an item for a job that has no change of state beside it.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn put_outbox(
        &self,
        tenant: &TenantId,
        id: Id,
        record: &OutboxRecord,
        now: Moment,
    ) -> Result<(), StoreError> {
        let operation = "writing an outbox item";
        let item = outbox_item(operation, id, record, now)?;
        self.put_new(operation, &Key::outbox(tenant, id), item)
            .await?;
        Ok(())
    }

    /// The item with this id, if nobody has worked it off.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn outbox(
        &self,
        tenant: &TenantId,
        id: Id,
    ) -> Result<Option<OutboxRecord>, StoreError> {
        let operation = "reading an outbox item";
        let item = self.get(operation, &Key::outbox(tenant, id)).await?;
        item.map(|item| read(operation, item)).transpose()
    }

    /// Removes an item whose job is on its queue.
    ///
    /// # Errors
    /// If the store did not answer; the job is enqueued again then.
    pub async fn remove_outbox(&self, tenant: &TenantId, id: Id) -> Result<(), StoreError> {
        let key = Key::outbox(tenant, id);
        let condition = "attribute_exists(pk)";
        self.delete("removing an outbox item", &key, condition, HashMap::new())
            .await?;
        Ok(())
    }
}

pub(crate) fn outbox_item(
    operation: &'static str,
    id: Id,
    record: &OutboxRecord,
    now: Moment,
) -> Result<Item, StoreError> {
    let mut item = write(operation, record)?;
    item.insert(names::DUE_SHARD.to_owned(), s(due_shard(id)));
    item.insert(names::DUE_AT.to_owned(), at(now.plus(GRACE)));
    Ok(item)
}

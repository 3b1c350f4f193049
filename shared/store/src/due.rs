//! What has to be looked at by now.

use futures::future::try_join_all;
use openwati_core::id::Id;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;

use crate::error::StoreError;
use crate::item::{Item, at, s};
use crate::keys::{
    DUE_DELIVERY_SHARDS, DUE_SHARDS, DueTarget, Key, due_delivery_shard_name, due_shard_name, names,
};
use crate::store::{Store, Update};

/// Something that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Due {
    /// A message whose sender's lease has lapsed.
    Message(TenantId, Id),
    /// An outbox item that nobody has worked off.
    Outbox(TenantId, Id),
    /// The next step of a delivery (the tenant's, to an endpoint), which is long after the one before.
    Delivery(TenantId, Id, Id),
    /// A tenant whose old messages are to go.
    Retention(TenantId),
    /// A file, by its SHA-256 in hex, that was brought a day ago, perhaps for a message that was never sent.
    File(TenantId, String),
    /// A tenant's templates of one WhatsApp Business Account that are to be read anew.
    Templates(TenantId, String),
}

impl Store {
    /// Up to `limit` things of each shard that were due before `now`, the most overdue first. The index lags the table
    /// by moments: what is due is looked at again before it is acted on.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn due(&self, now: Moment, limit: usize) -> Result<Vec<Due>, StoreError> {
        let shards = (0..DUE_SHARDS).map(due_shard_name);
        self.due_in(shards, now, limit).await
    }

    /// Up to `limit` deliveries of each of their shards that are due before `until`, the most overdue first.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn due_deliveries(
        &self,
        until: Moment,
        limit: usize,
    ) -> Result<Vec<Due>, StoreError> {
        let shards = (0..DUE_DELIVERY_SHARDS).map(due_delivery_shard_name);
        self.due_in(shards, until, limit).await
    }

    async fn due_in(
        &self,
        shards: impl Iterator<Item = String>,
        before: Moment,
        limit: usize,
    ) -> Result<Vec<Due>, StoreError> {
        let shards = shards.map(|shard| self.due_in_shard(shard, before, limit));
        Ok(try_join_all(shards).await?.into_iter().flatten().collect())
    }

    /// Puts something that could not be done off until `until`, so that it does not stand in the way of what is due
    /// after it. What is not due any more stays so.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn postpone(&self, due: &Due, until: Moment) -> Result<(), StoreError> {
        let key = match due {
            Due::Message(tenant, id) => Key::message(tenant, *id),
            Due::Outbox(tenant, id) => Key::outbox(tenant, *id),
            Due::Delivery(tenant, endpoint, id) => Key::delivery(tenant, *endpoint, *id),
            Due::Retention(tenant) => Key::tenant(tenant),
            Due::File(tenant, sha256) => Key::file(tenant, sha256),
            Due::Templates(tenant, waba_id) => Key::template_sync(tenant, waba_id),
        };
        let update = Update::new(key, "SET due_at = :until")
            .condition("attribute_exists(due_at)")
            .value(":until", at(until));
        self.update("putting off what is due", update).await?;
        Ok(())
    }

    async fn due_in_shard(
        &self,
        shard: String,
        before: Moment,
        limit: usize,
    ) -> Result<Vec<Due>, StoreError> {
        let request = self.client.query().table_name(&*self.table);
        let page = request
            .index_name(names::DUE_INDEX)
            .key_condition_expression("due_shard = :shard AND due_at < :before")
            .expression_attribute_values(":shard", s(shard))
            .expression_attribute_values(":before", at(before))
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(StoreError::sdk("reading what is due"))?;
        let items = page.items.unwrap_or_default();
        Ok(items.iter().filter_map(target).collect())
    }
}

fn target(item: &Item) -> Option<Due> {
    let key = Key::of(item)?;
    let Some(target) = key.due_target() else {
        tracing::error!(?key, "something that nobody knows is due");
        return None;
    };
    match target {
        DueTarget::Message(tenant, id) => Some(Due::Message(tenant, id)),
        DueTarget::Outbox(tenant, id) => Some(Due::Outbox(tenant, id)),
        DueTarget::Delivery(tenant, endpoint, id) => Some(Due::Delivery(tenant, endpoint, id)),
        DueTarget::Retention(tenant) => Some(Due::Retention(tenant)),
        DueTarget::File(tenant, sha256) => Some(Due::File(tenant, sha256)),
        DueTarget::Templates(tenant, waba_id) => Some(Due::Templates(tenant, waba_id)),
    }
}

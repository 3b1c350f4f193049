//! How an endpoint's state changes: by its owner, and by what its server answers.

use aws_sdk_dynamodb::types::{
    AttributeValue, Put, ReturnValue, TransactWriteItem, Update as TransactUpdate,
};
use openwati_core::event::EventType;
use openwati_core::id::Id;
use openwati_core::key_ring::Sealed;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;

use super::EndpointRecord;
use crate::error::StoreError;
use crate::item::{at, n, read, s};
use crate::keys::Key;
use crate::outbox::{OutboxRecord, outbox_item};
use crate::store::{Store, Update, Updated};
use crate::transaction::Transacted;

/// What an endpoint's owner changes. What is not named stays.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Change {
    /// Its address.
    pub url: Option<String>,
    /// The kinds of events that it gets; none means all.
    pub events: Option<Vec<EventType>>,
    /// Whether it gets events. One that is enabled begins anew: what failed before is forgotten.
    pub enabled: Option<bool>,
}

/// What is forgotten of an endpoint that begins anew.
const HEALTH: &str = "failures, failing_since, probe_after";

impl Store {
    /// Changes an endpoint. Answers the endpoint as it is then, if there is one.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn change_endpoint(
        &self,
        tenant: &TenantId,
        id: Id,
        change: &Change,
        now: Moment,
    ) -> Result<Option<EndpointRecord>, StoreError> {
        let operation = "changing an endpoint";
        let mut update = Update::new(Key::endpoint(tenant, id), "");
        let mut sets = Vec::new();
        let mut removes = Vec::new();
        if let Some(url) = &change.url {
            sets.push("#url = :url");
            update = update.name("#url", "url").value(":url", s(url));
        }
        if let Some(events) = &change.events {
            sets.push("events = :events");
            let names = events.iter().map(|kind| s(kind.name())).collect();
            update = update.value(":events", AttributeValue::L(names));
        }
        match change.enabled {
            Some(true) => {
                sets.push("#state = :enabled");
                removes.push(HEALTH);
                removes.push("disabled_reason, disabled_at, paused_by_plan");
                update = update
                    .name("#state", "state")
                    .value(":enabled", s("enabled"));
            }
            Some(false) => {
                sets.push("#state = :disabled");
                removes.push("paused_by_plan");
                sets.push("disabled_at = if_not_exists(disabled_at, :now)");
                sets.push("disabled_reason = if_not_exists(disabled_reason, :reason)");
                update = update
                    .name("#state", "state")
                    .value(":disabled", s("disabled"))
                    .value(":now", at(now))
                    .value(":reason", s("it was disabled by its owner"));
            }
            None => {}
        }
        if sets.is_empty() {
            return self.endpoint(tenant, id).await;
        }
        update.expression = format!("SET {}", sets.join(", "));
        if !removes.is_empty() {
            update.expression += &format!(" REMOVE {}", removes.join(", "));
        }
        self.changed(operation, update).await
    }

    /// Gives an endpoint a new secret; the one before signs beside it until `until`. Answers the endpoint as it is then,
    /// if there is one.
    ///
    /// # Errors
    /// If the store did not answer; the secret may have changed.
    pub async fn rotate_endpoint_secret(
        &self,
        tenant: &TenantId,
        id: Id,
        secret: &Sealed,
        until: Moment,
    ) -> Result<Option<EndpointRecord>, StoreError> {
        let operation = "rotating an endpoint's secret";
        let sealed = serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value(secret)
            .map_err(StoreError::corrupt(operation))?;
        // Twice the same would lose the secret before.
        let update = Update::new(
            Key::endpoint(tenant, id),
            "SET previous_secret = secret, secret = :secret, previous_until = :until",
        )
        .value(":secret", sealed)
        .value(":until", at(until))
        .once();
        self.changed(operation, update).await
    }

    /// So many attempts in a row failed. Answers the endpoint as it is then, if there is one.
    ///
    /// # Errors
    /// If the store did not answer; they may have been counted.
    pub async fn endpoint_failed(
        &self,
        tenant: &TenantId,
        id: Id,
        times: u32,
        now: Moment,
        probe_after: Moment,
    ) -> Result<Option<EndpointRecord>, StoreError> {
        let update = Update::new(
            Key::endpoint(tenant, id),
            "ADD failures :times \
             SET failing_since = if_not_exists(failing_since, :now), probe_after = :probe_after",
        )
        .value(":times", n(times))
        .value(":now", at(now))
        .value(":probe_after", at(probe_after));
        self.changed("noting an endpoint's failure", update).await
    }

    /// The endpoint took an event: what failed before is forgotten.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn endpoint_recovered(&self, tenant: &TenantId, id: Id) -> Result<(), StoreError> {
        let update = Update::new(Key::endpoint(tenant, id), format!("REMOVE {HEALTH}"));
        self.changed("noting an endpoint's success", update).await?;
        Ok(())
    }

    /// Takes the one try that an endpoint has at `seen` or later, and allows the next one from `next` on. Says whether
    /// nobody else took it.
    ///
    /// # Errors
    /// If the store did not answer; the try may be taken.
    pub async fn claim_probe(
        &self,
        tenant: &TenantId,
        id: Id,
        seen: Moment,
        next: Moment,
    ) -> Result<bool, StoreError> {
        let update = Update::new(Key::endpoint(tenant, id), "SET probe_after = :next")
            .condition("probe_after = :seen")
            .value(":seen", at(seen))
            .value(":next", at(next));
        let updated = self.update("claiming a probe", update).await?;
        Ok(matches!(updated, Updated::Done(_)))
    }

    /// Disables an endpoint, and keeps the jobs that tell others of it, in one transaction. Says whether it was enabled.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn disable_endpoint(
        &self,
        tenant: &TenantId,
        id: Id,
        reason: &str,
        now: Moment,
        notices: &[(Id, OutboxRecord)],
    ) -> Result<bool, StoreError> {
        let operation = "disabling an endpoint";
        let update = TransactUpdate::builder()
            .table_name(&*self.table)
            .set_key(Some(Key::endpoint(tenant, id).map()))
            .update_expression(
                "SET #state = :disabled, disabled_reason = :reason, disabled_at = :now",
            )
            .condition_expression("#state = :enabled")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":enabled", s("enabled"))
            .expression_attribute_values(":disabled", s("disabled"))
            .expression_attribute_values(":reason", s(reason))
            .expression_attribute_values(":now", at(now))
            .build()
            .expect("table, key and expression are given");
        let mut items = vec![TransactWriteItem::builder().update(update).build()];
        for (notice, record) in notices {
            let mut item = outbox_item(operation, *notice, record, now)?;
            item.extend(Key::outbox(tenant, *notice).map());
            let put = Put::builder()
                .table_name(&*self.table)
                .set_item(Some(item))
                .build()
                .expect("table and item are given");
            items.push(TransactWriteItem::builder().put(put).build());
        }
        let made = self.transact(operation, items).await?;
        Ok(matches!(made, Transacted::Done))
    }

    async fn changed(
        &self,
        operation: &'static str,
        update: Update,
    ) -> Result<Option<EndpointRecord>, StoreError> {
        let update = update
            .condition("attribute_exists(pk)")
            .returns(ReturnValue::AllNew);
        match self.update(operation, update).await? {
            Updated::Done(item) => read(operation, item).map(Some),
            Updated::Refused(_) => Ok(None),
        }
    }
}

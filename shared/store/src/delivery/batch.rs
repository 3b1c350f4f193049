//! What a batch of jobs reads at once and writes at once.

use std::collections::{HashMap, HashSet};

use aws_sdk_dynamodb::types::{KeysAndAttributes, PutRequest, WriteRequest};
use openwati_core::event::EventType;
use openwati_core::id::Id;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use serde::Serialize;

use super::{AttemptRecord, DeliveryKey, DeliveryRecord, DeliveryState, EventBody, KEPT};
use crate::endpoint::EndpointRecord;
use crate::error::StoreError;
use crate::item::{Item, at, read, s, ttl, write};
use crate::keys::{Key, due_delivery_shard, names};
use crate::store::{Store, back_off};

/// A delivery whose first attempt is over.
#[derive(Debug, Clone, Serialize)]
pub struct NewDelivery {
    /// What names it.
    #[serde(skip)]
    pub key: DeliveryKey,
    /// The event's id.
    pub event: Id,
    /// What kind of event it is.
    pub kind: EventType,
    /// What was posted.
    pub body: EventBody,
    /// How far it has come.
    pub state: DeliveryState,
    /// How often its ladder was begun anew: 0.
    pub round: u32,
    /// The step of the ladder that comes next.
    pub step: u16,
    /// Attempts so far: 1, or 0 where none was made.
    pub attempts: u32,
    /// When it is tried next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_at: Option<Moment>,
    /// Whether `timers` is to look at it then.
    #[serde(skip)]
    pub by_timers: bool,
    /// Why it was dropped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The first attempt.
    #[serde(skip)]
    pub first: Option<AttemptRecord>,
}

/// An answer of more than this is not kept with the delivery, which is written again with every step.
const LONGEST_ANSWER_KEPT_WITH_IT: usize = 1_000;

/// Endpoints and deliveries that a batch is about.
#[derive(Debug, Default)]
pub struct Gathered {
    /// The endpoints that there are.
    pub endpoints: HashMap<(TenantId, Id), EndpointRecord>,
    /// The deliveries that were tried before.
    pub deliveries: HashMap<DeliveryKey, DeliveryRecord>,
}

/// DynamoDB's limits of one batch.
const READ_AT_ONCE: usize = 100;
const WRITTEN_AT_ONCE: usize = 25;

/// How often what a batch left over is asked for again.
const TRIES: u32 = 6;

impl Store {
    /// The endpoints and the deliveries of a batch as they are now, in one request for each hundred of them.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn gather_deliveries(
        &self,
        endpoints: &HashSet<(TenantId, Id)>,
        deliveries: &HashSet<DeliveryKey>,
    ) -> Result<Gathered, StoreError> {
        let operation = "reading deliveries";
        let mut keys = Vec::with_capacity(endpoints.len() + deliveries.len());
        let mut owners = HashMap::with_capacity(keys.capacity());
        for (tenant, endpoint) in endpoints {
            let key = Key::endpoint(tenant, *endpoint);
            keys.push(key.map());
            owners.insert(key, Owner::Endpoint(tenant, *endpoint));
        }
        for delivery in deliveries {
            let key = delivery.key();
            keys.push(key.map());
            owners.insert(key, Owner::Delivery(delivery));
        }
        let mut gathered = Gathered::default();
        for some in keys.chunks(READ_AT_ONCE) {
            for item in self.batch_get(operation, some.to_vec()).await? {
                match Key::of(&item).and_then(|key| owners.get(&key)) {
                    Some(Owner::Endpoint(tenant, id)) => {
                        let record = read(operation, item)?;
                        gathered.endpoints.insert(((*tenant).clone(), *id), record);
                    }
                    Some(Owner::Delivery(delivery)) => {
                        let record = read(operation, item)?;
                        gathered.deliveries.insert((*delivery).clone(), record);
                    }
                    None => {}
                }
            }
        }
        Ok(gathered)
    }

    async fn batch_get(
        &self,
        operation: &'static str,
        keys: Vec<Item>,
    ) -> Result<Vec<Item>, StoreError> {
        let mut left = keys;
        let mut found = Vec::new();
        for attempt in 1..=TRIES {
            let wanted = KeysAndAttributes::builder()
                .set_keys(Some(left))
                .consistent_read(true)
                .build()
                .expect("keys are given");
            let request = self.client.batch_get_item();
            let answer = request
                .request_items(&*self.table, wanted)
                .send()
                .await
                .map_err(StoreError::sdk(operation))?;
            found.extend(
                answer
                    .responses
                    .into_iter()
                    .flatten()
                    .flat_map(|(_, items)| items),
            );
            left = answer
                .unprocessed_keys
                .and_then(|mut keys| keys.remove(&*self.table))
                .map(|keys| keys.keys)
                .unwrap_or_default();
            if left.is_empty() {
                return Ok(found);
            }
            back_off(attempt).await;
        }
        Err(throttled(operation))
    }

    /// Keeps deliveries that are new, each in one write, whatever was there. A first attempt with a long answer is kept
    /// beside its delivery.
    ///
    /// # Errors
    /// If one of them may not be kept. Others may be.
    pub async fn put_deliveries(
        &self,
        deliveries: &[NewDelivery],
        now: Moment,
    ) -> Result<(), StoreError> {
        let operation = "keeping deliveries";
        let mut items = Vec::with_capacity(deliveries.len());
        for new in deliveries {
            let mut item = delivery_item(operation, new, now)?;
            item.extend(new.key.key().map());
            match &new.first {
                Some(first) if kept_with_it(first) => {
                    let first = serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value(first)
                        .map_err(StoreError::corrupt(operation))?;
                    item.insert("first".to_owned(), first);
                }
                Some(first) => items.push(attempt_item(operation, &new.key, 1, first, now)?),
                None => {}
            }
            items.push(item);
        }
        self.batch_put(operation, items).await
    }

    /// Keeps a delivery if there is none yet. Says whether there was none.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn create_delivery(&self, new: NewDelivery, now: Moment) -> Result<bool, StoreError> {
        let operation = "keeping a delivery";
        let item = delivery_item(operation, &new, now)?;
        self.put_new(operation, &new.key.key(), item).await
    }

    /// Keeps attempts at deliveries, each with its number.
    ///
    /// # Errors
    /// If one of them may not be kept. Others may be.
    pub async fn put_attempts(
        &self,
        attempts: &[(DeliveryKey, u32, AttemptRecord)],
        now: Moment,
    ) -> Result<(), StoreError> {
        let operation = "keeping attempts";
        let items = attempts
            .iter()
            .map(|(key, number, attempt)| attempt_item(operation, key, *number, attempt, now));
        self.batch_put(operation, items.collect::<Result<_, _>>()?)
            .await
    }

    async fn batch_put(&self, operation: &'static str, items: Vec<Item>) -> Result<(), StoreError> {
        let puts: Vec<WriteRequest> = items
            .into_iter()
            .map(|item| {
                let put = PutRequest::builder().set_item(Some(item)).build();
                let put = put.expect("the item is given");
                WriteRequest::builder().put_request(put).build()
            })
            .collect();
        for some in puts.chunks(WRITTEN_AT_ONCE) {
            self.batch_write(operation, some.to_vec()).await?;
        }
        Ok(())
    }

    pub(crate) async fn batch_write(
        &self,
        operation: &'static str,
        writes: Vec<WriteRequest>,
    ) -> Result<(), StoreError> {
        let mut left = writes;
        for attempt in 1..=TRIES {
            let request = self.client.batch_write_item();
            let answer = request
                .request_items(&*self.table, left)
                .send()
                .await
                .map_err(StoreError::sdk(operation))?;
            let unprocessed = answer.unprocessed_items;
            left = unprocessed
                .and_then(|mut writes| writes.remove(&*self.table))
                .unwrap_or_default();
            if left.is_empty() {
                return Ok(());
            }
            back_off(attempt).await;
        }
        Err(throttled(operation))
    }
}

fn delivery_item(
    operation: &'static str,
    new: &NewDelivery,
    now: Moment,
) -> Result<Item, StoreError> {
    let mut item = write(operation, new)?;
    item.insert("ttl".to_owned(), ttl(now.plus(KEPT)));
    if let Some(due) = new.next_at.filter(|_| new.by_timers) {
        let shard = due_delivery_shard(new.key.delivery);
        item.insert(names::DUE_SHARD.to_owned(), s(shard));
        item.insert(names::DUE_AT.to_owned(), at(due));
    }
    Ok(item)
}

enum Owner<'a> {
    Endpoint(&'a TenantId, Id),
    Delivery(&'a DeliveryKey),
}

fn kept_with_it(attempt: &AttemptRecord) -> bool {
    let answer = attempt.answer.as_ref();
    answer.is_none_or(|answer| answer.len() <= LONGEST_ANSWER_KEPT_WITH_IT)
}

fn attempt_item(
    operation: &'static str,
    key: &DeliveryKey,
    number: u32,
    attempt: &AttemptRecord,
    now: Moment,
) -> Result<Item, StoreError> {
    let mut item = write(operation, attempt)?;
    item.extend(Key::attempt(&key.tenant, key.endpoint, key.delivery, number).map());
    item.insert("ttl".to_owned(), ttl(now.plus(KEPT)));
    Ok(item)
}

fn throttled(operation: &'static str) -> StoreError {
    let reason = "some items were not taken".to_owned();
    StoreError::Unavailable { operation, reason }
}

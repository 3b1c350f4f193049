//! Deliveries by time, newest first, and the attempts at one.

use futures::future::try_join_all;
use openwati_core::id::Id;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;

use super::{AttemptRecord, DeliveryKey, DeliveryRecord, DeliveryState};
use crate::error::StoreError;
use crate::item::{read, s};
use crate::keys::{DELIVERY_SHARDS, attempt_partition, delivery_partition};
use crate::store::Store;

/// Which deliveries of an endpoint a list shows.
#[derive(Debug, Clone)]
pub struct DeliverySelection {
    /// Only those in this state.
    pub state: Option<DeliveryState>,
    /// Only those of events of this moment or later.
    pub since: Moment,
    /// Only those with a lower id: where the last page ended, or the end of the time asked for.
    pub before: Id,
    /// How many, at least 1.
    pub limit: usize,
}

/// A page of deliveries, newest first.
#[derive(Debug)]
pub struct DeliveryPage {
    /// At most as many as asked for. A page may be short, or empty, although more follow.
    pub deliveries: Vec<DeliveryRecord>,
    /// What to give as `before` for the next page; none when there is nothing more.
    pub next_before: Option<Id>,
}

/// Rounds of queries that one page may cost before it is handed out short.
const ROUNDS: usize = 8;

impl Store {
    /// A page of an endpoint's deliveries.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn deliveries(
        &self,
        tenant: &TenantId,
        endpoint: Id,
        selection: &DeliverySelection,
    ) -> Result<DeliveryPage, StoreError> {
        let first = Id::first_at(selection.since);
        let mut before = selection.before;
        let mut deliveries = Vec::new();
        for _ in 0..ROUNDS {
            if before <= first {
                return Ok(DeliveryPage {
                    deliveries,
                    next_before: None,
                });
            }
            let (found, examined_to) = self
                .deliveries_of_month(tenant, endpoint, first, before, selection)
                .await?;
            before = examined_to;
            let room = selection.limit - deliveries.len();
            let full = found.len() >= room;
            deliveries.extend(found.into_iter().take(room));
            if full {
                let next_before = deliveries.last().map(|delivery| delivery.id);
                return Ok(DeliveryPage {
                    deliveries,
                    next_before,
                });
            }
        }
        Ok(DeliveryPage {
            deliveries,
            next_before: (before > first).then_some(before),
        })
    }

    /// The newest deliveries of the month of `before`, over its shards; and to where all of them were examined.
    async fn deliveries_of_month(
        &self,
        tenant: &TenantId,
        endpoint: Id,
        first: Id,
        before: Id,
        selection: &DeliverySelection,
    ) -> Result<(Vec<DeliveryRecord>, Id), StoreError> {
        // The newest id that may be shown is just below `before`, which may be the first of a month.
        let just_before = before.moment().minus(std::time::Duration::from_millis(1));
        let newest = match Id::first_at(before.moment()) < before {
            true => before.moment(),
            false => just_before,
        };
        let from = first.max(Id::first_at(newest.month_begins()));
        let month = newest.year_month();
        let shards = (0..DELIVERY_SHARDS).map(|shard| {
            let pk = delivery_partition(tenant, endpoint, &month, shard);
            self.deliveries_of_shard(pk, (from, before), selection)
        });
        let shards = try_join_all(shards).await?;
        // A shard that was not examined to the month's begin hides what is older there.
        let examined_to = shards.iter().map(|(_, to)| *to).max().unwrap_or(from);
        let mut found: Vec<_> = shards.into_iter().flat_map(|(found, _)| found).collect();
        found.retain(|delivery| delivery.id >= examined_to);
        found.sort_by_key(|delivery| std::cmp::Reverse(delivery.id));
        Ok((found, examined_to))
    }

    async fn deliveries_of_shard(
        &self,
        pk: String,
        (from, before): (Id, Id),
        selection: &DeliverySelection,
    ) -> Result<(Vec<DeliveryRecord>, Id), StoreError> {
        let operation = "listing deliveries";
        // `between` takes both ends: nothing made now has exactly `before` and it is left out below.
        let mut request = self
            .client
            .query()
            .table_name(&*self.table)
            .key_condition_expression("pk = :pk AND sk BETWEEN :from AND :before")
            .expression_attribute_values(":pk", s(pk))
            .expression_attribute_values(":from", s(from.hex()))
            .expression_attribute_values(":before", s(before.hex()))
            .scan_index_forward(false)
            .limit(i32::try_from(selection.limit + 1).unwrap_or(i32::MAX));
        if let Some(state) = selection.state {
            request = request
                .filter_expression("#state = :state")
                .expression_attribute_names("#state", "state")
                .expression_attribute_values(":state", s(state.name()));
        }
        let page = request.send().await.map_err(StoreError::sdk(operation))?;
        let last = page
            .last_evaluated_key
            .as_ref()
            .and_then(|key| crate::item::text(key, "sk")?.parse().ok());
        let items = page.items.unwrap_or_default().into_iter();
        let found = items.map(|item| read::<DeliveryRecord>(operation, item));
        let mut found = found.collect::<Result<Vec<_>, _>>()?;
        found.retain(|delivery| delivery.id < before);
        Ok((found, last.unwrap_or(from)))
    }

    /// The attempts at a delivery that are kept beside it, oldest first, each with its number. At most the first 1 MB of
    /// them, which is more than any ladder has.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn attempts(
        &self,
        key: &DeliveryKey,
    ) -> Result<Vec<(u32, AttemptRecord)>, StoreError> {
        let operation = "listing attempts";
        let pk = attempt_partition(&key.tenant, key.endpoint, key.delivery);
        let request = self.client.query().table_name(&*self.table);
        let page = request
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", s(pk))
            .consistent_read(true)
            .send()
            .await
            .map_err(StoreError::sdk(operation))?;
        let items = page.items.unwrap_or_default().into_iter();
        let numbered = items.map(|item| {
            let number = crate::item::text(&item, "sk").and_then(|sk| sk.parse().ok());
            Ok((number.unwrap_or_default(), read(operation, item)?))
        });
        numbered.collect()
    }
}

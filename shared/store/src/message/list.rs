//! Messages by time, newest first: of a tenant, or of one peer.

use futures::future::try_join_all;
use openwati_core::id::Id;
use openwati_core::message::Recipient;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;

use super::{Direction, MessageRecord};
use crate::error::StoreError;
use crate::item::{Item, read, s, text};
use crate::keys::{Key, MESSAGE_SHARDS, message_partition, names, peer_partition};
use crate::store::Store;

/// Which messages a list shows.
#[derive(Debug, Clone)]
pub struct Selection {
    /// Only those with these peers, which are one customer.
    pub peers: Option<Vec<Recipient>>,
    /// Only those of this direction.
    pub direction: Option<Direction>,
    /// Only those made at this moment or later. A list of a tenant goes back no further.
    pub since: Moment,
    /// Only those with a lower id: where the last page ended, or the end of the time asked for.
    pub before: Id,
    /// How many, at least 1.
    pub limit: usize,
}

/// A page of messages, newest first.
#[derive(Debug)]
pub struct MessagePage {
    /// At most as many as asked for. A page may be short, or empty, although more follow.
    pub messages: Vec<MessageRecord>,
    /// What to give as `before` for the next page; none when there is nothing more.
    pub next_before: Option<Id>,
}

/// Queries that one page may cost before it is handed out short.
const ROUNDS: usize = 12;

impl Store {
    /// A page of messages, newest first.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn messages(
        &self,
        tenant: &TenantId,
        selection: &Selection,
    ) -> Result<MessagePage, StoreError> {
        let first = Id::first_at(selection.since);
        let mut before = selection.before;
        let mut messages = Vec::new();
        for _ in 0..ROUNDS {
            if before <= first {
                return Ok(MessagePage {
                    messages,
                    next_before: None,
                });
            }
            let (seen, examined_to) = match &selection.peers {
                Some(peers) => {
                    self.of_peers(tenant, peers, first, before, selection.limit)
                        .await?
                }
                None => {
                    self.of_month(tenant, first, before, selection.limit)
                        .await?
                }
            };
            for message in seen {
                before = message.id;
                if selection
                    .direction
                    .is_none_or(|wanted| wanted == message.direction)
                {
                    messages.push(message);
                    if messages.len() == selection.limit {
                        return Ok(MessagePage {
                            messages,
                            next_before: Some(before),
                        });
                    }
                }
            }
            match examined_to {
                Some(examined) => before = examined,
                None => {
                    return Ok(MessagePage {
                        messages,
                        next_before: None,
                    });
                }
            }
        }
        Ok(MessagePage {
            messages,
            next_before: Some(before),
        })
    }

    /// The newest messages of the month of `before`, over its shards; and to where that examined everything.
    async fn of_month(
        &self,
        tenant: &TenantId,
        first: Id,
        before: Id,
        limit: usize,
    ) -> Result<(Vec<MessageRecord>, Option<Id>), StoreError> {
        let operation = "listing messages";
        // The newest id that may be shown is just below `before`, which may be the first of a month.
        let newest = before.moment().minus(std::time::Duration::from_millis(1));
        let newest = if Id::first_at(before.moment()) < before {
            before.moment()
        } else {
            newest
        };
        let month = newest.year_month();
        let month_begins = Id::first_at(
            Moment::parse_iso(&format!("{}-{}-01T00:00:00Z", &month[..4], &month[4..]))
                .expect("a year and month that were written a line above"),
        );
        let from = first.max(month_begins);
        let shards = (0..MESSAGE_SHARDS).map(|shard| {
            let pk = message_partition(tenant, &month, shard);
            self.newest(operation, None, names::PK, pk, (from, before), limit)
        });
        let mut found: Vec<(Id, Item)> =
            try_join_all(shards).await?.into_iter().flatten().collect();
        found.sort_by_key(|(id, _)| std::cmp::Reverse(*id));
        let more = found.len() >= limit;
        found.truncate(limit);
        let end = match found.last() {
            Some((id, _)) if more => Some(*id),
            _ => (month_begins > first).then_some(month_begins),
        };
        let messages = found.into_iter().map(|(_, item)| read(operation, item));
        Ok((messages.collect::<Result<_, _>>()?, end))
    }

    /// The newest messages with a customer, by all that they are known by; and to where that examined everything.
    async fn of_peers(
        &self,
        tenant: &TenantId,
        peers: &[Recipient],
        first: Id,
        before: Id,
        limit: usize,
    ) -> Result<(Vec<MessageRecord>, Option<Id>), StoreError> {
        let operation = "listing a peer's messages";
        let index = Some(names::PEER_INDEX);
        let range = (first, before);
        let queries = peers.iter().map(|peer| {
            let pk = peer_partition(tenant, peer.as_str());
            self.newest(operation, index, names::PEER_KEY, pk, range, limit)
        });
        let mut keys: Vec<Id> = try_join_all(queries)
            .await?
            .into_iter()
            .flatten()
            .map(|(id, _)| id)
            .collect();
        keys.sort_unstable_by_key(|id| std::cmp::Reverse(*id));
        let more = keys.len() >= limit;
        keys.truncate(limit);
        let end = keys.last().copied().filter(|_| more);
        let found = self
            .batch(
                operation,
                keys.iter().map(|id| Key::message(tenant, *id)).collect(),
            )
            .await?;
        let found = found.into_values().map(|item| read(operation, item));
        let mut messages: Vec<MessageRecord> = found.collect::<Result<_, _>>()?;
        messages.sort_by_key(|message| std::cmp::Reverse(message.id));
        Ok((messages, end))
    }

    /// Up to `limit` items of one partition with ids from `range.0` on and below `range.1`, newest first.
    pub(crate) async fn newest(
        &self,
        operation: &'static str,
        index: Option<&str>,
        partition: &str,
        pk: String,
        range: (Id, Id),
        limit: usize,
    ) -> Result<Vec<(Id, Item)>, StoreError> {
        let mut found = Vec::new();
        let mut start = None;
        // Between includes both ends: one more than asked for makes room for the end that does not belong.
        while found.len() < limit {
            let ask = i32::try_from(limit - found.len() + 1).unwrap_or(i32::MAX);
            let request = self.client.query().table_name(&*self.table);
            let page = request
                .set_index_name(index.map(str::to_owned))
                .key_condition_expression("#pk = :pk AND sk BETWEEN :from AND :to")
                .expression_attribute_names("#pk", partition)
                .expression_attribute_values(":pk", s(&pk))
                .expression_attribute_values(":from", s(range.0.hex()))
                .expression_attribute_values(":to", s(range.1.hex()))
                .consistent_read(index.is_none())
                .scan_index_forward(false)
                .limit(ask)
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(StoreError::sdk(operation))?;
            for item in page.items.unwrap_or_default() {
                let id = text(&item, names::SK).and_then(|sk| sk.parse::<Id>().ok());
                if let Some(id) = id
                    && id < range.1
                {
                    found.push((id, item));
                }
            }
            start = page.last_evaluated_key;
            if start.is_none() {
                break;
            }
        }
        found.truncate(limit);
        Ok(found)
    }
}

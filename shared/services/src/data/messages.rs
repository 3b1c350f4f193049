//! Messages, with everything that hangs on them.

use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

use openwati_core::crash_point;
use openwati_core::id::Id;
use openwati_core::state::Reported;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use openwati_store::automation::RUNS_KEPT;
use openwati_store::blobs::{spill_key, whole_key};
use openwati_store::data::{Place, Thing};
use openwati_store::delivery::{DeliveryKey, EventBody, KEPT};
use openwati_store::message::{Direction, MessageRecord};
use serde_json::Value;

use super::files;
use crate::error::Error;
use crate::events::{delivery_id, received_event_id, status_event_id};
use crate::platform::Platform;

/// Removes messages of a tenant.
#[derive(Debug)]
pub(super) struct Messages<'a> {
    pub(super) platform: &'a Platform,
    pub(super) tenant: &'a TenantId,
    /// To which events of the messages may have been delivered. None where all deliveries go anyway.
    pub(super) endpoints: &'a [Id],
    /// Whether files are looked at one by one. Not where the whole bucket goes anyway.
    pub(super) with_files: bool,
}

/// How long after a delivery was kept it may still be there: DynamoDB is up to two days late.
const KEPT_AT_MOST: Duration = KEPT.saturating_add(Duration::from_secs(4 * 86_400));

/// How old a message is of which an entry in the log of automatic answers may still be there.
const RUNS_KEPT_AT_MOST: Duration = RUNS_KEPT.saturating_add(Duration::from_secs(4 * 86_400));

impl Messages<'_> {
    /// Removes these messages: first what leads to them and what hangs on them, then themselves, so that a cut leaves
    /// nothing that is not found again.
    pub(super) async fn forget(&self, things: &[Thing]) -> Result<(), Error> {
        let store = self.platform.store();
        let mut records: Vec<MessageRecord> = Vec::with_capacity(things.len());
        for thing in things {
            records.push(thing.record()?);
        }
        self.forget_lookups(&records).await?;
        self.forget_deliveries(&records).await?;
        self.forget_runs(&records).await?;
        if self.with_files {
            self.forget_files(&records).await?;
        } else {
            self.forget_uses(&records).await?;
        }
        crash_point!("data.hanging_erased");
        store.forget(things).await?;
        crash_point!("data.messages_erased");
        Ok(())
    }

    /// What WhatsApp's ids lead to, and what the messages did to others.
    async fn forget_lookups(&self, records: &[MessageRecord]) -> Result<(), Error> {
        let store = self.platform.store();
        let own: BTreeSet<&str> = records.iter().filter_map(|r| r.wamid.as_deref()).collect();
        let own: Vec<Place> = own.into_iter().map(wamid).collect();
        store.forget_places(self.tenant, &own).await?;
        let targets: BTreeSet<String> = records.iter().filter_map(amended).collect();
        let targets: Vec<&str> = targets.iter().map(String::as_str).collect();
        Ok(store.forget_amendments(self.tenant, &targets).await?)
    }

    /// The deliveries that carry the messages' words, and their attempts.
    async fn forget_deliveries(&self, records: &[MessageRecord]) -> Result<(), Error> {
        let store = self.platform.store();
        let oldest = self.platform.now().minus(KEPT_AT_MOST);
        let mut keys: HashSet<DeliveryKey> = HashSet::new();
        let young = |record: &&MessageRecord| last_heard_of(record) >= oldest;
        for (at, event) in records.iter().filter(young).flat_map(events) {
            keys.extend(self.endpoints.iter().map(|endpoint| DeliveryKey {
                tenant: self.tenant.clone(),
                endpoint: *endpoint,
                delivery: delivery_id(*endpoint, at, event),
            }));
        }
        if keys.is_empty() {
            return Ok(());
        }
        let found = store.gather_deliveries(&HashSet::new(), &keys).await?;
        let spilled = found.deliveries.values().filter_map(|d| match &d.body {
            EventBody::Spilled(name) => Some(spill_key(name)),
            EventBody::Text(_) => None,
        });
        let spilled: Vec<String> = spilled.collect();
        for some in spilled.chunks(1_000) {
            self.platform.blobs()?.remove(some.to_vec()).await?;
        }
        let keys: Vec<DeliveryKey> = found.deliveries.into_keys().collect();
        Ok(store.forget_deliveries(&keys).await?)
    }

    /// What was done about the messages by itself.
    async fn forget_runs(&self, records: &[MessageRecord]) -> Result<(), Error> {
        let oldest = self.platform.now().minus(RUNS_KEPT_AT_MOST);
        let answered = records
            .iter()
            .filter(|record| record.direction == Direction::In && record.id.moment() >= oldest);
        let messages: Vec<Id> = answered.map(|record| record.id).collect();
        let store = self.platform.store();
        Ok(store.forget_automation_runs(self.tenant, &messages).await?)
    }

    async fn forget_files(&self, records: &[MessageRecord]) -> Result<(), Error> {
        files::release(self.platform, self.tenant, &stored_files(records)).await?;
        let whole: Vec<String> = records.iter().filter_map(whole).collect();
        Ok(self.platform.blobs()?.remove(whole).await?)
    }

    async fn forget_uses(&self, records: &[MessageRecord]) -> Result<(), Error> {
        let uses: Vec<(String, Id)> = stored_files(records)
            .into_iter()
            .map(|(key, id)| (openwati_store::message::name_of(&key).to_owned(), id))
            .collect();
        let store = self.platform.store();
        Ok(store.forget_media_uses(self.tenant, &uses).await?)
    }
}

fn wamid(wamid: &str) -> Place {
    Place::Wamid(wamid.to_owned())
}

/// Where the files of messages lie, each with its message.
fn stored_files(records: &[MessageRecord]) -> Vec<(String, Id)> {
    let file = |record: &MessageRecord| Some((record.media.as_ref()?.key.clone()?, record.id));
    records.iter().filter_map(file).collect()
}

/// WhatsApp's id of the message that this one changed, which may be none of ours.
fn amended(record: &MessageRecord) -> Option<String> {
    let content: Value = serde_json::from_str(&record.content).ok()?;
    let payload = content.get("payload")?;
    let target = ["message_id", "original_message_id"]
        .into_iter()
        .find_map(|name| payload.get(name)?.as_str());
    target.map(ToOwned::to_owned)
}

/// The object that holds what the message's item does not.
fn whole(record: &MessageRecord) -> Option<String> {
    let content: Value = serde_json::from_str(&record.content).ok()?;
    Some(whole_key(content.get("whole")?.as_str()?))
}

const STAGES: [Reported; 4] = [
    Reported::Sent,
    Reported::Failed,
    Reported::Delivered,
    Reported::Read,
];

/// When something was last told of a message; of one that came in also when it came, whatever time it bears.
fn last_heard_of(record: &MessageRecord) -> Moment {
    let stages = STAGES
        .into_iter()
        .filter_map(|stage| record.reported_at(stage));
    stages.fold(record.id.moment(), Moment::max)
}

/// The events that told of a message, each with its time.
fn events(record: &MessageRecord) -> Vec<(Moment, Id)> {
    let received = (record.direction == Direction::In).then(|| {
        let at = record.id.moment();
        (at, received_event_id(at, record.id))
    });
    let stages = STAGES.into_iter().filter_map(|stage| {
        let at = record.reported_at(stage)?;
        Some((at, status_event_id(at, record.id, stage)))
    });
    received.into_iter().chain(stages).collect()
}

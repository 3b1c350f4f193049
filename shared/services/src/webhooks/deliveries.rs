//! The log of an endpoint, and sending from it again.

use std::collections::HashSet;
use std::time::Duration;

use openwati_core::event::EventType;
use openwati_core::id::Id;
use openwati_core::state::Reported;
use openwati_core::time::Moment;
use openwati_store::delivery::{
    DeliveryKey, DeliveryRecord, DeliverySelection, DeliveryState, EventBody, KEPT,
};
use openwati_store::endpoint::EndpointState;
use openwati_store::queues::QueueName;

use super::show::{Attempt, Delivery, DeliveryDetails, DeliveryPage};
use super::{Plan, admit, own};
use crate::authenticate::Caller;
use crate::deliver;
use crate::error::Error;
use crate::events::{
    EndpointDisabled, Event, MessageReceived, MessageStatus, What, delivery_id, job_of,
};
use crate::platform::Platform;

/// Which deliveries of an endpoint a list shows.
#[derive(Debug, Clone, Default)]
pub struct DeliveryFilter {
    /// Only those in this state.
    pub state: Option<DeliveryState>,
    /// Only those of events of this moment or later.
    pub since: Option<Moment>,
    /// Only those of events before this moment.
    pub until: Option<Moment>,
    /// How many, at least 1.
    pub limit: usize,
    /// Where the last page ended.
    pub before: Option<Id>,
}

/// An event may be told some days after it happened, so that the log goes back further than its entries are kept.
const LOG: Duration = Duration::from_secs(10 * 86_400 + KEPT.as_secs());

/// The largest event that is shown.
const LARGEST_EVENT: usize = 4 * 1024 * 1024;

const NO_DELIVERY: Error = Error::NotFound { what: "delivery" };

/// A page of an endpoint's deliveries, newest first.
///
/// # Errors
/// [`Error::NotFound`] for an endpoint that is not the tenant's.
pub async fn deliveries(
    platform: &Platform,
    caller: &Caller,
    endpoint: &str,
    filter: DeliveryFilter,
) -> Result<DeliveryPage, Error> {
    admit(platform, caller, Plan::Any).await?;
    let endpoint = own(platform, caller, endpoint).await?.id;
    let now = platform.now();
    let end = filter
        .until
        .unwrap_or_else(|| now.plus(Duration::from_secs(60)));
    let before = Id::first_at(end);
    let oldest = now.minus(LOG);
    let selection = DeliverySelection {
        state: filter.state,
        since: filter.since.map_or(oldest, |since| since.max(oldest)),
        before: filter.before.map_or(before, |cursor| cursor.min(before)),
        limit: filter.limit.max(1),
    };
    let store = platform.store();
    let page = store
        .deliveries(&caller.tenant, endpoint, &selection)
        .await?;
    let deliveries = page.deliveries.iter();
    Ok(DeliveryPage {
        deliveries: deliveries.map(|d| Delivery::new(endpoint, d)).collect(),
        next: page.next_before,
    })
}

/// A delivery with its log.
///
/// # Errors
/// [`Error::NotFound`] where no endpoint of the tenant has it.
pub async fn delivery(
    platform: &Platform,
    caller: &Caller,
    id: &str,
) -> Result<DeliveryDetails, Error> {
    admit(platform, caller, Plan::Any).await?;
    let (key, record) = kept(platform, caller, id).await?;
    let shown = Delivery::new(key.endpoint, &record);
    let beside = platform.store().attempts(&key).await?;
    let first = record.first.map(|first| (1, first));
    let mut logs: Vec<_> = first.into_iter().chain(beside).collect();
    logs.sort_by_key(|(number, _)| *number);
    let attempts = logs
        .into_iter()
        .map(|(_, log)| Attempt::new(&shown.webhook_id, log));
    let attempts = attempts.collect();
    Ok(DeliveryDetails {
        delivery: shown,
        body: text(platform, record.body).await,
        attempts,
    })
}

/// Tells an event again, whatever became of it, under its own `webhook-id` and with all its retries.
///
/// # Errors
/// [`Error::NotFound`]; an endpoint that is disabled; a plan without webhooks.
pub async fn resend(platform: &Platform, caller: &Caller, id: &str) -> Result<Delivery, Error> {
    admit(platform, caller, Plan::WithWebhooks).await?;
    let (key, _) = kept(platform, caller, id).await?;
    let store = platform.store();
    let endpoint = store.endpoint(&key.tenant, key.endpoint).await?;
    if endpoint.is_none_or(|endpoint| endpoint.state == EndpointState::Disabled) {
        return Err(disabled());
    }
    let job = deliver::restart(platform, &key.tenant, key.endpoint, key.delivery).await?;
    let job = job.ok_or(NO_DELIVERY)?;
    let queues = platform.queues()?;
    queues.send(QueueName::WebhookRetries, vec![job]).await?;
    let (key, record) = kept(platform, caller, id).await?;
    Ok(Delivery::new(key.endpoint, &record))
}

/// Begins all that was dropped since a moment anew.
///
/// # Errors
/// [`Error::NotFound`]; an endpoint that is disabled; a plan without webhooks.
pub async fn recover(
    platform: &Platform,
    caller: &Caller,
    endpoint: &str,
    since: Moment,
) -> Result<(), Error> {
    admit(platform, caller, Plan::WithWebhooks).await?;
    let endpoint = own(platform, caller, endpoint).await?;
    if endpoint.state == EndpointState::Disabled {
        return Err(disabled());
    }
    let now = platform.now();
    let since = since.max(now.minus(LOG));
    let job = deliver::recovery(&caller.tenant, endpoint.id, since, now)?;
    let queues = platform.queues()?;
    Ok(queues.send(QueueName::WebhookRetries, vec![job]).await?)
}

/// Sends a made-up event of this kind. Answers the id of its delivery, which is in the log once it was tried.
///
/// # Errors
/// [`Error::NotFound`]; an endpoint that is disabled; a plan without webhooks.
pub async fn test(
    platform: &Platform,
    caller: &Caller,
    endpoint: &str,
    kind: EventType,
) -> Result<(Id, String), Error> {
    admit(platform, caller, Plan::WithWebhooks).await?;
    let endpoint = own(platform, caller, endpoint).await?;
    if endpoint.state == EndpointState::Disabled {
        return Err(disabled());
    }
    let now = platform.now();
    let event = sample(kind, Id::new(now, platform.entropy()), now);
    let job = job_of(platform, &caller.tenant, &endpoint, &event).await?;
    let queues = platform.queues()?;
    queues
        .send(QueueName::WebhookDelivery, job.into_iter().collect())
        .await?;
    let delivery = delivery_id(endpoint.id, event.at, event.id);
    Ok((delivery, openwati_core::webhook::webhook_id(event.id)))
}

/// An event that did not happen. Its numbers are fictitious ones, and so are its ids.
fn sample(kind: EventType, id: Id, now: Moment) -> Event {
    let wamid = "wamid.TEST".to_owned();
    let what = match kind {
        EventType::MessageReceived => What::MessageReceived(MessageReceived {
            from: "15550001111".to_owned(),
            to: "15550002222".to_owned(),
            id,
            wamid,
            kind: "text".to_owned(),
            text: "This is a test event.".to_owned(),
            payload: None,
            media_url: None,
        }),
        EventType::MessageStatus => What::MessageStatus(MessageStatus {
            id,
            wamid,
            to: "15550001111".to_owned(),
            stage: Reported::Delivered,
            error: None,
        }),
        EventType::EndpointDisabled => What::EndpointDisabled(EndpointDisabled {
            endpoint: id,
            url: "https://example.com/".to_owned(),
            reason: "this is a test event".to_owned(),
        }),
    };
    Event {
        id,
        at: now,
        channel: None,
        what,
    }
}

/// The delivery of this id to whichever endpoint of the tenant has it: its id says when and not where.
async fn kept(
    platform: &Platform,
    caller: &Caller,
    id: &str,
) -> Result<(DeliveryKey, DeliveryRecord), Error> {
    let delivery: Id = id.parse().map_err(|_| NO_DELIVERY)?;
    let store = platform.store();
    let endpoints = store.endpoints(&caller.tenant).await?;
    let keys = endpoints.iter().map(|endpoint| DeliveryKey {
        tenant: caller.tenant.clone(),
        endpoint: endpoint.id,
        delivery,
    });
    let keys: HashSet<DeliveryKey> = keys.collect();
    let found = store.gather_deliveries(&HashSet::new(), &keys).await?;
    found.deliveries.into_iter().next().ok_or(NO_DELIVERY)
}

async fn text(platform: &Platform, body: EventBody) -> Option<String> {
    match body {
        EventBody::Text(text) => Some(text),
        EventBody::Spilled(name) => {
            let bytes = platform.blobs().ok()?.spilled(&name, LARGEST_EVENT).await;
            // The log without its body is better than none.
            let bytes =
                bytes.inspect_err(|error| tracing::warn!(%error, "an event cannot be shown"));
            String::from_utf8(bytes.ok()?).ok()
        }
    }
}

fn disabled() -> Error {
    Error::Conflict {
        message: "the webhook is disabled: enable it first".to_owned(),
        code: "webhook_disabled",
    }
}

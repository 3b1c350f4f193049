//! Endpoints, deliveries and attempts as they are shown.

use openwati_core::event::EventType;
use openwati_core::id::Id;
use openwati_core::time::Moment;
use openwati_core::webhook::webhook_id;
use openwati_store::delivery::{AttemptRecord, DeliveryRecord, DeliveryState};
use openwati_store::endpoint::{EndpointRecord, EndpointState};

/// An endpoint.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// Its id.
    pub id: Id,
    /// Where its events are posted.
    pub url: String,
    /// The kinds of events that it gets; none means all.
    pub events: Vec<EventType>,
    /// Whether it gets events.
    pub enabled: bool,
    /// Why not.
    pub disabled_reason: Option<String>,
    /// Since when not.
    pub disabled_at: Option<Moment>,
    /// Since when nothing was taken.
    pub failing_since: Option<Moment>,
    /// When it came to be.
    pub created_at: Moment,
}

/// A page of endpoints.
#[derive(Debug)]
pub struct EndpointPage {
    /// Oldest first.
    pub endpoints: Vec<Endpoint>,
    /// The last one's id, where more follow.
    pub next: Option<Id>,
}

/// A delivery.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Its id.
    pub id: Id,
    /// To which endpoint.
    pub endpoint: Id,
    /// The `webhook-id`.
    pub webhook_id: String,
    /// The kind of event.
    pub kind: EventType,
    /// How far it has come.
    pub state: DeliveryState,
    /// Attempts so far.
    pub attempts: u32,
    /// When it is tried next.
    pub next_at: Option<Moment>,
    /// Why it was dropped.
    pub reason: Option<String>,
    /// When what it tells happened.
    pub created_at: Moment,
}

/// A page of deliveries.
#[derive(Debug)]
pub struct DeliveryPage {
    /// Newest first. A page may be short although more follow.
    pub deliveries: Vec<Delivery>,
    /// What to give for the next page; none when there is nothing more.
    pub next: Option<Id>,
}

/// A delivery with its log.
#[derive(Debug)]
pub struct DeliveryDetails {
    /// The delivery.
    pub delivery: Delivery,
    /// What is posted, where it can be read.
    pub body: Option<String>,
    /// The attempts, oldest first.
    pub attempts: Vec<Attempt>,
}

/// One attempt.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// The headers that were sent; none where nothing was sent.
    pub headers: Vec<(&'static str, String)>,
    /// What became of it.
    pub log: AttemptRecord,
}

impl From<EndpointRecord> for Endpoint {
    fn from(record: EndpointRecord) -> Self {
        Self {
            id: record.id,
            url: record.url,
            events: record.events,
            enabled: record.state == EndpointState::Enabled,
            disabled_reason: record.disabled_reason,
            disabled_at: record.disabled_at,
            failing_since: record.failing_since,
            created_at: record.created_at,
        }
    }
}

impl Delivery {
    pub(super) fn new(endpoint: Id, record: &DeliveryRecord) -> Self {
        Self {
            id: record.id,
            endpoint,
            webhook_id: webhook_id(record.event),
            kind: record.kind,
            state: record.state,
            attempts: record.attempts,
            next_at: record.next_at,
            reason: record.reason.clone(),
            created_at: record.id.moment(),
        }
    }
}

impl Attempt {
    pub(super) fn new(webhook_id: &str, log: AttemptRecord) -> Self {
        let headers = match (&log.wati_signature, &log.standard_signature) {
            (Some(wati), Some(standard)) => {
                let seconds = log.at.seconds().to_string();
                vec![
                    ("content-type", "application/json".to_owned()),
                    ("x-wati-signature", wati.clone()),
                    ("x-wati-timestamp", seconds.clone()),
                    ("webhook-id", webhook_id.to_owned()),
                    ("webhook-timestamp", seconds),
                    ("webhook-signature", standard.clone()),
                ]
            }
            _ => Vec::new(),
        };
        Self { headers, log }
    }
}

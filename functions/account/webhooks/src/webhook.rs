//! A webhook and a delivery as the API shows them.

use std::collections::BTreeMap;

use openwati_core::secret::Secret;
use openwati_core::webhook::WebhookSecret;
use openwati_services::webhooks;
use serde::Serialize;
use utoipa::ToSchema;

/// An endpoint of yours that events are posted to.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "6a297f98-8000-8d5e-9b7c-2f1d3a5e7c90",
    "url": "https://your-app.com/wati-hook",
    "events": ["message.received"],
    "enabled": true,
    "createdAt": "2026-06-10T12:34:56Z",
}))]
pub(crate) struct Webhook {
    #[schema(format = "uuid")]
    id: String,
    /// Where events are posted.
    url: String,
    /// The kinds of events that it gets; empty means all.
    #[schema(value_type = Vec<EventType>)]
    events: Vec<&'static str>,
    /// Whether it gets events. Those that happen while it does not are not kept for it.
    enabled: bool,
    /// Why it does not, in words for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    disabled_reason: Option<String>,
    /// Since when it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    disabled_at: Option<String>,
    /// Since when it takes nothing. After 5 days it is disabled.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    failing_since: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    /// What signs its events. Shown once: when the webhook is made, and when its secret is rotated.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<String>, example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    secret: Option<Secret<String>>,
}

/// One webhook.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneWebhook {
    webhook: Webhook,
}

/// A kind of event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[expect(dead_code, reason = "only its description is used")]
pub(crate) enum EventType {
    /// A customer wrote.
    #[schema(rename = "message.received")]
    MessageReceived,
    /// A message to a customer was sent, delivered or read, or has failed.
    #[schema(rename = "message.status")]
    MessageStatus,
    /// A webhook of yours gets no events any more.
    #[schema(rename = "endpoint.disabled")]
    EndpointDisabled,
}

/// How far a delivery has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "only its description is used")]
pub(crate) enum DeliveryState {
    /// It is tried again.
    Pending,
    /// The webhook took it.
    Delivered,
    /// It is not tried any more, unless you ask for it.
    Dropped,
}

/// An event on its way to one webhook.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Delivery {
    #[schema(format = "uuid")]
    id: String,
    #[schema(format = "uuid")]
    webhook_id: String,
    /// The event's id, which every attempt carries in the header `webhook-id`.
    #[schema(example = "evt_6a297f9880004d5e1b7c2f1d")]
    event_id: String,
    /// The kind of event.
    #[schema(value_type = EventType)]
    event: &'static str,
    #[schema(value_type = DeliveryState)]
    state: &'static str,
    /// Attempts so far.
    attempts: u32,
    /// When it is tried next.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    next_attempt_at: Option<String>,
    /// Why it was dropped: `retries_exhausted`, `endpoint_disabled` or `not_processed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reason: Option<String>,
    /// When what it tells happened.
    #[schema(format = DateTime)]
    created_at: String,
}

/// A delivery with its log.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeliveryDetails {
    #[serde(flatten)]
    delivery: Delivery,
    /// What is posted, to the byte.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    body: Option<String>,
    /// The attempts, oldest first.
    log: Vec<Attempt>,
}

/// One attempt.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Attempt {
    #[schema(format = DateTime)]
    at: String,
    /// The headers that were sent; empty where nothing was.
    headers: BTreeMap<&'static str, String>,
    /// The status that was answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    status: Option<u16>,
    /// The first 20 kB of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    answer: Option<String>,
    /// Milliseconds to the answer's status.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    first_byte_ms: Option<u32>,
    /// Milliseconds to its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    total_ms: Option<u32>,
    /// What kind of failure it is: `status`, `timeout`, `connect`, `dns`, `tls`, `address_refused`, `breaker_open`, ….
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    error: Option<String>,
    /// The same in words for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    detail: Option<String>,
    /// When it was to be tried next.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    next_attempt_at: Option<String>,
}

impl OneWebhook {
    pub(crate) fn new(endpoint: webhooks::Endpoint) -> Self {
        Self {
            webhook: endpoint.into(),
        }
    }

    pub(crate) fn with_secret((endpoint, secret): (webhooks::Endpoint, WebhookSecret)) -> Self {
        let mut one = Self::new(endpoint);
        one.webhook.secret = Some(secret.text().clone());
        one
    }
}

impl From<webhooks::Endpoint> for Webhook {
    fn from(endpoint: webhooks::Endpoint) -> Self {
        Self {
            id: endpoint.id.uuid(),
            url: endpoint.url,
            events: endpoint
                .events
                .into_iter()
                .map(|kind| kind.name())
                .collect(),
            enabled: endpoint.enabled,
            disabled_reason: endpoint.disabled_reason,
            disabled_at: endpoint.disabled_at.map(|at| at.iso()),
            failing_since: endpoint.failing_since.map(|at| at.iso()),
            created_at: endpoint.created_at.iso(),
            secret: None,
        }
    }
}

impl From<webhooks::Delivery> for Delivery {
    fn from(delivery: webhooks::Delivery) -> Self {
        Self {
            id: delivery.id.uuid(),
            webhook_id: delivery.endpoint.uuid(),
            event_id: delivery.webhook_id,
            event: delivery.kind.name(),
            state: delivery.state.name(),
            attempts: delivery.attempts,
            next_attempt_at: delivery.next_at.map(|at| at.iso()),
            reason: delivery.reason,
            created_at: delivery.created_at.iso(),
        }
    }
}

impl From<webhooks::DeliveryDetails> for DeliveryDetails {
    fn from(details: webhooks::DeliveryDetails) -> Self {
        Self {
            delivery: details.delivery.into(),
            body: details.body,
            log: details.attempts.into_iter().map(Attempt::from).collect(),
        }
    }
}

impl From<webhooks::Attempt> for Attempt {
    fn from(attempt: webhooks::Attempt) -> Self {
        let log = attempt.log;
        Self {
            at: log.at.iso(),
            headers: attempt.headers.into_iter().collect(),
            status: log.status,
            answer: log.answer,
            first_byte_ms: log.first_byte_ms,
            total_ms: log.total_ms,
            error: log.error,
            detail: log.detail,
            next_attempt_at: log.next_at.map(|at| at.iso()),
        }
    }
}

//! What happened, told to the tenants' own servers.
//!
//! An event's id follows from its cause, so that whatever is run again tells the same event and no second one. An
//! [`Emitter`] puts it on its way: each endpoint that wants it gets a job with the event in the words of its dialect.
//! [`deliver`](crate::deliver) works the jobs.

mod dialects;
mod emitter;
mod job;
mod wati_pro;

use openwati_core::event::EventType;
use openwati_core::id::Id;
use openwati_core::state::Reported;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use openwati_store::message::MessageError;
use serde_json::Value;

pub(crate) use dialects::telling;
pub use emitter::Emitter;
pub(crate) use emitter::job as job_of;
pub use job::{DeliveryJob, FirstTry, NextTry, Recovery, delivery_id};

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its id, which every attempt to tell it carries: [`Id::derived`] from the cause.
    pub id: Id,
    /// When it happened.
    pub at: Moment,
    /// The channel that it is about.
    pub channel: Option<Id>,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// A customer wrote.
    MessageReceived(MessageReceived),
    /// A message to a customer reached a stage.
    MessageStatus(MessageStatus),
    /// An endpoint gets no events any more.
    EndpointDisabled(EndpointDisabled),
}

/// A customer's message.
#[derive(Debug, Clone, PartialEq)]
pub struct MessageReceived {
    /// Whom it is from: digits, or a BSUID.
    pub from: String,
    /// The number that it came to, as digits.
    pub to: String,
    /// Our id of it.
    pub id: Id,
    /// WhatsApp's id of it.
    pub wamid: String,
    /// WhatsApp's word for its kind: `text`, `sticker`, `location`, ….
    pub kind: String,
    /// What a person reads.
    pub text: String,
    /// The kind's own node of Meta's callback; none for a text.
    pub payload: Option<Value>,
    /// Our link to its file.
    pub media_url: Option<String>,
}

/// How far a message to a customer has come.
#[derive(Debug, Clone, PartialEq)]
pub struct MessageStatus {
    /// Our id of it.
    pub id: Id,
    /// WhatsApp's id of it.
    pub wamid: String,
    /// Whom it went to.
    pub to: String,
    /// The stage.
    pub stage: Reported,
    /// Why it failed.
    pub error: Option<MessageError>,
}

/// An endpoint that was disabled.
#[derive(Debug, Clone, PartialEq)]
pub struct EndpointDisabled {
    /// Which.
    pub endpoint: Id,
    /// Its address.
    pub url: String,
    /// Why, in words for people.
    pub reason: String,
}

/// The id of the event that tells of a customer's message which was written at `at`.
pub(crate) fn received_event_id(at: Moment, message: Id) -> Id {
    Id::derived(at, &[&message.hex(), EventType::MessageReceived.name()])
}

/// The id of the event that tells of a message's stage which was reached at `at`.
pub(crate) fn status_event_id(at: Moment, message: Id, stage: Reported) -> Id {
    Id::derived(at, &[&message.hex(), "status", stage.state().public_name()])
}

/// The place that an endpoint's secret is sealed for: it opens nowhere else.
pub(crate) fn secret_context(tenant: &TenantId, endpoint: Id) -> String {
    format!("{tenant}/endpoint/{endpoint}/secret")
}

impl What {
    /// The kind of event.
    pub const fn kind(&self) -> EventType {
        match self {
            Self::MessageReceived(_) => EventType::MessageReceived,
            Self::MessageStatus(_) => EventType::MessageStatus,
            Self::EndpointDisabled(_) => EventType::EndpointDisabled,
        }
    }
}

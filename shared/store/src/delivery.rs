//! Deliveries: an event on its way to one endpoint, with the log of its attempts.
//!
//! A delivery is written when its first attempt is over, so that an event which is taken at once costs one write. What
//! was logged of it is forgotten after [`KEPT`].

mod batch;
mod list;
mod step;

use std::time::Duration;

use openwati_core::event::EventType;
use openwati_core::id::Id;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use serde::{Deserialize, Serialize};

use crate::keys::Key;

pub use batch::{Gathered, NewDelivery};
pub use list::{DeliveryPage, DeliverySelection};
pub use step::Outcome;

/// How long deliveries and their attempts are kept.
pub const KEPT: Duration = Duration::from_secs(30 * 86_400);

/// What names a delivery.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeliveryKey {
    /// Whose.
    pub tenant: TenantId,
    /// To which endpoint.
    pub endpoint: Id,
    /// Its id.
    pub delivery: Id,
}

impl DeliveryKey {
    fn key(&self) -> Key {
        Key::delivery(&self.tenant, self.endpoint, self.delivery)
    }
}

/// What is posted of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventBody {
    /// Itself.
    Text(String),
    /// Its name in the bucket, because it is too large for a queue and an item.
    Spilled(String),
}

/// How far a delivery has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryState {
    /// It is tried again.
    Pending,
    /// The endpoint took it.
    Delivered,
    /// It is not tried any more, unless somebody asks.
    Dropped,
}

impl DeliveryState {
    /// The state's name, in the API and in the store.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Dropped => "dropped",
        }
    }

    /// The state of this name.
    pub fn named(name: &str) -> Option<Self> {
        let all = [Self::Pending, Self::Delivered, Self::Dropped];
        all.into_iter().find(|state| state.name() == name)
    }
}

/// One attempt to deliver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttemptRecord {
    /// When it began.
    pub at: Moment,
    /// WATI Pro's signature, as it was sent; none where nothing was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wati_signature: Option<String>,
    /// Standard Webhooks' signatures, as they were sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standard_signature: Option<String>,
    /// The status that was answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The begin of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// Milliseconds to the answer's status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_byte_ms: Option<u32>,
    /// Milliseconds to its end, or until the attempt was given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_ms: Option<u32>,
    /// What kind of failure it is, for programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The same for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// When it is tried next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_at: Option<Moment>,
}

/// A delivery as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct DeliveryRecord {
    /// Its id.
    #[serde(rename = "sk")]
    pub id: Id,
    /// The event's id.
    pub event: Id,
    /// What kind of event it is.
    pub kind: EventType,
    /// What is posted.
    pub body: EventBody,
    /// How far it has come.
    pub state: DeliveryState,
    /// How often its ladder was begun anew.
    #[serde(default)]
    pub round: u32,
    /// The step of the ladder that comes next; 0 for the first try of a round.
    #[serde(default)]
    pub step: u16,
    /// Attempts so far, those that were skipped among them.
    #[serde(default)]
    pub attempts: u32,
    /// When it is tried next.
    #[serde(default)]
    pub next_at: Option<Moment>,
    /// When `timers` looks at it, where the next step is far away.
    #[serde(default)]
    pub due_at: Option<Moment>,
    /// Why it was dropped.
    #[serde(default)]
    pub reason: Option<String>,
    /// The first attempt, unless its answer is long.
    #[serde(default)]
    pub first: Option<AttemptRecord>,
}

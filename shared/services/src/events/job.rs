//! The jobs that bring events to tenants' own servers, as they wait on their queues.

use openwati_core::event::EventType;
use openwati_core::id::Id;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use openwati_store::delivery::EventBody;
use openwati_store::queues::{self, Job};
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// A job of webhook delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryJob {
    /// An event is told to an endpoint for the first time.
    First(FirstTry),
    /// A delivery that is kept is tried again.
    Again(NextTry),
    /// Dropped deliveries of an endpoint are begun anew, page by page.
    Recover(Recovery),
}

/// An event that is told to an endpoint for the first time. It carries everything, so that nothing but its outcome is
/// written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstTry {
    /// Whose endpoint it is.
    pub tenant: TenantId,
    /// Where it goes.
    pub endpoint: Id,
    /// The delivery's id: [`delivery_id`].
    pub delivery: Id,
    /// The event's id.
    pub event: Id,
    /// What kind of event it is.
    pub kind: EventType,
    /// What is posted.
    pub body: EventBody,
}

/// A delivery that is kept and tried again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextTry {
    /// Whose endpoint it is.
    pub tenant: TenantId,
    /// Where it goes.
    pub endpoint: Id,
    /// The delivery's id.
    pub delivery: Id,
    /// How often its ladder was begun anew.
    pub round: u32,
    /// The step of the ladder that this is; 0 for the first try of a round.
    pub step: u16,
}

/// Dropped deliveries of an endpoint that are begun anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovery {
    /// Whose endpoint it is.
    pub tenant: TenantId,
    /// Whose deliveries.
    pub endpoint: Id,
    /// Those of events of this moment or later.
    pub since: Moment,
    /// Those with a lower id: where the last page ended.
    pub before: Id,
}

/// The id of the delivery of an event to an endpoint.
pub fn delivery_id(endpoint: Id, at: Moment, event: Id) -> Id {
    Id::derived(at, &[&endpoint.hex(), &event.hex(), "delivery"])
}

/// An endpoint that does not answer holds no more workers than this.
const LANES: u8 = 4;

impl DeliveryJob {
    /// The job as its queue takes it: the first tries of one lane in order, others after `delay_seconds`.
    pub(crate) fn queued(&self, subject: Id, delay_seconds: u16) -> Result<Job, Error> {
        let body = queues::body(self).map_err(|error| Error::Internal(Box::new(error)))?;
        let (group, deduplication) = match self {
            Self::First(first) => {
                let lane = subject.spread() % LANES;
                (
                    format!("{}-{lane}", first.endpoint),
                    Some(first.delivery.hex()),
                )
            }
            // On a standard queue the group only shares the workers fairly between endpoints.
            Self::Again(next) => (next.endpoint.hex(), None),
            Self::Recover(recovery) => (recovery.endpoint.hex(), None),
        };
        Ok(Job {
            body,
            group: Some(group),
            deduplication,
            delay_seconds,
        })
    }
}

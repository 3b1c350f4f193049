//! What calls functions besides the API: queues and schedules.

mod batch;
mod queue;
mod schedule;

pub(crate) use queue::{QueueTrigger, long_poll_client};
pub(crate) use schedule::ScheduleTrigger;

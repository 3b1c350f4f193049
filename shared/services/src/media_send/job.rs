use std::time::Duration;

use openwati_core::id::Id;
use openwati_core::pace::Pace;
use openwati_core::rate::DayWindow;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use openwati_store::queues::{self, Job};
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::files::Source;
use crate::send::Heeds;

/// A message that was taken on before its file was there, as it waits on its queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaSendJob {
    /// Whose message it is.
    pub tenant: TenantId,
    /// The message.
    pub message: Id,
    /// Where its file comes from.
    pub source: Source,
    /// The type that the caller announced, where they did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
    /// When it was taken on: from then on it is tried for an hour.
    pub accepted_at: Moment,
    /// The day whose place it holds.
    pub day: DayWindow,
    /// What of the customer's wish to be left in peace keeps it back.
    #[serde(default = "of_a_program")]
    pub heeds: Heeds,
    /// How often it was tried in vain.
    #[serde(default)]
    pub tries: u32,
}

/// Of jobs that were written before it was said.
fn of_a_program() -> Heeds {
    Heeds::OptOut
}

/// For how long it is tried.
const LIFE: Duration = Duration::from_secs(3600);

/// Waits between tries: the first, each twice the one before, and the longest, which is as long as a queue waits.
const FIRST_STEP: Duration = Duration::from_secs(2);
const LONGEST_STEP: Duration = Duration::from_secs(900);

impl MediaSendJob {
    /// Whether no more tries follow after the one that ends at `now`.
    pub(super) fn is_over(&self, now: Moment, pace: Pace) -> bool {
        now >= self.accepted_at.plus(pace.real(LIFE))
    }

    /// The next try, and how long its queue holds it: for `asked`, where somebody asked for so much, else a step longer
    /// than the last time.
    pub(super) fn next(mut self, asked: Option<Duration>) -> (Self, Duration) {
        let wait = asked.unwrap_or_else(|| {
            let doubled = FIRST_STEP.saturating_mul(1 << self.tries.min(16));
            self.tries = self.tries.saturating_add(1);
            doubled
        });
        (self, wait.min(LONGEST_STEP))
    }

    /// The job for [`QueueName::MediaSend`](openwati_store::queues::QueueName), to be worked after `wait`.
    pub(crate) fn queued(&self, wait: Duration) -> Result<Job, Error> {
        let body = queues::body(self).map_err(|error| Error::Internal(Box::new(error)))?;
        let seconds = wait.as_millis().div_ceil(1000);
        Ok(Job {
            body,
            // On a standard queue the group only shares the workers fairly between tenants.
            group: Some(self.tenant.to_string()),
            deduplication: None,
            delay_seconds: u16::try_from(seconds).expect("a wait is 900 s at most"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Moment = Moment::from_seconds(1_800_000_000);

    fn job() -> MediaSendJob {
        MediaSendJob {
            tenant: "1234567890".parse().unwrap(),
            message: Id::from_bytes([1; 12]),
            source: Source::Url("https://example.com/a.pdf".to_owned()),
            mime_type: None,
            accepted_at: START,
            day: DayWindow::at(START, 330),
            heeds: Heeds::OptOut,
            tries: 0,
        }
    }

    #[test]
    fn a_job_is_read_as_it_was_written() {
        let queued = job().queued(Duration::ZERO).unwrap();
        assert_eq!(
            serde_json::from_str::<MediaSendJob>(&queued.body).unwrap(),
            job()
        );
        assert_eq!(queued.group.as_deref(), Some("1234567890"));
        assert_eq!(queued.delay_seconds, 0);
    }

    #[test]
    fn waits_grow_to_what_a_queue_holds_and_end_after_an_hour() {
        let (mut job, mut now, mut waits) = (job(), START, Vec::new());
        while !job.is_over(now, Pace::REAL) {
            let (next, wait) = job.next(None);
            waits.push(wait.as_secs());
            now = now.plus(wait);
            job = next;
        }
        assert_eq!(waits, [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
    }

    #[test]
    fn who_asks_for_time_gets_it_within_what_a_queue_holds() {
        let asked = |seconds| job().next(Some(Duration::from_secs(seconds)));
        assert_eq!([1, 60, 86_400].map(|s| asked(s).1.as_secs()), [1, 60, 900]);
        assert_eq!(asked(1).0.tries, 0);
    }

    #[test]
    fn a_faster_pace_ends_sooner() {
        let pace = Pace::new(60.0);
        assert!(!job().is_over(START.plus(Duration::from_secs(59)), pace));
        assert!(job().is_over(START.plus(Duration::from_secs(60)), pace));
    }
}

use std::time::Duration;

use openwati_core::id::Id;
use openwati_core::pace::Pace;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use openwati_store::queues::{self, Job};
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// A file that is to be downloaded, as it waits on its queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaJob {
    /// Whose message it is.
    pub tenant: TenantId,
    /// The message, which is stored with what WhatsApp announced of the file.
    pub message: Id,
    /// When this platform was told of the message: from then on the tenant's server waits to hear of it, and WhatsApp
    /// keeps the file.
    pub received_at: Moment,
    /// How often it was tried in vain.
    #[serde(default)]
    pub tries: u32,
    /// Whether the tenant's server was told of the message already, because it had waited long enough.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub told: bool,
    /// When it is to be tried again, where that is later than a queue can wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Moment>,
}

/// For how long a tenant's server waits to hear of a message whose file is still on its way.
const PATIENCE: Duration = Duration::from_secs(60);

/// For how long WhatsApp knows a customer's file.
const LIFE: Duration = Duration::from_hours(7 * 24);

/// Waits between tries: the first, each twice the one before, and the longest.
const FIRST_STEP: Duration = Duration::from_secs(2);
const LONGEST_STEP: Duration = Duration::from_hours(1);

/// The longest that a queue waits.
const LONGEST_DELAY: Duration = Duration::from_secs(900);

impl MediaJob {
    /// The first try for the file of a message that came in at `received_at`.
    pub const fn new(tenant: TenantId, message: Id, received_at: Moment) -> Self {
        Self {
            tenant,
            message,
            received_at,
            tries: 0,
            told: false,
            not_before: None,
        }
    }

    /// When the tenant's server is told at the latest.
    pub(super) fn told_by(&self, pace: Pace) -> Moment {
        self.received_at.plus(pace.real(PATIENCE))
    }

    /// Whether WhatsApp does not know the file any more.
    pub(super) fn is_over(&self, now: Moment) -> bool {
        now >= self.received_at.plus(LIFE)
    }

    /// The next try after one in vain.
    pub(super) fn next(mut self, now: Moment, pace: Pace) -> Self {
        let doubled = FIRST_STEP.saturating_mul(1 << self.tries.min(16));
        let mut wait = doubled.min(LONGEST_STEP);
        if !self.told {
            // Somebody is to be told then, whether the file has come or not.
            wait = wait.min(pace.policy(now.until(self.told_by(pace))));
        }
        self.tries = self.tries.saturating_add(1);
        self.not_before = Some(now.plus(pace.real(wait)));
        self
    }

    /// How long the queue is to wait before the job is worked: as long as it can, at most. None where its time has come.
    pub(super) fn delay(&self, now: Moment, pace: Pace) -> Option<Duration> {
        let left = now.until(self.not_before?);
        (!left.is_zero()).then(|| pace.policy(left).min(LONGEST_DELAY))
    }
}

/// The job for [`QueueName::MediaDownload`](openwati_store::queues::QueueName), to be worked in `delay_seconds`.
///
/// # Errors
/// None that can be met: the job is a few short values.
pub fn job(media: &MediaJob, delay_seconds: u16) -> Result<Job, Error> {
    let body = queues::body(media).map_err(|error| Error::Internal(Box::new(error)))?;
    Ok(Job {
        body,
        // On a standard queue the group only shares the workers fairly between tenants.
        group: Some(media.tenant.to_string()),
        deduplication: None,
        delay_seconds,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Moment = Moment::from_seconds(1_800_000_000);

    fn media() -> MediaJob {
        MediaJob::new(
            "1234567890".parse().unwrap(),
            Id::from_bytes([1; 12]),
            START,
        )
    }

    #[test]
    fn a_job_is_read_as_it_was_written_and_as_short_as_others_write_it() {
        let media = media().next(START, Pace::REAL);
        let job = job(&media, 2).unwrap();
        assert_eq!(serde_json::from_str::<MediaJob>(&job.body).unwrap(), media);
        assert_eq!(job.group.as_deref(), Some("1234567890"));
        let short = r#"{"tenant":"1234567890","message":"010101010101010101010101","received_at":1800000000000}"#;
        assert_eq!(
            serde_json::from_str::<MediaJob>(short).unwrap(),
            self::media()
        );
    }

    #[test]
    fn waits_grow_and_one_ends_when_somebody_is_to_be_told() {
        let (mut media, mut now, mut waits) = (media(), START, Vec::new());
        while waits.len() < 14 {
            media = media.next(now, Pace::REAL);
            let next = media.not_before.unwrap();
            waits.push(now.until(next).as_secs());
            now = next;
            media.told |= now >= media.told_by(Pace::REAL);
        }
        assert_eq!(
            waits,
            [
                2, 4, 8, 16, 30, 64, 128, 256, 512, 1024, 2048, 3600, 3600, 3600
            ]
        );
    }

    #[test]
    fn a_wait_that_no_queue_holds_is_waited_in_parts() {
        let mut media = media();
        media.not_before = Some(START.plus(Duration::from_secs(1000)));
        let delay = |seconds| {
            let now = START.plus(Duration::from_secs(seconds));
            media.delay(now, Pace::REAL).map(|delay| delay.as_secs())
        };
        assert_eq!(
            [delay(0), delay(900), delay(1000)],
            [Some(900), Some(100), None]
        );
    }

    #[test]
    fn a_faster_pace_is_undone_for_the_queue_which_divides_by_it_again() {
        let pace = Pace::new(60.0);
        let mut media = media();
        media.told = true;
        media.tries = 6;
        let next = media.next(START, pace);
        assert_eq!(
            START.until(next.not_before.unwrap()).as_millis(),
            128_000 / 60
        );
        let delay = next.delay(START, pace).unwrap();
        assert_eq!(delay.as_secs_f64().round(), 128.0);
    }

    #[test]
    fn a_file_is_given_up_when_whatsapp_has_forgotten_it() {
        let week = Duration::from_hours(168);
        assert!(!media().is_over(START.plus(week).minus(Duration::from_millis(1))));
        assert!(media().is_over(START.plus(week)));
    }
}

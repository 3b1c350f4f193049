use std::time::Duration;

use openwati_core::id::Id;
use openwati_core::message::Recipient;
use openwati_core::pace::Pace;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use openwati_store::queues::{self, Job};
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// An answer that is to be sent, as it waits on its queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepJob {
    /// Whose customer is answered.
    pub tenant: TenantId,
    /// The channel that the customer's message came over, and that answers it.
    pub channel: Id,
    /// The customer.
    pub peer: Recipient,
    /// The customer's message.
    pub message: Id,
    /// The entry of the log.
    pub run: Id,
    /// When the answer is due. Its id is of this moment, and the same however often the job is worked.
    pub at: Moment,
    /// Which answer.
    pub what: What,
    /// Seconds that it still waits, beyond those for which the queue holds it.
    #[serde(default)]
    pub left_seconds: u32,
    /// Seconds for which it was put off, because nothing could be sent for now.
    #[serde(default)]
    pub put_off_seconds: u32,
}

/// Which answer is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// One of a rule's, as the rule says it when it is sent.
    Rule {
        /// The rule.
        rule: Id,
        /// Which of its answers, counted from 0.
        step: u8,
        /// How long the next one waits, in seconds: as the rule said when it began, so that a job which is worked twice has
        /// the same one follow.
        delay_seconds: u16,
    },
    /// One that was settled when the customer wrote.
    Fixed {
        /// What it is for.
        purpose: Purpose,
        /// What it says.
        text: String,
    },
}

/// What a settled answer is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// It confirms a word to opt out or in with.
    Confirmation,
    /// It says that nobody is there.
    Away,
}

/// The longest time for which a queue holds a job.
const LONGEST_DELAY: u32 = 900;

/// For how long an answer is put off in all: whoever waits longer for it has gone on.
const LONGEST_PUT_OFF: u32 = 15 * 60;

/// An answer's id is of a moment after its message's, so that it stands behind it, and the next answer's of one after that.
pub(super) const BEHIND: Duration = Duration::from_millis(1);

impl StepJob {
    /// The id of the answer: the same whenever it is sent.
    pub(super) fn answer(&self) -> Id {
        let (tenant, message) = (self.tenant.as_str(), self.message.hex());
        match &self.what {
            What::Rule { step, .. } => {
                Id::derived(self.at, &[tenant, &message, "rule", &step.to_string()])
            }
            What::Fixed { purpose, .. } => {
                Id::derived(self.at, &[tenant, &message, purpose.name()])
            }
        }
    }

    /// Which of the run's answers it is, counted from 0.
    pub(super) fn step(&self) -> u8 {
        match self.what {
            What::Rule { step, .. } => step,
            What::Fixed { .. } => 0,
        }
    }

    /// The job of the rule's next answer.
    pub(super) fn next(&self, pace: Pace) -> Option<Self> {
        let What::Rule {
            rule,
            step,
            delay_seconds,
        } = self.what
        else {
            return None;
        };
        let wait = pace.real(Duration::from_secs(delay_seconds.into()));
        Some(Self {
            at: self.at.plus(wait.max(BEHIND)),
            what: What::Rule {
                rule,
                step: step + 1,
                delay_seconds,
            },
            left_seconds: delay_seconds.into(),
            put_off_seconds: 0,
            ..self.clone()
        })
    }

    /// The same, to be worked again after `wait`, which really passes; `None` once it was put off for long enough.
    pub(super) fn put_off(&self, wait: Duration, pace: Pace) -> Option<Self> {
        let seconds = |wait: Duration| u32::try_from(wait.as_millis().div_ceil(1000)).ok();
        let put_off_seconds = self.put_off_seconds.checked_add(seconds(wait)?.max(1))?;
        if put_off_seconds > LONGEST_PUT_OFF {
            return None;
        }
        Some(Self {
            left_seconds: seconds(pace.policy(wait))?,
            put_off_seconds,
            ..self.clone()
        })
    }

    /// The job for [`QueueName::AutomationStep`](openwati_store::queues::QueueName), which holds it for as long as it can
    /// of the time that it waits.
    pub(super) fn queued(mut self) -> Result<Job, Error> {
        let delay = self.left_seconds.min(LONGEST_DELAY);
        self.left_seconds -= delay;
        let body = queues::body(&self).map_err(|error| Error::Internal(Box::new(error)))?;
        Ok(Job {
            body,
            // On a standard queue the group only shares the workers fairly between tenants.
            group: Some(self.tenant.to_string()),
            deduplication: None,
            delay_seconds: u16::try_from(delay).expect("a delay is 900 s at most"),
        })
    }
}

impl Purpose {
    fn name(self) -> &'static str {
        match self {
            Self::Confirmation => "confirmation",
            Self::Away => "away",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Moment = Moment::from_seconds(1_800_000_000);

    fn job() -> StepJob {
        StepJob {
            tenant: "1234567890".parse().unwrap(),
            channel: Id::from_bytes([1; 12]),
            peer: Recipient::parse_peer("923001234567").unwrap(),
            message: Id::from_bytes([2; 12]),
            run: Id::from_bytes([3; 12]),
            at: START,
            what: What::Rule {
                rule: Id::from_bytes([4; 12]),
                step: 0,
                delay_seconds: 3600,
            },
            left_seconds: 0,
            put_off_seconds: 0,
        }
    }

    fn worked(job: StepJob) -> (StepJob, u16) {
        let queued = job.queued().unwrap();
        let read = serde_json::from_str(&queued.body).unwrap();
        (read, queued.delay_seconds)
    }

    #[test]
    fn a_job_is_read_as_it_was_written() {
        assert_eq!(worked(job()), (job(), 0));
    }

    #[test]
    fn an_hour_is_waited_for_in_four_parts() {
        let mut next = job().next(Pace::REAL).unwrap();
        let mut waits = Vec::new();
        while next.left_seconds > 0 {
            let (rest, wait) = worked(next);
            waits.push(wait);
            next = rest;
        }
        assert_eq!(waits, [900, 900, 900, 900]);
        assert_eq!(next.at, START.plus(Duration::from_secs(3600)));
        assert!(matches!(next.what, What::Rule { step: 1, .. }));
    }

    #[test]
    fn answers_have_ids_of_their_own_that_stand_one_behind_the_other() {
        let first = StepJob {
            what: What::Rule {
                rule: job().run,
                step: 0,
                delay_seconds: 0,
            },
            ..job()
        };
        let second = first.next(Pace::REAL).unwrap();
        assert!(first.answer() < second.answer());
        assert_eq!(first.answer(), worked(first.clone()).0.answer());
        let fixed = |purpose| StepJob {
            what: What::Fixed {
                purpose,
                text: String::new(),
            },
            ..job()
        };
        assert_ne!(
            fixed(Purpose::Away).answer(),
            fixed(Purpose::Confirmation).answer()
        );
        assert_eq!(fixed(Purpose::Away).next(Pace::REAL), None);
    }

    #[test]
    fn an_answer_is_put_off_for_a_quarter_of_an_hour_in_all() {
        let minute = Duration::from_secs(60);
        let (mut job, mut times) = (job(), 0);
        while let Some(later) = job.put_off(minute, Pace::REAL) {
            assert_eq!(later.left_seconds, 60);
            assert_eq!(later.answer(), job.answer());
            job = later;
            times += 1;
        }
        assert_eq!(times, 15);
        let fast = job.put_off_seconds;
        assert_eq!(fast, 900);
    }
}

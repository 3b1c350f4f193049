//! What became of attempts: kept first, and then what follows is enqueued.

use std::collections::HashMap;
use std::time::Duration;

use futures::StreamExt as _;
use openwati_core::crash_point;
use openwati_core::id::Id;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use openwati_store::delivery::{AttemptRecord, DeliveryState, NewDelivery, Outcome};
use openwati_store::queues::{Job, QueueName};

use super::health::{self, Health};
use super::plan::{Attempt, Skip, Targets};
use super::post::Verdict;
use crate::error::Error;
use crate::events::{DeliveryJob, NextTry, telling};
use crate::platform::Platform;

/// The longest delay that a queue has. What waits longer waits for `timers`.
pub(super) const LONGEST_DELAY: Duration = Duration::from_secs(15 * 60);

/// Deliveries that are recorded one by one at the same time.
const PARALLEL: usize = 16;

/// Why deliveries are dropped, for programs.
const EXHAUSTED: &str = "retries_exhausted";
const DISABLED: &str = "endpoint_disabled";

/// An attempt that is over.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) attempt: Attempt,
    /// Its entry in the log.
    pub(super) log: Option<AttemptRecord>,
    pub(super) how: How,
}

/// How it ended.
#[derive(Debug, Clone, Copy)]
pub(super) enum How {
    Answered(Verdict),
    Skipped(Skip),
}

/// What follows from an attempt.
struct Followed {
    ended: Ended,
    outcome: Outcome,
    /// The wait of the policy until the next try, where a queue holds it.
    delay: Option<Duration>,
}

/// Records what became of attempts, and enqueues what follows. Answers the ids of the jobs that are to come again.
pub(super) async fn record(
    platform: &Platform,
    targets: &Targets,
    ended: Vec<Ended>,
    unfinished: Vec<(String, NextTry, Moment)>,
) -> Vec<String> {
    let now = platform.now();
    let mut health: HashMap<(TenantId, Id), Health> = HashMap::new();
    for end in &ended {
        let name = (end.attempt.key.tenant.clone(), end.attempt.key.endpoint);
        if let How::Answered(verdict) = end.how {
            health.entry(name).or_default().count(verdict);
        }
    }
    let followed = ended
        .into_iter()
        .map(|ended| follow(platform, targets, ended, now));
    let (first, later): (Vec<_>, Vec<_>) =
        followed.partition(|followed| followed.ended.attempt.first.is_some());
    let mut failed = Vec::new();
    let mut recorded = keep_first(platform, first, now, &mut failed).await;
    recorded.extend(keep_later(platform, later, now, &mut failed).await);
    crash_point!("webhook-delivery.recorded");
    failed.extend(enqueue(platform, recorded, unfinished, now).await);
    crash_point!("webhook-delivery.requeued");
    for (name, health) in health {
        let Some(target) = targets.get(&name) else {
            continue;
        };
        // The next attempt tells the same: nothing is lost by going on.
        if let Err(error) = health::note(platform, &name.0, &target.endpoint, health).await {
            tracing::warn!(tenant = %name.0, endpoint = %name.1, %error, "an endpoint's health could not be noted");
        }
    }
    failed
}

/// Decides what follows from an attempt.
fn follow(platform: &Platform, targets: &Targets, ended: Ended, now: Moment) -> Followed {
    let dropped = |reason: &str| Outcome::Dropped {
        reason: reason.to_owned(),
    };
    let asked = match ended.how {
        How::Answered(Verdict::Taken) => return followed(ended, Outcome::Delivered, None),
        How::Answered(Verdict::Gone) | How::Skipped(Skip::Disabled) => {
            return followed(ended, dropped(DISABLED), None);
        }
        How::Answered(Verdict::Failed { asked }) => asked,
        How::Skipped(Skip::BreakerOpen) => None,
    };
    let attempt = &ended.attempt;
    let target = targets.get(&(attempt.key.tenant.clone(), attempt.key.endpoint));
    let step = attempt.step.saturating_add(1);
    let wait = target.and_then(|target| {
        let ladder = telling(target.endpoint.dialect).ladder;
        ladder.wait(step, asked, platform.entropy())
    });
    let Some(wait) = wait else {
        return followed(ended, dropped(EXHAUSTED), None);
    };
    let by_timers = wait > LONGEST_DELAY;
    let at = now.plus(platform.pace().real(wait));
    let outcome = Outcome::Again { at, by_timers };
    followed(ended, outcome, (!by_timers).then_some(wait))
}

fn followed(mut ended: Ended, outcome: Outcome, delay: Option<Duration>) -> Followed {
    if let (Some(log), Outcome::Again { at, .. }) = (&mut ended.log, &outcome) {
        log.next_at = Some(*at);
    }
    Followed {
        ended,
        outcome,
        delay,
    }
}

/// Keeps first attempts, all in one request. Answers those that are kept.
async fn keep_first(
    platform: &Platform,
    mut followed: Vec<Followed>,
    now: Moment,
    failed: &mut Vec<String>,
) -> Vec<Followed> {
    if followed.is_empty() {
        return followed;
    }
    let news: Vec<NewDelivery> = followed.iter_mut().filter_map(new_delivery).collect();
    match platform.store().put_deliveries(&news, now).await {
        Ok(()) => followed,
        Err(error) => {
            tracing::warn!(%error, "attempts could not be recorded and will be made again");
            failed.extend(followed.into_iter().map(|f| f.ended.attempt.job));
            Vec::new()
        }
    }
}

fn new_delivery(followed: &mut Followed) -> Option<NewDelivery> {
    let attempt = &mut followed.ended.attempt;
    let first = attempt.first.take()?;
    let log = followed.ended.log.take();
    let (state, next_at, by_timers, reason) = match &followed.outcome {
        Outcome::Delivered => (DeliveryState::Delivered, None, false, None),
        Outcome::Again { at, by_timers } => (DeliveryState::Pending, Some(*at), *by_timers, None),
        Outcome::Dropped { reason } => (DeliveryState::Dropped, None, false, Some(reason.clone())),
    };
    Some(NewDelivery {
        key: attempt.key.clone(),
        event: first.event,
        kind: first.kind,
        body: first.body,
        state,
        round: 0,
        step: u16::from(state == DeliveryState::Pending),
        attempts: u32::from(log.is_some()),
        next_at,
        by_timers,
        reason,
        first: log,
    })
}

/// Keeps attempts at deliveries that are there already. Answers those that are kept.
async fn keep_later(
    platform: &Platform,
    mut followed: Vec<Followed>,
    now: Moment,
    failed: &mut Vec<String>,
) -> Vec<Followed> {
    let logs: Vec<_> = followed
        .iter_mut()
        .filter_map(|followed| {
            let log = followed.ended.log.take()?;
            let attempt = &followed.ended.attempt;
            Some((attempt.key.clone(), attempt.number, log))
        })
        .collect();
    if let Err(error) = platform.store().put_attempts(&logs, now).await {
        tracing::warn!(%error, "attempts could not be recorded and will be made again");
        failed.extend(followed.into_iter().map(|f| f.ended.attempt.job));
        return Vec::new();
    }
    crash_point!("webhook-delivery.logged");
    let mut kept = Vec::new();
    let mut done = futures::stream::iter(followed)
        .map(|followed| async {
            let result = keep_outcome(platform, &followed).await;
            (followed, result)
        })
        .buffer_unordered(PARALLEL);
    while let Some((followed, result)) = done.next().await {
        match result {
            Ok(true) => kept.push(followed),
            // Another run of the same job was here first, and does what follows.
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(%error, "an attempt could not be recorded and will be made again");
                failed.push(followed.ended.attempt.job);
            }
        }
    }
    kept
}

async fn keep_outcome(platform: &Platform, followed: &Followed) -> Result<bool, Error> {
    let attempt = &followed.ended.attempt;
    let skipped = matches!(followed.ended.how, How::Skipped(Skip::Disabled));
    let attempts = attempt.number - u32::from(skipped);
    let place = (attempt.round, attempt.step);
    let store = platform.store();
    let kept = store.delivery_tried(&attempt.key, place, attempts, &followed.outcome);
    Ok(kept.await?)
}

/// Enqueues the tries that follow soon.
async fn enqueue(
    platform: &Platform,
    recorded: Vec<Followed>,
    unfinished: Vec<(String, NextTry, Moment)>,
    now: Moment,
) -> Vec<String> {
    let soon = recorded.into_iter().filter_map(|followed| {
        let attempt = followed.ended.attempt;
        let next = NextTry {
            tenant: attempt.key.tenant,
            endpoint: attempt.key.endpoint,
            delivery: attempt.key.delivery,
            round: attempt.round,
            step: attempt.step.saturating_add(1),
        };
        Some((attempt.job, next, followed.delay?))
    });
    let again = unfinished
        .into_iter()
        .map(|(job, next, at)| (job, next, platform.pace().policy(now.until(at))));
    let (ids, jobs): (Vec<String>, Vec<Result<Job, Error>>) = soon
        .chain(again)
        .map(|(id, next, wait)| (id, again_job(next, wait)))
        .unzip();
    let sent = async {
        let jobs: Vec<Job> = jobs.into_iter().collect::<Result<_, _>>()?;
        if !jobs.is_empty() {
            let queues = platform.queues()?;
            queues.send(QueueName::WebhookRetries, jobs).await?;
        }
        Ok::<_, Error>(())
    };
    match sent.await {
        Ok(()) => Vec::new(),
        Err(error) => {
            tracing::warn!(%error, "next tries could not be enqueued; their jobs come again");
            ids
        }
    }
}

/// The job of a next try, after a wait of the policy.
pub(crate) fn again_job(next: NextTry, wait: Duration) -> Result<Job, Error> {
    let seconds = wait.min(LONGEST_DELAY).as_millis().div_ceil(1000);
    let delay = u16::try_from(seconds).expect("15 minutes are 900 seconds");
    let subject = next.delivery;
    DeliveryJob::Again(next).queued(subject, delay)
}

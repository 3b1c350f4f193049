//! Deliveries whose next step was too far away for a queue, and is not any more.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use futures::StreamExt as _;
use openwati_core::crash_point;
use openwati_core::time::Moment;
use openwati_store::delivery::{DeliveryKey, DeliveryRecord, DeliveryState};
use openwati_store::due::Due;
use openwati_store::queues::{Job, QueueName};

use super::{AT_A_TIME, PARALLEL, PUT_OFF, Report};
use crate::deliver;
use crate::error::Error;
use crate::events::NextTry;
use crate::platform::Platform;

/// How far ahead is looked: two runs, so that each step gets its exact delay though a run is late or fails.
const AHEAD: Duration = Duration::from_secs(2 * 60);

/// Enqueues what is due soon, each with what is left of its wait.
pub(super) async fn run(
    platform: &Platform,
    until: Moment,
    report: &mut Report,
) -> Result<(), Error> {
    loop {
        let soon = platform.now().plus(platform.pace().real(AHEAD));
        let due = platform.store().due_deliveries(soon, AT_A_TIME).await?;
        let found = due.len();
        if found == 0 {
            return Ok(());
        }
        match enqueue(platform, &due).await {
            Ok(count) => report.enqueued += count,
            Err(error) => {
                tracing::error!(%error, source = ?std::error::Error::source(&error), "due deliveries could not be enqueued");
                report.failed += u32::try_from(found).unwrap_or(u32::MAX);
                put_off(platform, &due).await;
                return Ok(());
            }
        }
        if found < AT_A_TIME || platform.now() >= until {
            return Ok(());
        }
    }
}

async fn enqueue(platform: &Platform, due: &[Due]) -> Result<u32, Error> {
    let store = platform.store();
    let keys: HashSet<DeliveryKey> = due.iter().filter_map(key).collect();
    let found = store.gather_deliveries(&HashSet::new(), &keys).await?;
    let now = platform.now();
    let mut jobs: Vec<Job> = Vec::new();
    for (key, delivery) in &found.deliveries {
        jobs.extend(job(platform, key, delivery, now)?);
    }
    let count = u32::try_from(jobs.len()).unwrap_or(u32::MAX);
    if !jobs.is_empty() {
        let queues = platform.queues()?;
        queues.send(QueueName::WebhookRetries, jobs).await?;
    }
    crash_point!("timers.deliveries_enqueued");
    forget(platform, found.deliveries).await?;
    Ok(count)
}

/// The job of a delivery's next step; none where somebody was faster than the index.
fn job(
    platform: &Platform,
    key: &DeliveryKey,
    delivery: &DeliveryRecord,
    now: Moment,
) -> Result<Option<Job>, Error> {
    let Some(due) = delivery.due_at else {
        return Ok(None);
    };
    if delivery.state != DeliveryState::Pending {
        return Ok(None);
    }
    let next = NextTry {
        tenant: key.tenant.clone(),
        endpoint: key.endpoint,
        delivery: key.delivery,
        round: delivery.round,
        step: delivery.step,
    };
    let wait = platform.pace().policy(now.until(due));
    deliver::again_job(next, wait).map(Some)
}

/// What is enqueued is not due any more.
async fn forget(
    platform: &Platform,
    deliveries: HashMap<DeliveryKey, DeliveryRecord>,
) -> Result<(), Error> {
    let enqueued: Vec<(DeliveryKey, Moment)> = deliveries
        .into_iter()
        .filter_map(|(key, delivery)| Some((key, delivery.due_at?)))
        .collect();
    let forgotten: Vec<Result<(), Error>> = futures::stream::iter(enqueued)
        .map(|(key, due)| async move {
            let store = platform.store();
            Ok(store.delivery_enqueued(&key, due).await?)
        })
        .buffer_unordered(PARALLEL)
        .collect()
        .await;
    crash_point!("timers.deliveries_forgotten");
    forgotten.into_iter().collect()
}

/// So that what cannot be enqueued does not stand in the way of what comes after it.
async fn put_off(platform: &Platform, due: &[Due]) {
    let later = platform.now().plus(PUT_OFF);
    for due in due {
        if let Err(error) = platform.store().postpone(due, later).await {
            tracing::error!(%error, "what failed could not be put off");
            return;
        }
    }
}

fn key(due: &Due) -> Option<DeliveryKey> {
    match due {
        Due::Delivery(tenant, endpoint, delivery) => Some(DeliveryKey {
            tenant: tenant.clone(),
            endpoint: *endpoint,
            delivery: *delivery,
        }),
        Due::Message(..)
        | Due::Outbox(..)
        | Due::Retention(_)
        | Due::Templates(..)
        | Due::File(..) => None,
    }
}

//! Dropped deliveries, begun anew.

use std::time::Duration;

use futures::{StreamExt as _, TryStreamExt as _};
use openwati_core::crash_point;
use openwati_core::id::Id;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use openwati_store::delivery::{DeliveryKey, DeliverySelection, DeliveryState};
use openwati_store::queues::{Job, QueueName};

use super::record::again_job;
use crate::error::Error;
use crate::events::{DeliveryJob, NextTry, Recovery};
use crate::platform::Platform;

/// How long whoever begins a delivery anew has to enqueue its job, before `timers` does. It looks two minutes ahead.
const GRACE: Duration = Duration::from_secs(3 * 60);

/// Behind every event that is made now on any machine.
const BEHIND: Duration = Duration::from_secs(60);

/// Deliveries that one job begins anew.
const PAGE: usize = 100;

/// Deliveries that are begun anew at the same time.
const PARALLEL: usize = 16;

/// Works off the pages. Answers the ids of the jobs that are to come again.
pub(super) async fn work(platform: &Platform, recoveries: Vec<(String, Recovery)>) -> Vec<String> {
    let mut failed = Vec::new();
    for (id, recovery) in recoveries {
        if let Err(error) = page(platform, recovery).await {
            tracing::warn!(%error, source = ?std::error::Error::source(&error), "a recovery comes again");
            failed.push(id);
        }
    }
    failed
}

/// Begins the dropped deliveries of one page anew, and enqueues the page after it.
async fn page(platform: &Platform, recovery: Recovery) -> Result<(), Error> {
    let selection = DeliverySelection {
        state: Some(DeliveryState::Dropped),
        since: recovery.since,
        before: recovery.before,
        limit: PAGE,
    };
    let Recovery {
        tenant, endpoint, ..
    } = &recovery;
    let page = platform
        .store()
        .deliveries(tenant, *endpoint, &selection)
        .await?;
    let mut jobs: Vec<Job> = futures::stream::iter(page.deliveries)
        .map(|delivery| restart(platform, tenant, *endpoint, delivery.id))
        .buffer_unordered(PARALLEL)
        .try_filter_map(async |job| Ok(job))
        .try_collect()
        .await?;
    crash_point!("webhook-delivery.page_restarted");
    if let Some(before) = page.next_before {
        jobs.push(recovery_job(Recovery { before, ..recovery })?);
    }
    platform
        .queues()?
        .send(QueueName::WebhookRetries, jobs)
        .await?;
    Ok(())
}

/// Begins a delivery anew, and makes the job of its first try. Whoever dies before it is enqueued leaves it to `timers`.
pub(crate) async fn restart(
    platform: &Platform,
    tenant: &TenantId,
    endpoint: Id,
    delivery: Id,
) -> Result<Option<Job>, Error> {
    let key = DeliveryKey {
        tenant: tenant.clone(),
        endpoint,
        delivery,
    };
    let now = platform.now();
    let due = now.plus(platform.pace().real(GRACE));
    let restarted = platform.store().restart_delivery(&key, now, due).await?;
    let Some(restarted) = restarted else {
        return Ok(None);
    };
    let next = NextTry {
        tenant: key.tenant,
        endpoint,
        delivery,
        round: restarted.round,
        step: restarted.step,
    };
    again_job(next, Duration::ZERO).map(Some)
}

/// The job that begins anew what an endpoint's deliveries of `since` or later were dropped by `now`.
pub(crate) fn recovery(
    tenant: &TenantId,
    endpoint: Id,
    since: Moment,
    now: Moment,
) -> Result<Job, Error> {
    recovery_job(Recovery {
        tenant: tenant.clone(),
        endpoint,
        since,
        before: Id::first_at(now.plus(BEHIND)),
    })
}

fn recovery_job(recovery: Recovery) -> Result<Job, Error> {
    let subject = recovery.endpoint;
    DeliveryJob::Recover(recovery).queued(subject, 0)
}

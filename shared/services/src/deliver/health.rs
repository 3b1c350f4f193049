//! How an endpoint fares: the breaker, and the end of one that is gone.
//!
//! After [`BREAKER`] failures in a row an endpoint is asked by one event at a time, each [`PROBE_EVERY`]; the other events
//! keep their steps without being posted. So an endpoint that is dead holds nobody up and is not flooded when it is back.
//! Nothing is written of an endpoint that takes its events.

use std::time::Duration;

use openwati_core::crash_point;
use openwati_core::event::EventType;
use openwati_core::id::Id;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use openwati_store::endpoint::EndpointRecord;
use openwati_store::outbox::OutboxRecord;
use openwati_store::queues::{Job, QueueName};

use super::post::Verdict;
use crate::error::Error;
use crate::events::{EndpointDisabled, Event, What, job_of};
use crate::platform::Platform;

/// Failures in a row after which an endpoint is only probed.
const BREAKER: u32 = 5;

/// How often it is. Shorter than the shortest step, so that a lone event is tried at each of its steps.
const PROBE_EVERY: Duration = Duration::from_secs(30);

/// An endpoint that fails for so long is disabled.
const LONGEST_FAILURE: Duration = Duration::from_secs(5 * 86_400);

/// After so long without an attempt an endpoint begins anew: two failures with nothing between them, a month apart, are
/// not a month of failing. Longer than the longest step, so that a lone event's attempts are one failure.
const FORGOTTEN: Duration = Duration::from_secs(86_400);

/// What a batch learned of an endpoint.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Health {
    taken: bool,
    failed: u32,
    gone: bool,
}

impl Health {
    pub(super) fn count(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Taken => self.taken = true,
            Verdict::Failed { .. } => self.failed += 1,
            Verdict::Gone => self.gone = true,
        }
    }
}

/// Whether events wait for a probe.
pub(super) fn is_open(endpoint: &EndpointRecord) -> bool {
    endpoint.failures >= BREAKER
}

/// Whether this batch may probe an endpoint whose events wait.
pub(super) async fn claim_probe(
    platform: &Platform,
    tenant: &TenantId,
    endpoint: &EndpointRecord,
    now: Moment,
) -> Result<bool, Error> {
    let Some(after) = endpoint.probe_after.filter(|after| *after <= now) else {
        return Ok(false);
    };
    let next = now.plus(platform.pace().real(PROBE_EVERY));
    let claimed = platform
        .store()
        .claim_probe(tenant, endpoint.id, after, next)
        .await?;
    if claimed {
        crash_point!("webhook-delivery.probe_claimed");
    }
    Ok(claimed)
}

/// Notes what a batch learned of an endpoint, and disables one that is gone or failed for too long.
pub(super) async fn note(
    platform: &Platform,
    tenant: &TenantId,
    endpoint: &EndpointRecord,
    health: Health,
) -> Result<(), Error> {
    let store = platform.store();
    if health.gone {
        return disable(platform, tenant, endpoint, "it answered 410 Gone").await;
    }
    if health.taken {
        if endpoint.failures > 0 || endpoint.failing_since.is_some() {
            store.endpoint_recovered(tenant, endpoint.id).await?;
        }
        return Ok(());
    }
    if health.failed == 0 {
        return Ok(());
    }
    let now = platform.now();
    let probe = now.plus(platform.pace().real(PROBE_EVERY));
    let forgotten = platform.pace().real(FORGOTTEN);
    if endpoint
        .probe_after
        .is_some_and(|after| after.until(now) >= forgotten)
    {
        store.endpoint_recovered(tenant, endpoint.id).await?;
    }
    let noted = store
        .endpoint_failed(tenant, endpoint.id, health.failed, now, probe)
        .await?;
    crash_point!("webhook-delivery.failure_noted");
    let longest = platform.pace().real(LONGEST_FAILURE);
    let over = |since: Moment| since.until(now) >= longest;
    match noted {
        Some(noted) if noted.failing_since.is_some_and(over) => {
            disable(platform, tenant, &noted, "it failed for 5 days").await
        }
        _ => Ok(()),
    }
}

/// Disables an endpoint, and tells the tenant's other endpoints of it.
async fn disable(
    platform: &Platform,
    tenant: &TenantId,
    endpoint: &EndpointRecord,
    reason: &str,
) -> Result<(), Error> {
    let now = platform.now();
    let event = Event {
        id: Id::derived(now, &[tenant.as_str(), &endpoint.id.hex(), "disabled"]),
        at: now,
        channel: None,
        what: What::EndpointDisabled(EndpointDisabled {
            endpoint: endpoint.id,
            url: endpoint.url.clone(),
            reason: reason.to_owned(),
        }),
    };
    let mut notices: Vec<(Id, OutboxRecord)> = Vec::new();
    let store = platform.store();
    for other in store.endpoints(tenant).await? {
        if other.id == endpoint.id || !other.wants(EventType::EndpointDisabled) {
            continue;
        }
        if let Some(job) = job_of(platform, tenant, &other, &event).await? {
            let id = Id::derived(now, &[&event.id.hex(), &other.id.hex()]);
            let queue = QueueName::WebhookDelivery;
            notices.push((id, OutboxRecord { queue, job }));
        }
    }
    let disabled = store
        .disable_endpoint(tenant, endpoint.id, reason, now, &notices)
        .await?;
    if !disabled {
        return Ok(());
    }
    tracing::warn!(%tenant, endpoint = %endpoint.id, reason, "disabled an endpoint");
    crash_point!("webhook-delivery.endpoint_disabled");
    let (ids, jobs): (Vec<Id>, Vec<Job>) = notices
        .into_iter()
        .map(|(id, record)| (id, record.job))
        .unzip();
    if !jobs.is_empty() {
        let queues = platform.queues()?;
        queues.send(QueueName::WebhookDelivery, jobs).await?;
    }
    crash_point!("webhook-delivery.notice_enqueued");
    for id in ids {
        store.remove_outbox(tenant, id).await?;
    }
    Ok(())
}

//! What is to be done with each delivery of a batch, as things stand.

use std::collections::{HashMap, HashSet};

use openwati_core::id::Id;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use openwati_store::delivery::{
    AttemptRecord, DeliveryKey, DeliveryRecord, DeliveryState, EventBody,
};
use openwati_store::endpoint::{EndpointRecord, EndpointState};

use super::batch::{Batch, Try};
use super::health;
use super::post::Signer;
use crate::error::Error;
use crate::events::{FirstTry, NextTry};
use crate::platform::Platform;

/// A batch's work.
#[derive(Debug, Default)]
pub(super) struct Planned {
    /// What is posted.
    pub(super) posts: Vec<Attempt>,
    /// What is not posted, with the reason.
    pub(super) skipped: Vec<(Attempt, Skip)>,
    /// What was recorded by a run that died, and is to be enqueued as it should have been.
    pub(super) unfinished: Vec<(String, NextTry, Moment)>,
    /// The endpoints.
    pub(super) targets: Targets,
    /// Jobs that cannot be worked now.
    pub(super) failed: Vec<String>,
}

/// The endpoints of a batch by tenant and id.
pub(super) type Targets = HashMap<(TenantId, Id), Target>;

/// An endpoint, ready to be posted to.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) endpoint: EndpointRecord,
    pub(super) signer: Signer,
    pub(super) url: url::Url,
}

/// One attempt at a delivery.
#[derive(Debug, Clone)]
pub(super) struct Attempt {
    /// The queue's name of its job.
    pub(super) job: String,
    pub(super) key: DeliveryKey,
    pub(super) event: Id,
    /// Its first try, which nothing is kept of yet.
    pub(super) first: Option<FirstTry>,
    pub(super) body: EventBody,
    pub(super) round: u32,
    pub(super) step: u16,
    /// The number of this attempt, counted from 1.
    pub(super) number: u32,
}

/// Why an attempt is not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Skip {
    /// Too many before it failed.
    BreakerOpen,
    /// The endpoint gets no events.
    Disabled,
}

impl Skip {
    /// The log's entry of it; none where there is none to try again.
    pub(super) fn attempt(self, now: Moment) -> Option<AttemptRecord> {
        let words = "not tried, because the endpoint failed several times in a row";
        (self == Self::BreakerOpen).then(|| AttemptRecord {
            at: now,
            wati_signature: None,
            standard_signature: None,
            status: None,
            answer: None,
            first_byte_ms: None,
            total_ms: None,
            error: Some("breaker_open".to_owned()),
            detail: Some(words.to_owned()),
            next_at: None,
        })
    }
}

/// Decides what is to be done, upon one reading of everything that the batch is about.
pub(super) async fn plan(platform: &Platform, batch: &Batch) -> Result<Planned, Error> {
    if batch.tries.is_empty() {
        return Ok(Planned::default());
    }
    let deliveries: HashSet<DeliveryKey> = batch.tries.iter().map(|(_, t)| t.key()).collect();
    let endpoints: HashSet<(TenantId, Id)> = deliveries
        .iter()
        .map(|key| (key.tenant.clone(), key.endpoint))
        .collect();
    let mut found = platform
        .store()
        .gather_deliveries(&endpoints, &deliveries)
        .await?;
    let now = platform.now();
    let mut planned = Planned::default();
    let mut ready: HashMap<(TenantId, Id), Vec<Attempt>> = HashMap::new();
    let mut tried = HashSet::new();
    for (record, job) in &batch.tries {
        let redelivered = record.receives > 1;
        match next(job, found.deliveries.get(&job.key()), redelivered) {
            Next::Nothing => {}
            Next::Unfinished(next, at) => planned.unfinished.push((record.id.clone(), next, at)),
            // A queue may hand out the same job twice.
            Next::Attempt(attempt) if !tried.insert(attempt.key.clone()) => {}
            Next::Attempt(mut attempt) => {
                attempt.job.clone_from(&record.id);
                let endpoint = (attempt.key.tenant.clone(), attempt.key.endpoint);
                ready.entry(endpoint).or_default().push(attempt);
            }
        }
    }
    for (name, mut attempts) in ready {
        // Of one that was removed nothing is left to tell, and nobody to tell it to.
        let Some(endpoint) = found.endpoints.remove(&name) else {
            continue;
        };
        if endpoint.state == EndpointState::Disabled {
            let skipped = attempts.into_iter().map(|a| (a, Skip::Disabled));
            planned.skipped.extend(skipped);
            planned.add_target(platform, name, endpoint);
            continue;
        }
        if !planned.add_target(platform, name.clone(), endpoint.clone()) {
            planned.failed.extend(attempts.into_iter().map(|a| a.job));
            continue;
        }
        if health::is_open(&endpoint) {
            let probe = health::claim_probe(platform, &name.0, &endpoint, now).await?;
            let parked = attempts.split_off(attempts.len().min(usize::from(probe)));
            let parked = parked.into_iter().map(|a| (a, Skip::BreakerOpen));
            planned.skipped.extend(parked);
        }
        planned.posts.extend(attempts);
    }
    Ok(planned)
}

impl Planned {
    /// Makes an endpoint ready. Says whether it can be posted to.
    fn add_target(
        &mut self,
        platform: &Platform,
        name: (TenantId, Id),
        endpoint: EndpointRecord,
    ) -> bool {
        let target = Signer::open(platform, &name.0, &endpoint).and_then(|signer| {
            let url = endpoint.url.parse();
            let url = url.map_err(|error| Error::Internal(Box::new(error)))?;
            Ok(Target {
                endpoint,
                signer,
                url,
            })
        });
        match target {
            Ok(target) => {
                self.targets.insert(name, target);
                true
            }
            // Its jobs end in the dead-letter queue, where the alarm is.
            Err(error) => {
                tracing::error!(tenant = %name.0, endpoint = %name.1, %error, "an endpoint cannot be used");
                false
            }
        }
    }
}

enum Next {
    /// It is done, or somebody else does it.
    Nothing,
    /// It is recorded, and what follows may not be enqueued.
    Unfinished(NextTry, Moment),
    Attempt(Attempt),
}

fn next(job: &Try, kept: Option<&DeliveryRecord>, redelivered: bool) -> Next {
    let attempt = match (job, kept) {
        (Try::First(first), None) => Attempt {
            job: String::new(),
            key: job.key(),
            event: first.event,
            body: first.body.clone(),
            first: Some(first.clone()),
            round: 0,
            step: 0,
            number: 1,
        },
        (Try::Next(next), Some(kept)) if stands(next, kept) => Attempt {
            job: String::new(),
            key: job.key(),
            event: kept.event,
            body: kept.body.clone(),
            first: None,
            round: kept.round,
            step: kept.step,
            number: kept.attempts + 1,
        },
        (_, Some(kept)) if redelivered => return unfinished(job, kept),
        _ => return Next::Nothing,
    };
    Next::Attempt(attempt)
}

/// Whether a delivery is where its job is to go on from.
fn stands(job: &NextTry, kept: &DeliveryRecord) -> bool {
    kept.state == DeliveryState::Pending && (kept.round, kept.step) == (job.round, job.step)
}

/// A job that comes again may have died after its attempt was recorded: then the step after it may not be on its queue.
fn unfinished(job: &Try, kept: &DeliveryRecord) -> Next {
    let (round, step) = match job {
        Try::First(_) => (0, 0),
        Try::Next(next) => (next.round, next.step),
    };
    let follows = kept.state == DeliveryState::Pending
        && kept.due_at.is_none()
        && (kept.round, kept.step) == (round, step + 1);
    match kept.next_at.filter(|_| follows) {
        Some(at) => {
            let key = job.key();
            let next = NextTry {
                tenant: key.tenant,
                endpoint: key.endpoint,
                delivery: key.delivery,
                round: kept.round,
                step: kept.step,
            };
            Next::Unfinished(next, at)
        }
        None => Next::Nothing,
    }
}

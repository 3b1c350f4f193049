//! Bringing events to tenants' own servers.
//!
//! A batch of jobs reads what it needs in one request, posts everything at the same time, and writes first tries in one
//! request again, so that an event which is taken at once costs one write. What is not taken is tried again by the ladder
//! of the endpoint's dialect: through a queue's delay where the next step is near, else through `timers`.
//!
//! A job is deleted only once its attempt is recorded and its next step is enqueued. When it is run again because
//! somebody died in between, the step that is recorded is not made again, and what follows from it is.

mod batch;
mod health;
mod plan;
mod post;
mod record;
mod recover;
mod settle;

use std::collections::HashMap;
use std::time::Duration;

use openwati_core::crash_point;
use openwati_store::queues::QueueName;

use crate::error::Error;
use crate::platform::Platform;
use crate::record::Record;

pub(crate) use record::again_job;
pub(crate) use recover::{recovery, restart};
pub use settle::settle;

use batch::Batch;

/// Jobs of a batch, and what it takes to delete those that are done before the others are.
#[derive(Debug, Default)]
pub struct Jobs {
    /// The jobs.
    pub records: Vec<Record>,
    /// The receipts of first tries by their records' ids. In their queue a job holds up those after it of its lane, and
    /// so a slow endpoint would hold up whoever is in its batch.
    pub receipts: HashMap<String, String>,
}

/// How long a batch waits for all of its endpoints before those that answered are let go.
const PATIENCE: Duration = Duration::from_secs(1);

/// Works a batch of jobs. Answers the ids of those that are to come again.
pub async fn work(platform: &Platform, jobs: Jobs) -> Vec<String> {
    crash_point!("webhook-delivery.received");
    let pauses = pauses(&jobs);
    let mut failed = Vec::new();
    let mut batch = Batch::read(jobs, &mut failed);
    failed.extend(recover::work(platform, batch.take_recoveries()).await);
    match plan::plan(platform, &batch).await {
        Ok(planned) => failed.extend(batch::run(platform, planned, &batch).await),
        Err(error) => {
            tracing::warn!(%error, source = ?std::error::Error::source(&error), "a batch of deliveries comes again");
            failed.extend(batch.ids());
        }
    }
    put_back(platform, pauses, &failed).await;
    failed
}

/// The pauses of first tries that fail here, which hold up their lanes: in seconds, by how often they came. Later ones
/// last for the queue's visibility, so that trouble of a quarter of an hour makes no dead letters.
const PAUSES: [u16; 5] = [5, 10, 20, 40, 80];

/// The receipts of first tries, with their pauses, by their records' ids.
fn pauses(jobs: &Jobs) -> HashMap<String, (String, u16)> {
    let pause = |record: &Record| {
        let came = usize::try_from(record.receives.saturating_sub(1)).ok()?;
        let receipt = jobs.receipts.get(&record.id)?.clone();
        Some((record.id.clone(), (receipt, *PAUSES.get(came)?)))
    };
    jobs.records.iter().filter_map(pause).collect()
}

/// Lets first tries that failed here come again before their visibility ends.
async fn put_back(
    platform: &Platform,
    mut pauses: HashMap<String, (String, u16)>,
    failed: &[String],
) {
    let back: Vec<_> = failed.iter().filter_map(|id| pauses.remove(id)).collect();
    if back.is_empty() {
        return;
    }
    let put = match platform.queues() {
        Ok(queues) => {
            let put = queues.put_back(QueueName::WebhookDelivery, back).await;
            put.map_err(Error::from)
        }
        Err(error) => Err(error),
    };
    if let Err(error) = put {
        tracing::warn!(%error, "deliveries that failed hold up their lanes until their visibility ends");
    }
}

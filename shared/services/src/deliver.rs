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
    failed
}

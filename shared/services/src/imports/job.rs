//! The jobs of imports and exports, as they wait on their queue.

use std::time::Duration;

use openwati_core::crash_point;
use openwati_core::id::Id;
use openwati_core::tenant::TenantId;
use openwati_store::StoreError;
use openwati_store::contact_job::{ContactJobKind, ContactJobRecord, ContactJobState};
use openwati_store::queues::{self, QueueName};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::{export, import};
use crate::Record;
use crate::error::Error;
use crate::platform::Platform;

/// A slice of an import or export that is to be worked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Slice {
    /// Whose it is.
    tenant: TenantId,
    /// Which of them.
    kind: ContactJobKind,
    /// The import or export.
    job: Id,
    /// The version of its record that the slice begins at.
    version: u32,
}

/// How long a slice works before it hands over. No function runs long, little is done again after a cut, and who waits sees
/// how far it has come.
const SLICE: Duration = Duration::from_secs(8);

/// What follows a slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// The next one.
    Slice,
    /// Nothing: it is done.
    Nothing,
}

/// Why a slice was not worked to its end.
#[derive(Debug)]
pub(super) enum Stop {
    /// It never can be; why, in words for people.
    Failed(String),
    /// It may be, another time.
    Error(Error),
}

impl Stop {
    pub(super) fn failed(reason: &str) -> Self {
        Self::Failed(reason.to_owned())
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Error(error.into())
    }
}

impl Slice {
    pub(super) fn of(tenant: &TenantId, job: &ContactJobRecord) -> Self {
        Self {
            tenant: tenant.clone(),
            kind: job.kind,
            job: job.id,
            version: job.version,
        }
    }

    pub(super) fn queued(&self) -> Result<queues::Job, Error> {
        let body = queues::body(self).map_err(|error| Error::Internal(Box::new(error)))?;
        Ok(queues::Job {
            body,
            // On a standard queue the group only shares the workers fairly between tenants.
            group: Some(self.tenant.to_string()),
            deduplication: None,
            delay_seconds: 0,
        })
    }
}

/// Works a batch of slices. Answers the ids of the jobs that are to come again.
pub async fn work(platform: &Platform, records: Vec<Record>) -> Vec<String> {
    let mut failed = Vec::new();
    for record in records {
        if let Err(error) = one(platform, &record).await {
            tracing::warn!(
                job = record.id, receives = record.receives, %error, source = ?std::error::Error::source(&error),
                "a slice of an import or export comes again"
            );
            failed.push(record.id);
        }
    }
    failed
}

async fn one(platform: &Platform, record: &Record) -> Result<(), Error> {
    let slice: Slice = parsed(&record.body)?;
    crash_point!("imports.received");
    let (store, tenant) = (platform.store(), &slice.tenant);
    let Some(mut job) = store.contact_job(tenant, slice.kind, slice.job).await? else {
        tracing::warn!(%tenant, work = %slice.job, "there is no such import or export");
        return Ok(());
    };
    if job.state != ContactJobState::Running {
        return Ok(());
    }
    if job.version != slice.version {
        // This one was worked. Where whoever did it died before the next one was on the queue, it comes again.
        if record.receives > 1 && job.version == slice.version + 1 {
            return enqueue(platform, tenant, &job).await;
        }
        return Ok(());
    }
    let before = job.clone();
    let next = match worked(platform, tenant, &mut job).await {
        Ok(next) => next,
        Err(Stop::Failed(reason)) => {
            // What was counted before it failed is done all the same; it was not saved how far the file was read.
            job.cursor = before.cursor;
            end(platform, &mut job, ContactJobState::Failed);
            job.reason = Some(reason);
            Next::Nothing
        }
        Err(Stop::Error(error)) => return Err(error),
    };
    if !store.save_contact_job(tenant, &mut job).await? {
        // The same slice came twice, and the other was faster.
        return Ok(());
    }
    crash_point!("imports.saved");
    match next {
        Next::Slice => enqueue(platform, tenant, &job).await?,
        Next::Nothing => tracing::info!(
            %tenant, work = %job.id, kind = ?job.kind, state = ?job.state, rows = job.rows, created = job.created,
            updated = job.updated, rejected = job.rejected, "an import or export is over"
        ),
    }
    crash_point!("imports.enqueued");
    Ok(())
}

async fn enqueue(
    platform: &Platform,
    tenant: &TenantId,
    job: &ContactJobRecord,
) -> Result<(), Error> {
    let queued = Slice::of(tenant, job).queued()?;
    let queues = platform.queues()?;
    Ok(queues.send(QueueName::Imports, vec![queued]).await?)
}

/// Works one slice, and brings the record up to date.
async fn worked(
    platform: &Platform,
    tenant: &TenantId,
    job: &mut ContactJobRecord,
) -> Result<Next, Stop> {
    let deadline = Instant::now() + SLICE.min(platform.function_timeout() / 3);
    let next = match job.kind {
        ContactJobKind::Import => import::slice(platform, tenant, job, deadline).await?,
        ContactJobKind::Export => export::slice(platform, tenant, job, deadline).await?,
    };
    if next == Next::Nothing {
        end(platform, job, ContactJobState::Done);
    }
    Ok(next)
}

fn end(platform: &Platform, job: &mut ContactJobRecord, state: ContactJobState) {
    job.state = state;
    job.finished_at = Some(platform.now());
}

/// Gives up the import or export of a slice that ended in the dead-letter queue.
///
/// # Errors
/// If the store did not answer.
pub async fn settle(platform: &Platform, body: &str) -> Result<(), Error> {
    let Ok(slice) = serde_json::from_str::<Slice>(body) else {
        tracing::error!("a slice of an import or export that cannot be read is given up");
        return Ok(());
    };
    let (store, tenant) = (platform.store(), &slice.tenant);
    let Some(mut job) = store.contact_job(tenant, slice.kind, slice.job).await? else {
        return Ok(());
    };
    if job.state != ContactJobState::Running {
        return Ok(());
    }
    if job.version != slice.version {
        // It was worked, and perhaps only the next one was not put on the queue. Twice there it is worked once.
        if job.version == slice.version + 1 {
            return enqueue(platform, tenant, &job).await;
        }
        return Ok(());
    }
    end(platform, &mut job, ContactJobState::Failed);
    job.reason =
        Some("it could not be worked, however often it was tried: begin another one".to_owned());
    store.save_contact_job(tenant, &mut job).await?;
    tracing::error!(%tenant, work = %job.id, kind = ?job.kind, "an import or export is given up");
    Ok(())
}

/// Reads what was written by [`json`].
pub(super) fn parsed<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| Error::Internal(Box::new(error)))
}

pub(super) fn json(value: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::Internal(Box::new(error)))
}

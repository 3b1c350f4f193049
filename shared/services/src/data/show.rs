//! Works as they are shown.

use std::collections::BTreeMap;
use std::time::Duration;

use openwati_core::id::Id;
use openwati_core::secret::Secret;
use openwati_core::time::Moment;
use openwati_store::blobs::export_key;
use openwati_store::data::{DataJobKind, DataJobRecord, DataJobState};
use serde::Serialize;

use super::ask::may_read_exports;
use super::export::{MANIFEST, part_name};
use crate::admit::admit_admin;
use crate::authenticate::Caller;
use crate::error::Error;
use crate::platform::Platform;

/// How long a link to a file of an export lives.
const LINK_LIFE: Duration = Duration::from_secs(15 * 60);

/// How long the files of an export are kept: the bucket's lifecycle forgets them.
const FILES_KEPT: Duration = Duration::from_secs(7 * 86_400);

/// How much of what was met, by kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(super) struct Counts(BTreeMap<String, u64>);

impl Counts {
    pub(super) fn of(job: &DataJobRecord) -> Self {
        Self(job.counts.clone())
    }

    pub(super) fn add(&mut self, what: &str, count: usize) {
        if count > 0 {
            *self.0.entry(what.to_owned()).or_default() += count as u64;
        }
    }

    pub(super) fn sum(&self) -> u64 {
        self.0.values().sum()
    }

    pub(super) fn keep(self, job: &mut DataJobRecord) {
        job.counts = self.0;
    }
}

/// A work through the tenant's data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub id: Id,
    /// What it does.
    pub kind: DataJobKind,
    /// How far it has come.
    pub state: DataJobState,
    /// How much of what it has met, by kind.
    pub counts: BTreeMap<String, u64>,
    /// Why it was given up.
    pub reason: Option<String>,
    /// When it was asked for.
    pub created_at: Moment,
    /// When it was done or given up.
    pub finished_at: Option<Moment>,
    /// The files of an export that is done.
    pub files: Vec<Link>,
}

/// A file of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What it is called.
    pub name: String,
    /// Where it is for a quarter of an hour.
    pub url: Secret<String>,
}

/// A page of works.
#[derive(Debug)]
pub struct JobPage {
    /// Newest first, without their files.
    pub jobs: Vec<Job>,
    /// What to give as `before` for the next page; none when there is nothing more.
    pub next: Option<Id>,
}

impl From<DataJobRecord> for Job {
    fn from(record: DataJobRecord) -> Self {
        Self {
            id: record.id,
            kind: record.kind,
            state: record.state,
            counts: record.counts,
            reason: record.reason,
            created_at: record.created_at,
            finished_at: record.finished_at,
            files: Vec::new(),
        }
    }
}

/// A page of the tenant's works, newest first.
///
/// # Errors
/// If the caller may not see them.
pub async fn list(
    platform: &Platform,
    caller: &Caller,
    limit: usize,
    before: Option<Id>,
) -> Result<JobPage, Error> {
    admit_admin(platform, caller).await?;
    let store = platform.store();
    let found = store.data_jobs(&caller.tenant, before, limit.saturating_add(1));
    let mut jobs: Vec<Job> = found.await?.into_iter().map(Job::from).collect();
    let more = jobs.len() > limit;
    jobs.truncate(limit);
    let next = jobs.last().map(|last| last.id).filter(|_| more);
    Ok(JobPage { jobs, next })
}

/// One work. An export that is done has links to its files, until they are forgotten, for who may read what they hold.
///
/// # Errors
/// [`Error::NotFound`] where the tenant has none of this id.
pub async fn find(platform: &Platform, caller: &Caller, id: &str) -> Result<Job, Error> {
    const NO_JOB: Error = Error::NotFound { what: "job" };
    admit_admin(platform, caller).await?;
    let id: Id = id.parse().map_err(|_| NO_JOB)?;
    let found = platform.store().data_job(&caller.tenant, id).await?;
    let record = found.ok_or(NO_JOB)?;
    let parts = record.parts;
    let is_export = matches!(
        record.kind,
        DataJobKind::ExportTenant | DataJobKind::ExportContact
    );
    let is_kept = record
        .finished_at
        .is_some_and(|at| platform.now() < at.plus(FILES_KEPT));
    let mut job = Job::from(record);
    let is_readable = is_export && may_read_exports(caller).is_ok();
    if is_readable && is_kept && job.state == DataJobState::Done {
        let blobs = platform.blobs()?;
        let names = std::iter::once(MANIFEST.to_owned()).chain((1..=parts).map(part_name));
        for name in names {
            let key = export_key(&caller.tenant, id, &name);
            let url = blobs.export_link(&key, LINK_LIFE).await?;
            let url = Secret::new(url);
            job.files.push(Link { name, url });
        }
    }
    Ok(job)
}

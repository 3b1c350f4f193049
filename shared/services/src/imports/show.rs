//! Imports and exports as they are shown.

use std::time::Duration;

use openwati_core::id::Id;
use openwati_core::secret::Secret;
use openwati_core::time::Moment;
use openwati_store::blobs::export_key;
use openwati_store::contact_job::{ContactJobKind, ContactJobRecord, ContactJobState, KEPT};

use super::ask::admitted;
use super::export::FILE;
use super::import::Cursor;
use super::job::parsed;
use super::row::RejectedRow;
use crate::authenticate::Caller;
use crate::error::Error;
use crate::platform::Platform;

/// How long a link to an exported file lives.
const LINK_LIFE: Duration = Duration::from_secs(15 * 60);

/// How long files are kept, and what tells of rejected rows: the bucket's lifecycle forgets them.
const FILES_KEPT: Duration = Duration::from_secs(7 * 86_400);

/// Rejected rows of one page.
const PAGE: usize = 1_000;

/// Objects that are read for one page: each tells of a row at least.
const MOST_READ: usize = 20;

/// An import or an export of contacts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactJob {
    /// Its id.
    pub id: Id,
    /// How far it has come.
    pub state: ContactJobState,
    /// How long the file is, in bytes: as it was said until it is read.
    pub bytes: u64,
    /// How much of it was read or written.
    pub bytes_done: u64,
    /// The rows that were read or written so far, without the header and without empty ones.
    pub rows: u64,
    /// The rows that made a contact.
    pub created: u64,
    /// The rows whose contact was there.
    pub updated: u64,
    /// The rows that nothing was done with.
    pub rejected: u64,
    /// Why it was given up.
    pub reason: Option<String>,
    /// When it was asked for.
    pub created_at: Moment,
    /// When it began to be worked.
    pub started_at: Option<Moment>,
    /// When it was done or given up.
    pub finished_at: Option<Moment>,
    /// Where the file of an export is that is done, for a quarter of an hour.
    pub url: Option<Secret<String>>,
}

/// A page of imports or exports.
#[derive(Debug)]
pub struct JobPage {
    /// Newest first, without their files.
    pub jobs: Vec<ContactJob>,
    /// What to give as `before` for the next page; none when there is nothing more.
    pub next: Option<Id>,
}

/// A page of rows that nothing was done with.
#[derive(Debug)]
pub struct RejectedPage {
    /// In the order of the file.
    pub rows: Vec<RejectedRow>,
    /// What to give as `cursor` for the next page; none when there is nothing more.
    pub next: Option<String>,
}

impl From<ContactJobRecord> for ContactJob {
    fn from(record: ContactJobRecord) -> Self {
        Self {
            id: record.id,
            state: record.state,
            bytes: record.bytes,
            bytes_done: record.bytes_done,
            rows: record.rows,
            created: record.created,
            updated: record.updated,
            rejected: record.rejected,
            reason: record.reason,
            created_at: record.created_at,
            started_at: record.started_at,
            finished_at: record.finished_at,
            url: None,
        }
    }
}

/// The record that a caller names.
pub(super) async fn kept(
    platform: &Platform,
    caller: &Caller,
    kind: ContactJobKind,
    id: &str,
) -> Result<ContactJobRecord, Error> {
    let none = || Error::NotFound {
        what: match kind {
            ContactJobKind::Import => "import",
            ContactJobKind::Export => "export",
        },
    };
    let id: Id = id.parse().map_err(|_| none())?;
    let found = platform.store().contact_job(&caller.tenant, kind, id);
    let found = found.await?.filter(|record| is_known(platform, record));
    found.ok_or_else(none)
}

/// DynamoDB is late by days.
fn is_known(platform: &Platform, record: &ContactJobRecord) -> bool {
    platform.now() < record.created_at.plus(KEPT)
}

/// A page of the tenant's imports or exports, newest first.
///
/// # Errors
/// If the caller may not see them.
pub async fn list(
    platform: &Platform,
    caller: &Caller,
    kind: ContactJobKind,
    limit: usize,
    before: Option<Id>,
) -> Result<JobPage, Error> {
    admitted(platform, caller).await?;
    let store = platform.store();
    let found = store.contact_jobs(&caller.tenant, kind, before, limit.saturating_add(1));
    let known = found
        .await?
        .into_iter()
        .filter(|record| is_known(platform, record));
    let mut jobs: Vec<ContactJob> = known.map(ContactJob::from).collect();
    let more = jobs.len() > limit;
    jobs.truncate(limit);
    let next = jobs.last().map(|last| last.id).filter(|_| more);
    Ok(JobPage { jobs, next })
}

/// One import.
///
/// # Errors
/// [`Error::NotFound`] where the tenant has none of this id.
pub async fn find_import(
    platform: &Platform,
    caller: &Caller,
    id: &str,
) -> Result<ContactJob, Error> {
    admitted(platform, caller).await?;
    Ok(kept(platform, caller, ContactJobKind::Import, id)
        .await?
        .into())
}

/// One export. One that is done has a link to its file, until that is forgotten.
///
/// # Errors
/// [`Error::NotFound`] where the tenant has none of this id.
pub async fn find_export(
    platform: &Platform,
    caller: &Caller,
    id: &str,
) -> Result<ContactJob, Error> {
    admitted(platform, caller).await?;
    let record = kept(platform, caller, ContactJobKind::Export, id).await?;
    let mut job = ContactJob::from(record);
    let has_file = job.state == ContactJobState::Done && is_file_kept(platform, &job);
    if has_file {
        let key = export_key(&caller.tenant, job.id, FILE);
        let url = platform.blobs()?.export_link(&key, LINK_LIFE).await?;
        job.url = Some(Secret::new(url));
    }
    Ok(job)
}

fn is_file_kept(platform: &Platform, job: &ContactJob) -> bool {
    let written = job.finished_at.unwrap_or_else(|| platform.now());
    platform.now() < written.plus(FILES_KEPT)
}

/// A page of the rows of an import that nothing was done with, as far as they are kept.
///
/// # Errors
/// [`Error::NotFound`] where the tenant has no import of this id; [`Error::Invalid`] for a `cursor` that no page answered
/// with.
pub async fn rejected(
    platform: &Platform,
    caller: &Caller,
    id: &str,
    cursor: Option<&str>,
) -> Result<RejectedPage, Error> {
    admitted(platform, caller).await?;
    let record = kept(platform, caller, ContactJobKind::Import, id).await?;
    let (mut part, mut skipped) = place(cursor)?;
    let parts = parsed::<Cursor>(&record.cursor)?.rejected;
    let mut rows: Vec<RejectedRow> = Vec::new();
    let mut read = 0;
    while let Some(next) = parts.get(part)
        && read < MOST_READ
        && rows.len() < PAGE
    {
        read += 1;
        let key = next.key(&caller.tenant, record.id, part + 1);
        let told: Vec<RejectedRow> = object(platform, &key).await?;
        let left = told.len().saturating_sub(skipped);
        let room = PAGE - rows.len();
        rows.extend(told.into_iter().skip(skipped).take(room));
        if left > room {
            skipped += room;
        } else {
            (part, skipped) = (part + 1, 0);
        }
    }
    let next = (part < parts.len()).then(|| format!("{part}.{skipped}"));
    Ok(RejectedPage { rows, next })
}

/// The rows that an object tells of; none once it is forgotten.
async fn object(platform: &Platform, key: &str) -> Result<Vec<RejectedRow>, Error> {
    let Some(mut opened) = platform.blobs()?.open(key).await? else {
        return Ok(Vec::new());
    };
    let mut body = Vec::new();
    while let Some(chunk) = opened.chunk().await? {
        body.extend_from_slice(&chunk);
    }
    serde_json::from_slice(&body).map_err(|error| Error::Internal(Box::new(error)))
}

/// Which object goes on, and how many of its rows were told.
fn place(cursor: Option<&str>) -> Result<(usize, usize), Error> {
    let Some(cursor) = cursor else {
        return Ok((0, 0));
    };
    let place = cursor.split_once('.');
    let place = place.and_then(|(part, skipped)| Some((part.parse().ok()?, skipped.parse().ok()?)));
    place.ok_or_else(|| {
        Error::invalid(
            "invalid_cursor",
            "cursor: is not one that a list answered with",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_one_that_a_page_answered_with() {
        assert_eq!(place(None).unwrap(), (0, 0));
        assert_eq!(place(Some("3.1000")).unwrap(), (3, 1000));
        for bad in ["", "3", "a.b", "-1.2", "1.2.3"] {
            assert!(place(Some(bad)).is_err(), "{bad}");
        }
    }
}

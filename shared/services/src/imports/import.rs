//! A slice of an import: rows are read and told to their contacts, some at a time, until its time is over.

use std::collections::BTreeMap;

use bytes::Bytes;
use openwati_core::crash_point;
use openwati_core::id::Id;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use openwati_store::blobs::{Piece, export_key, import_key};
use openwati_store::contact_job::ContactJobRecord;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::beginning::{LOOKED_AT, beginning};
use super::columns::{Column, columns};
use super::job::{Next, Stop, json, parsed};
use super::row::{ForAll, RejectedRow, row, told};
use super::table::{Source, Table};
use crate::contacts::{self, Outcome, Row};
use crate::error::Error;
use crate::platform::Platform;

/// The largest file that is imported, in bytes.
pub const LARGEST: u64 = 50 << 20;

/// How much of a file is read at a time, in bytes.
const PIECE: u64 = 1 << 20;

/// Rows that are told to their contacts at a time.
const AT_A_TIME: usize = 250;

/// Rejected rows after which a slice ends: they are in memory until then.
const MANY_REJECTED: usize = 5_000;

/// Rejected rows of an import that are told of one by one; of the others it is known how many they are.
pub const MOST_TOLD: u64 = 100_000;

/// What is wanted of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Wish {
    /// What holds for all rows.
    #[serde(flatten)]
    pub(super) for_all: ForAll,
    /// What columns hold, by their names, where that is not what they are called.
    #[serde(default)]
    pub(super) columns: BTreeMap<String, String>,
}

/// Where an import goes on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Cursor {
    /// Where in the file, in bytes.
    pub(super) offset: u64,
    /// How many rows were read, the header being one of them.
    pub(super) row: u64,
    /// The file's version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    etag: Option<String>,
    /// What divides its cells, and what its columns hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    layout: Option<Layout>,
    /// The objects that tell of rejected rows.
    #[serde(default)]
    pub(super) rejected: Vec<RejectedPart>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Layout {
    delimiter: u8,
    columns: Vec<Column>,
}

/// An object that tells of rejected rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RejectedPart {
    /// Up to which byte of the file.
    until: u64,
    /// How many.
    pub(super) count: u64,
}

impl RejectedPart {
    /// Its name. It follows from where in the file it begins and ends, so that whoever works the same rows again writes
    /// the same object, and whoever works others another one.
    pub(super) fn key(&self, tenant: &TenantId, import: Id, number: usize) -> String {
        let name = format!("rejected-{number:05}-{}.json", self.until);
        export_key(tenant, import, &name)
    }
}

/// The file of an import.
struct File<'a> {
    platform: &'a Platform,
    key: String,
    etag: Option<String>,
    size: u64,
}

impl Source for File<'_> {
    type Error = Stop;

    async fn piece(&mut self, from: u64) -> Result<Bytes, Stop> {
        self.some(from, PIECE).await
    }
}

impl File<'_> {
    async fn some(&self, from: u64, length: u64) -> Result<Bytes, Stop> {
        let length = length.min(self.size.saturating_sub(from));
        if length == 0 {
            return Ok(Bytes::new());
        }
        let blobs = self.platform.blobs()?;
        let piece = blobs.piece(&self.key, self.etag.as_deref(), from, length);
        match piece.await? {
            Piece::Read(bytes) if !bytes.is_empty() => Ok(bytes),
            Piece::Read(_) | Piece::Gone => {
                Err(Stop::failed("the file was changed while it was imported"))
            }
        }
    }
}

/// Works one slice, and brings the record up to date.
pub(super) async fn slice(
    platform: &Platform,
    tenant: &TenantId,
    job: &mut ContactJobRecord,
    deadline: Instant,
) -> Result<Next, Stop> {
    let wish: Wish = parsed(&job.wish)?;
    let mut cursor: Cursor = parsed(&job.cursor)?;
    if let Some(list) = wish.for_all.list
        && platform.store().contact_list(tenant, list).await?.is_none()
    {
        return Err(Stop::failed("the list was deleted"));
    }
    let mut table = match cursor.layout.clone() {
        Some(layout) => {
            let file = File {
                platform,
                key: import_key(tenant, job.id),
                etag: cursor.etag.clone(),
                size: job.bytes,
            };
            Table::new(file, layout.delimiter, cursor.offset, Bytes::new())
        }
        None => begun(platform, tenant, job, &wish, &mut cursor).await?,
    };
    let columns = cursor.layout.as_ref().map(|layout| layout.columns.clone());
    let mut work = Work {
        platform,
        tenant,
        job: &mut *job,
        for_all: &wish.for_all,
        columns: columns.unwrap_or_default(),
        row: cursor.row,
        rejected: Vec::new(),
    };
    let next = loop {
        let is_over = work.some(&mut table).await?;
        crash_point!("imports.rows_saved");
        if is_over {
            break Next::Nothing;
        }
        if Instant::now() >= deadline || work.rejected.len() >= MANY_REJECTED {
            break Next::Slice;
        }
    };
    cursor.offset = table.offset();
    cursor.row = work.row;
    let rejected = std::mem::take(&mut work.rejected);
    keep_rejected(platform, tenant, job, &mut cursor, rejected).await?;
    job.bytes_done = cursor.offset;
    job.cursor = json(&cursor)?;
    Ok(next)
}

/// Looks at the file, and reads its header.
async fn begun<'a>(
    platform: &'a Platform,
    tenant: &TenantId,
    job: &mut ContactJobRecord,
    wish: &Wish,
    cursor: &mut Cursor,
) -> Result<Table<File<'a>>, Stop> {
    let key = import_key(tenant, job.id);
    let found = platform.blobs()?.open(&key).await?;
    let found = found.ok_or_else(|| Stop::failed("the file is not there any more"))?;
    if found.size == 0 {
        return Err(Stop::failed("the file is empty"));
    }
    if found.size > job.bytes {
        return Err(Stop::failed("the file is larger than was said"));
    }
    job.bytes = found.size;
    cursor.etag.clone_from(&found.etag);
    let file = File {
        platform,
        key,
        etag: found.etag,
        size: found.size,
    };
    let head = file.some(0, LOOKED_AT as u64).await?;
    let beginning = beginning(&head).map_err(Stop::Failed)?;
    let skipped = beginning.skipped;
    let rest = head.slice(skipped..);
    let mut table = Table::new(file, beginning.delimiter, skipped as u64, rest);
    let header = match table.next().await? {
        None => return Err(Stop::failed("the file is empty")),
        Some(Err(broken)) => {
            return Err(Stop::Failed(format!("the first row {}", broken.reason())));
        }
        Some(Ok(header)) => header,
    };
    cursor.layout = Some(Layout {
        delimiter: beginning.delimiter,
        columns: columns(&header, &wish.columns).map_err(Stop::Failed)?,
    });
    cursor.row = 1;
    Ok(table)
}

/// An import while a slice of it is worked.
struct Work<'a> {
    platform: &'a Platform,
    tenant: &'a TenantId,
    job: &'a mut ContactJobRecord,
    for_all: &'a ForAll,
    columns: Vec<Column>,
    /// How many rows were read.
    row: u64,
    rejected: Vec<RejectedRow>,
}

impl Work<'_> {
    /// Reads the next rows and tells their contacts. Says whether there are no more.
    async fn some(&mut self, table: &mut Table<File<'_>>) -> Result<bool, Stop> {
        let (mut rows, mut numbers): (Vec<Row>, Vec<u64>) = (Vec::new(), Vec::new());
        let mut is_over = false;
        for _ in 0..AT_A_TIME {
            let Some(record) = table.next().await? else {
                is_over = true;
                break;
            };
            self.row += 1;
            let read = match &record {
                Ok(cells) => row(cells, &self.columns, self.for_all),
                Err(broken) => Err((String::new(), broken.reason())),
            };
            match read {
                Ok(Some(row)) => {
                    rows.push(row);
                    numbers.push(self.row);
                }
                Ok(None) => {}
                Err((phone, reason)) => self.reject(self.row, phone, reason),
            }
        }
        self.tell(&rows, &numbers).await?;
        Ok(is_over)
    }

    async fn tell(&mut self, rows: &[Row], numbers: &[u64]) -> Result<(), Error> {
        if rows.is_empty() {
            return Ok(());
        }
        let started = self.job.started_at.unwrap_or(self.job.created_at);
        let import = self.job.id.hex();
        let id_of = |at: usize| id(started, &import, numbers[at]);
        let told_of = contacts::upsert(self.platform, self.tenant, rows, id_of).await?;
        for ((row, number), upserted) in rows.iter().zip(numbers).zip(told_of) {
            match upserted.outcome {
                Outcome::Created => self.job.created += 1,
                Outcome::Updated => self.job.updated += 1,
                Outcome::Rejected(reason) => {
                    self.reject(*number, told(row.phone.as_str()), reason);
                    continue;
                }
            }
            self.job.rows += 1;
        }
        Ok(())
    }

    fn reject(&mut self, row: u64, phone: String, reason: String) {
        self.job.rejected += 1;
        self.job.rows += 1;
        if self.job.rejected <= MOST_TOLD {
            self.rejected.push(RejectedRow { row, phone, reason });
        }
    }
}

/// The id of the contact that a row makes, whenever it makes it. Contacts are listed newest first: so they are in the order
/// of the file, all of them before the import.
fn id(started: Moment, import: &str, row: u64) -> Id {
    let before = std::time::Duration::from_millis(row);
    Id::derived(started.minus(before), &[import, &row.to_string()])
}

/// Keeps which rows were rejected.
async fn keep_rejected(
    platform: &Platform,
    tenant: &TenantId,
    job: &ContactJobRecord,
    cursor: &mut Cursor,
    mut rows: Vec<RejectedRow>,
) -> Result<(), Error> {
    if rows.is_empty() {
        return Ok(());
    }
    rows.sort_by_key(|rejected| rejected.row);
    let part = RejectedPart {
        until: cursor.offset,
        count: rows.len() as u64,
    };
    let key = part.key(tenant, job.id, cursor.rejected.len() + 1);
    let body = serde_json::to_vec(&rows).map_err(|error| Error::Internal(Box::new(error)))?;
    let blobs = platform.blobs()?;
    blobs.put_export(&key, "application/json", body).await?;
    crash_point!("imports.rejected_written");
    cursor.rejected.push(part);
    Ok(())
}

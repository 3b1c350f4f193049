//! A slice of an export. First contacts are written down page by page, as lines of JSON in numbered parts, because which
//! columns there are is known only when all of them were seen; then the parts are made one file.

use std::collections::BTreeSet;

use openwati_core::contact::MOST_ATTRIBUTES;
use openwati_core::crash_point;
use openwati_core::id::Id;
use openwati_core::tenant::TenantId;
use openwati_store::blobs::{PART, Upload, export_key};
use openwati_store::contact::{ContactPage, ContactSelection, ContactsBy};
use openwati_store::contact_job::ContactJobRecord;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::fields::{Field, Line};
use super::job::{Next, Stop, json, parsed};
use crate::contacts;
use crate::error::Error;
use crate::platform::Platform;

/// How long a part becomes before it is written, in bytes.
const FULL: usize = 3 << 20;

/// Contacts that are read at a time.
const PAGE: usize = 1_000;

/// Attributes that get columns of their own where nobody says which: as many as fit a spreadsheet's reader.
const MOST_COLUMNS: usize = 5 * MOST_ATTRIBUTES;

/// What the file is called.
pub(super) const FILE: &str = "contacts.csv";

/// The type of the file.
const CSV: &str = "text/csv; charset=utf-8";

/// What is wanted of an export.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Wish {
    /// Contacts with this tag alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) tag: Option<String>,
    /// Contacts on this list alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) list: Option<Id>,
    /// The columns, where they are said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) columns: Option<Vec<String>>,
}

/// Where an export goes on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Cursor {
    /// After which contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<String>,
    /// Whether all contacts are written down.
    #[serde(default)]
    is_written: bool,
    /// The names of the attributes that were met.
    #[serde(default)]
    attributes: BTreeSet<String>,
    /// The parts.
    #[serde(default)]
    parts: Vec<Id>,
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
    let had = cursor.parts.len();
    if !cursor.is_written {
        write_down(platform, tenant, job, &wish, &mut cursor, deadline).await?;
    }
    // A large one has a slice of its own for it, with all of the function's time.
    let next = match cursor.is_written && cursor.parts.len() <= had.max(1) {
        true => {
            join(platform, tenant, job, &wish, &cursor).await?;
            Next::Nothing
        }
        false => Next::Slice,
    };
    job.cursor = json(&cursor)?;
    Ok(next)
}

/// Writes contacts down until a part is full or the time is over.
async fn write_down(
    platform: &Platform,
    tenant: &TenantId,
    job: &mut ContactJobRecord,
    wish: &Wish,
    cursor: &mut Cursor,
    deadline: Instant,
) -> Result<(), Error> {
    let store = platform.store();
    let mut part = Vec::new();
    while !cursor.is_written && part.len() < FULL {
        let by = match (&wish.list, &wish.tag) {
            (Some(list), _) => ContactsBy::List(*list),
            (None, Some(tag)) => ContactsBy::Tag(tag),
            (None, None) => ContactsBy::All,
        };
        let selection = ContactSelection {
            by,
            after: cursor.after.as_deref(),
            limit: PAGE,
        };
        let ContactPage { contacts, next, .. } = store.contact_page(tenant, &selection).await?;
        for contact in contacts::show(platform, tenant, contacts).await? {
            let line = Line::of(contact);
            for name in line.attributes.keys() {
                if cursor.attributes.len() < MOST_COLUMNS && !cursor.attributes.contains(name) {
                    cursor.attributes.insert(name.clone());
                }
            }
            serde_json::to_writer(&mut part, &line)
                .map_err(|error| Error::Internal(Box::new(error)))?;
            part.push(b'\n');
            job.rows += 1;
        }
        cursor.is_written = next.is_none();
        cursor.after = next;
        if Instant::now() >= deadline {
            break;
        }
    }
    if !part.is_empty() {
        // A name of its own: whoever works the same slice at the same time reads other contacts, and must not write here.
        let id = Id::new(platform.now(), platform.entropy());
        let blobs = platform.blobs()?;
        let key = part_key(tenant, job.id, id);
        blobs.put_export(&key, "application/x-ndjson", part).await?;
        crash_point!("imports.part_written");
        cursor.parts.push(id);
    }
    Ok(())
}

fn part_key(tenant: &TenantId, export: Id, part: Id) -> String {
    export_key(tenant, export, &format!("part-{part}.ndjson"))
}

/// Makes one file of the parts. Made again it is the same.
async fn join(
    platform: &Platform,
    tenant: &TenantId,
    job: &mut ContactJobRecord,
    wish: &Wish,
    cursor: &Cursor,
) -> Result<(), Error> {
    let fields = match &wish.columns {
        Some(names) => names.iter().map(|name| Field::named(name)).collect(),
        None => Field::usual(&cursor.attributes),
    };
    let key = export_key(tenant, job.id, FILE);
    let mut file = File {
        platform,
        key: &key,
        // A spreadsheet takes a file without it for Latin-1.
        buffer: "\u{feff}".as_bytes().to_vec(),
        upload: None,
        size: 0,
    };
    let written = file.fill(tenant, job.id, &fields, &cursor.parts).await;
    if let (Err(_), Some(upload)) = (&written, file.upload.take()) {
        upload.abort().await;
    }
    written?;
    file.complete().await?;
    crash_point!("imports.joined");
    (job.bytes, job.bytes_done) = (file.size, file.size);
    Ok(())
}

/// The file while it is written.
struct File<'a> {
    platform: &'a Platform,
    key: &'a str,
    buffer: Vec<u8>,
    upload: Option<Upload>,
    size: u64,
}

impl File<'_> {
    async fn fill(
        &mut self,
        tenant: &TenantId,
        export: Id,
        fields: &[Field],
        parts: &[Id],
    ) -> Result<(), Error> {
        let blobs = self.platform.blobs()?;
        let titles = fields.iter().map(Field::title).collect();
        self.write([Ok(titles)])?;
        for part in parts {
            let key = part_key(tenant, export, *part);
            let Some(mut opened) = blobs.open(&key).await? else {
                return Err(Error::Internal("a part of an export is gone".into()));
            };
            let mut lines = Vec::new();
            while let Some(chunk) = opened.chunk().await? {
                lines.extend_from_slice(&chunk);
            }
            let lines = lines
                .split(|byte| *byte == b'\n')
                .filter(|line| !line.is_empty());
            let rows = lines.map(|line| {
                let line: Line = serde_json::from_slice(line)
                    .map_err(|error| Error::Internal(Box::new(error)))?;
                Ok(fields.iter().map(|field| line.cell(field)).collect())
            });
            self.write(rows)?;
            while self.buffer.len() >= PART {
                let rest = self.buffer.split_off(PART);
                let part = std::mem::replace(&mut self.buffer, rest);
                self.put(part).await?;
            }
        }
        Ok(())
    }

    /// Rows one by one: of a part there are thousands, and each may have hundreds of cells.
    fn write(
        &mut self,
        rows: impl IntoIterator<Item = Result<Vec<String>, Error>>,
    ) -> Result<(), Error> {
        let mut writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(&mut self.buffer);
        for row in rows {
            writer
                .write_record(row?)
                .map_err(|error| Error::Internal(Box::new(error)))?;
        }
        writer
            .flush()
            .map_err(|error| Error::Internal(Box::new(error)))
    }

    async fn put(&mut self, part: Vec<u8>) -> Result<(), Error> {
        self.size += part.len() as u64;
        let upload = match self.upload.as_mut() {
            Some(upload) => upload,
            None => {
                let begun = self.platform.blobs()?.begin_media(self.key, CSV).await?;
                self.upload.insert(begun)
            }
        };
        Ok(upload.part(part).await?)
    }

    /// Writes what is left: in one call where nothing was written before.
    async fn complete(&mut self) -> Result<(), Error> {
        let last = std::mem::take(&mut self.buffer);
        if self.upload.is_none() {
            self.size = last.len() as u64;
            return Ok(self
                .platform
                .blobs()?
                .put_export(self.key, CSV, last)
                .await?);
        }
        if !last.is_empty() {
            self.put(last).await?;
        }
        match self.upload.take() {
            Some(upload) => Ok(upload.complete().await?),
            None => Ok(()),
        }
    }
}

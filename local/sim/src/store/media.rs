//! The table of files.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{Lost, Reader};
use crate::media::Media;

pub(crate) fn insert_media(db: &Connection, media: &Media) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO media (id, phone_number_id, customer, filename, mime_type, content_type,
            sha256, file_size, created_ms, expires_ms, links_after_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?
    .execute(params![
        media.id,
        media.phone_number_id,
        media.customer,
        media.filename,
        media.mime_type,
        media.content_type,
        media.sha256,
        media.file_size,
        media.created_ms,
        media.expires_ms,
        media.links_after_ms,
    ])?;
    Ok(())
}

/// Writes what can change of a file.
pub(crate) fn update_media(db: &Connection, media: &Media) -> rusqlite::Result<()> {
    db.prepare_cached(
        "UPDATE media SET customer = ?2, mime_type = ?3, content_type = ?4, sha256 = ?5,
            file_size = ?6, expires_ms = ?7, links_after_ms = ?8
         WHERE id = ?1",
    )?
    .execute(params![
        media.id,
        media.customer,
        media.mime_type,
        media.content_type,
        media.sha256,
        media.file_size,
        media.expires_ms,
        media.links_after_ms,
    ])?;
    Ok(())
}

/// Forgets the files that were made before a moment.
pub(super) fn forget_media(db: &Connection, before_ms: i64) -> rusqlite::Result<()> {
    db.execute("DELETE FROM media WHERE created_ms < ?1", [before_ms])?;
    Ok(())
}

impl Reader {
    /// The file of an id, whether the id still counts or not.
    pub(crate) async fn media(&self, id: String) -> Result<Option<Media>, Lost> {
        self.read(move |db| {
            db.prepare_cached("SELECT * FROM media WHERE id = ?1")?
                .query_row([id], media)
                .optional()
        })
        .await
    }
}

fn media(row: &Row<'_>) -> rusqlite::Result<Media> {
    Ok(Media {
        id: row.get("id")?,
        phone_number_id: row.get("phone_number_id")?,
        customer: row.get("customer")?,
        filename: row.get("filename")?,
        mime_type: row.get("mime_type")?,
        content_type: row.get("content_type")?,
        sha256: row.get("sha256")?,
        file_size: row.get("file_size")?,
        created_ms: row.get("created_ms")?,
        expires_ms: row.get("expires_ms")?,
        links_after_ms: row.get("links_after_ms")?,
    })
}

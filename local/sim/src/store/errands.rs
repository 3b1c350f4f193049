//! The table of messages that wait for the files that their links lead to.

use rusqlite::{Connection, params, types::Type};

use super::Traits;
use crate::{graph::Times, media::Errand};

fn to_sql(error: serde_json::Error) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(Box::new(error))
}

pub(crate) fn insert_errand(db: &Connection, errand: &Errand) -> rusqlite::Result<()> {
    let record = serde_json::to_string(errand).map_err(to_sql)?;
    db.prepare_cached("INSERT INTO errands (message, record) VALUES (?1, ?2)")?
        .execute(params![errand.told.id, record])?;
    Ok(())
}

/// Removes the errand of a message; answers whether there was one.
pub(crate) fn remove_errand(db: &Connection, message: &str) -> rusqlite::Result<bool> {
    let removed = db
        .prepare_cached("DELETE FROM errands WHERE message = ?1")?
        .execute([message])?;
    Ok(removed > 0)
}

/// Notes when a message that waited reaches its stages, and what it carries.
pub(crate) fn settle_message(
    db: &Connection,
    id: &str,
    times: Times,
    traits: &Traits,
) -> rusqlite::Result<()> {
    let traits = serde_json::to_string(traits).map_err(to_sql)?;
    db.prepare_cached(
        "UPDATE messages SET sent_ms = ?2, delivered_ms = ?3, failed_ms = ?4, traits = ?5
         WHERE id = ?1",
    )?
    .execute(params![
        id,
        times.sent_ms,
        times.delivered_ms,
        times.failed_ms,
        traits,
    ])?;
    Ok(())
}

/// The errands that an earlier start left, in the order in which they came.
pub(super) fn read_errands(db: &Connection) -> rusqlite::Result<Vec<Errand>> {
    let mut errands = db.prepare("SELECT record FROM errands ORDER BY rowid")?;
    errands
        .query_map([], |row| {
            let record: String = row.get(0)?;
            serde_json::from_str(&record).map_err(|error| {
                rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(error))
            })
        })?
        .collect()
}

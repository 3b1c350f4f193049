//! The table of templates.

use rusqlite::{Connection, params, types::Type};

use crate::templates::Template;

/// Writes a template as it is now.
pub(crate) fn put_template(db: &Connection, template: &Template) -> rusqlite::Result<()> {
    let record = serde_json::to_string(template)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    db.prepare_cached(
        "INSERT INTO templates (id, record) VALUES (?1, ?2)
         ON CONFLICT (id) DO UPDATE SET record = excluded.record",
    )?
    .execute(params![template.id, record])?;
    Ok(())
}

/// All templates, the oldest first.
pub(super) fn read_templates(db: &Connection) -> rusqlite::Result<Vec<Template>> {
    let mut templates = db.prepare("SELECT record FROM templates ORDER BY seq")?;
    let records = templates.query_map([], |row| row.get::<_, String>(0))?;
    records
        .map(|record| {
            serde_json::from_str(&record?).map_err(|error| {
                rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(error))
            })
        })
        .collect()
}

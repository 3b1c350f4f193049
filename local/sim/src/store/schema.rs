//! The database file and its tables.

use std::{path::Path, time::Duration};

use rusqlite::Connection;

/// The tables; all are created at the first start.
const TABLES: &str = "
CREATE TABLE IF NOT EXISTS messages (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    phone_number_id TEXT NOT NULL,
    customer TEXT NOT NULL,
    direction TEXT NOT NULL,
    kind TEXT NOT NULL,
    raw TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    sent_ms INTEGER,
    delivered_ms INTEGER,
    read_ms INTEGER,
    failed_ms INTEGER,
    traits TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS messages_of_a_customer ON messages (customer, seq);
CREATE TABLE IF NOT EXISTS callbacks (
    id INTEGER PRIMARY KEY,
    lane TEXT NOT NULL,
    phone_number_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    body BLOB NOT NULL,
    created_ms INTEGER NOT NULL,
    due_ms INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    delivers TEXT
);
CREATE TABLE IF NOT EXISTS windows (
    phone_number_id TEXT NOT NULL,
    customer TEXT NOT NULL,
    opened_ms INTEGER,
    PRIMARY KEY (phone_number_id, customer)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS customers (
    customer TEXT PRIMARY KEY,
    name TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS users (
    customer TEXT PRIMARY KEY,
    user_id TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS unsubscribed (
    waba_id TEXT PRIMARY KEY
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS numbers (
    phone_number_id TEXT PRIMARY KEY,
    record TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS overrides (
    waba_id TEXT PRIMARY KEY,
    path TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS media (
    id TEXT PRIMARY KEY,
    phone_number_id TEXT NOT NULL,
    customer TEXT,
    filename TEXT,
    mime_type TEXT NOT NULL,
    content_type TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    file_size INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL,
    links_after_ms INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS errands (
    message TEXT PRIMARY KEY,
    record TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS templates (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    record TEXT NOT NULL
);
";

/// Opens the database in `folder`, which must exist.
pub(crate) fn open(folder: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(folder.join("whatsapp.sqlite"))?;
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // In WAL mode this loses nothing when the process dies; only a power cut could.
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.execute_batch(TABLES)?;
    Ok(connection)
}

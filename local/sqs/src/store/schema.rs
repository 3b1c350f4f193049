//! The database's layout.

use std::{path::Path, time::Duration};

use rusqlite::Connection;

use crate::{Durability, Error};

/// The layout that this program reads and writes, kept in `PRAGMA user_version`; 0 is an empty file.
const LAYOUT: i64 = 1;

/// A message waits for its time (it is delayed).
pub(super) const DELAYED: i64 = 0;
/// A message can be received.
pub(super) const READY: i64 = 1;
/// A message was received and is hidden.
pub(super) const IN_FLIGHT: i64 = 2;

/// `messages` holds what changes with every step of a message and `contents` what never does, so that receiving a large
/// message does not write it again. The two partial indexes split the messages of a queue into those that can be
/// received, in the order in which they are, and those that wait, by the time at which they can; both hold what is asked
/// of them, so that the messages themselves are not read.
///
/// - `rank` orders the messages of a queue fairly: see `send`.
/// - `copy` is 1 for the second delivery that a test asked for.
/// - `source` is the queue from which a message came to this dead-letter queue.
const TABLES: &str = "
CREATE TABLE queues (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    attributes TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    modified_at INTEGER NOT NULL
) STRICT;
CREATE TABLE messages (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    queue INTEGER NOT NULL REFERENCES queues (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    state INTEGER NOT NULL,
    visible_at INTEGER NOT NULL,
    rank INTEGER NOT NULL,
    group_id TEXT,
    deduplication_id TEXT,
    sent_at INTEGER NOT NULL,
    enqueued_at INTEGER NOT NULL,
    receipt INTEGER,
    receive_count INTEGER NOT NULL DEFAULT 0,
    received_at INTEGER,
    first_received_at INTEGER,
    copy INTEGER NOT NULL DEFAULT 0,
    source TEXT
) STRICT;
CREATE INDEX messages_ready ON messages (queue, rank, sequence, group_id, copy, receive_count, state)
    WHERE state = 1;
CREATE INDEX messages_waiting ON messages (queue, visible_at, state, copy, group_id, rank) WHERE state <> 1;
CREATE INDEX messages_by_group ON messages (queue, group_id, rank) WHERE group_id IS NOT NULL;
CREATE INDEX messages_by_age ON messages (queue, enqueued_at);
CREATE TABLE contents (
    sequence INTEGER PRIMARY KEY REFERENCES messages (sequence) ON DELETE CASCADE,
    body TEXT NOT NULL,
    attributes TEXT,
    trace TEXT
) STRICT;
CREATE TABLE deduplication (
    queue INTEGER NOT NULL REFERENCES queues (id) ON DELETE CASCADE,
    scope TEXT NOT NULL,
    deduplication_id TEXT NOT NULL,
    message_id TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    PRIMARY KEY (queue, scope, deduplication_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX deduplication_by_end ON deduplication (queue, ends_at);
";

/// Opens the file and brings it to the layout.
pub(super) fn open(path: &Path, durability: Durability) -> Result<Connection, Error> {
    let connection = Connection::open(path)?;
    // A server that was just dropped may still be closing the file.
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // The killing of a process takes nothing from a commit in the WAL, which is then with the operating system. NORMAL
    // leaves out the wait for the disk at each commit.
    let synchronous = match durability {
        Durability::Process => "NORMAL",
        Durability::Power => "FULL",
    };
    connection.pragma_update(None, "synchronous", synchronous)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.set_prepared_statement_cache_capacity(64);
    let found = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    match found {
        0 => connection.execute_batch(&format!(
            "BEGIN; {TABLES} PRAGMA user_version = {LAYOUT}; COMMIT;"
        ))?,
        LAYOUT => (),
        _ => {
            return Err(Error::Layout {
                found,
                known: LAYOUT,
            });
        }
    }
    Ok(connection)
}

//! Putting messages on a queue.
//!
//! **Fair order.** Messages are received by `rank`. A message's rank is one more than that of the message before it in
//! its group, and at least one more than the rank that receiving has reached. So a group that sends a thousand at once
//! holds a thousand ranks, a group that sends one then holds the first of them, and receiving by rank takes turns
//! among the groups. Within a group ranks only grow, which is the order that FIFO queues promise. A message without a
//! group is a group of its own.

use rusqlite::{OptionalExtension, params};

use super::{
    Queue, Work,
    schema::{DELAYED, READY},
};
use crate::{clock::SECOND, fault::Fault};

/// For how long the sending of a deduplication id again puts no second message on a FIFO queue: 5 minutes.
const DEDUPLICATION_WINDOW: i64 = 5 * 60 * SECOND;

/// A message to be put on a queue, checked.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sending {
    pub(crate) body: String,
    /// Attributes, as JSON.
    pub(crate) attributes: Option<String>,
    /// The X-Ray trace header.
    pub(crate) trace: Option<String>,
    pub(crate) group_id: Option<String>,
    pub(crate) deduplication_id: Option<String>,
    /// Milliseconds until it can be received.
    pub(crate) delay: i64,
}

/// A message on a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) message_id: String,
    pub(crate) sequence: i64,
}

impl Work<'_> {
    /// Puts the message on the queue; on a FIFO queue one that was sent within the last 5 minutes is answered again
    /// and not put again.
    pub(crate) fn send(&mut self, queue: &Queue, message: &Sending) -> Result<Sent, Fault> {
        let scope = match &message.group_id {
            Some(group) if queue.attributes.deduplicates_by_group() => group.as_str(),
            _ => "",
        };
        let fifo = queue.attributes.is_fifo();
        let unique = message.deduplication_id.as_deref().filter(|_| fifo);
        if let Some(id) = unique
            && let Some(sent) = self.sent_before(queue, scope, id)?
        {
            return Ok(sent);
        }
        let sent = self.insert(queue, message)?;
        if let Some(id) = unique {
            self.connection
                .prepare_cached("INSERT INTO deduplication VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
                .execute(params![
                    queue.id,
                    scope,
                    id,
                    sent.message_id,
                    sent.sequence,
                    self.now + DEDUPLICATION_WINDOW
                ])?;
        }
        self.ring(queue.id);
        Ok(sent)
    }

    fn sent_before(&self, queue: &Queue, scope: &str, id: &str) -> Result<Option<Sent>, Fault> {
        self.connection
            .prepare_cached("DELETE FROM deduplication WHERE queue = ?1 AND ends_at <= ?2")?
            .execute([queue.id, self.now])?;
        let found = self
            .connection
            .prepare_cached(
                "SELECT message_id, sequence FROM deduplication
                 WHERE queue = ?1 AND scope = ?2 AND deduplication_id = ?3",
            )?
            .query_row(params![queue.id, scope, id], |row| {
                Ok(Sent {
                    message_id: row.get(0)?,
                    sequence: row.get(1)?,
                })
            })
            .optional()?;
        Ok(found)
    }

    fn insert(&mut self, queue: &Queue, message: &Sending) -> Result<Sent, Fault> {
        let message_id = new_message_id();
        let rank = self.next_rank(queue.id, message.group_id.as_deref())?;
        let state = if message.delay > 0 { DELAYED } else { READY };
        self.connection
            .prepare_cached(
                "INSERT INTO messages
                 (queue, id, state, visible_at, rank, group_id, deduplication_id, sent_at, enqueued_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8)",
            )?
            .execute(params![
                queue.id,
                message_id,
                state,
                self.now + message.delay,
                rank,
                message.group_id,
                message.deduplication_id,
                self.now,
            ])?;
        let sequence = self.connection.last_insert_rowid();
        self.connection
            .prepare_cached("INSERT INTO contents VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![
                sequence,
                message.body,
                message.attributes,
                message.trace
            ])?;
        Ok(Sent {
            message_id,
            sequence,
        })
    }

    /// The rank of a message that comes to the queue now.
    pub(super) fn next_rank(&mut self, queue: i64, group: Option<&str>) -> Result<i64, Fault> {
        let reached = self.reached(queue)?;
        let Some(group) = group else {
            return Ok(reached + 1);
        };
        let last: Option<i64> = self
            .connection
            .prepare_cached("SELECT MAX(rank) FROM messages WHERE queue = ?1 AND group_id = ?2")?
            .query_row(params![queue, group], |row| row.get(0))?;
        Ok(last.unwrap_or(0).max(reached) + 1)
    }

    /// The rank that receiving has reached; after a start, just before the first message there is.
    fn reached(&mut self, queue: i64) -> Result<i64, Fault> {
        if let Some(reached) = self.memory.reached.get(&queue) {
            return Ok(*reached);
        }
        let first: Option<i64> = self
            .connection
            .prepare_cached("SELECT MIN(rank) FROM messages WHERE queue = ?1")?
            .query_row([queue], |row| row.get(0))?;
        let reached = first.unwrap_or(1) - 1;
        self.memory.reached.insert(queue, reached);
        Ok(reached)
    }
}

/// A random UUID (version 4).
pub(crate) fn new_message_id() -> String {
    let random = rand::random::<u128>();
    let versioned = random & !(0xf << 76) & !(0x3 << 62) | 0x4 << 76 | 0x2 << 62;
    let digits = format!("{versioned:032x}");
    [0..8, 8..12, 12..16, 16..20, 20..32]
        .map(|part| &digits[part])
        .join("-")
}

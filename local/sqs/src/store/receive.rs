//! Taking messages from a queue.

use std::collections::HashMap;

use rusqlite::params;

use super::{
    Queue, Work,
    schema::{IN_FLIGHT, READY},
};
use crate::{attributes::Redrive, clock::SECOND, fault::Fault, handle::ReceiptHandle};

/// What a receiver asks for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Receiving {
    /// How many messages at most.
    pub(crate) limit: usize,
    /// For how many seconds they are hidden; the queue's own time-out if nothing.
    pub(crate) visibility_seconds: Option<i64>,
    /// The probability with which each is delivered a second time, 0 to 1.
    pub(crate) duplicates: f64,
}

/// What a receiver gets.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) queue: Queue,
    pub(crate) messages: Vec<Delivery>,
    /// When the next message becomes visible by itself, in milliseconds since 1970.
    pub(crate) next_at: Option<i64>,
}

/// A message on its way to a receiver.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) handle: ReceiptHandle,
    pub(crate) message_id: String,
    pub(crate) body: String,
    /// Attributes, as JSON.
    pub(crate) attributes: Option<String>,
    pub(crate) trace: Option<String>,
    pub(crate) group_id: Option<String>,
    pub(crate) deduplication_id: Option<String>,
    /// Milliseconds since 1970.
    pub(crate) sent_at: i64,
    /// Milliseconds since 1970.
    pub(crate) first_received_at: i64,
    pub(crate) receive_count: i64,
    /// The ARN of the queue whose dead-letter queue this is.
    pub(crate) source: Option<String>,
}

/// A message that can be received.
struct Candidate {
    sequence: i64,
    rank: i64,
    group_id: Option<String>,
    copy: bool,
    receive_count: i64,
}

/// How many times as many messages as are wanted are looked at, to find those of one group.
const AHEAD: usize = 4;

impl Work<'_> {
    /// Takes messages from the queue. Those that were received too often go to the dead-letter queue instead.
    pub(crate) fn receive(
        &mut self,
        queue: Queue,
        wanted: Receiving,
        arn_of: impl Fn(&str) -> String,
    ) -> Result<Received, Fault> {
        self.settle(&queue)?;
        let redrive = match queue.attributes.redrive() {
            Some(policy) => self
                .find_queue(&policy.target)?
                .map(|target| (policy, target)),
            None => None,
        };
        let limit = redrive.as_ref().map(|(policy, _)| policy);
        let (taken, spent) = self.choose(&queue, wanted.limit, limit)?;
        if let Some((_, target)) = &redrive {
            for message in &spent {
                self.bury(message, target, &arn_of(&queue.name))?;
            }
        }
        let visibility = wanted
            .visibility_seconds
            .unwrap_or_else(|| queue.attributes.number("VisibilityTimeout"));
        let mut messages = Vec::with_capacity(taken.len());
        for message in taken {
            messages.push(self.deliver(&queue, &message, visibility * SECOND)?);
            // The copy lies beside the message, with a delivery and a handle of its own, so that neither is in the
            // other's way; a copy is not copied.
            if !message.copy && wanted.duplicates > 0.0 && rand::random::<f64>() < wanted.duplicates
            {
                self.copy(message.sequence)?;
            }
            let reached = self.memory.reached.entry(queue.id).or_default();
            *reached = message.rank.max(*reached);
        }
        if !messages.is_empty() {
            // What was received comes back at a new time, for which somebody who waits has to set the alarm.
            self.ring(queue.id);
        }
        let next_at = self
            .connection
            .prepare_cached("SELECT MIN(visible_at) FROM messages WHERE queue = ?1 AND state <> 1")?
            .query_row([queue.id], |row| row.get(0))?;
        Ok(Received {
            queue,
            messages,
            next_at,
        })
    }

    /// The messages whose turn it is, and those passed on the way that were received too often.
    fn choose(
        &self,
        queue: &Queue,
        limit: usize,
        redrive: Option<&Redrive>,
    ) -> Result<(Vec<Candidate>, Vec<Candidate>), Fault> {
        let is_spent = |message: &Candidate| {
            let policy = redrive.filter(|_| !message.copy);
            policy.is_some_and(|policy| message.receive_count >= policy.max_receive_count)
        };
        let mut candidates = self.candidates(queue, limit, is_spent)?.into_iter();
        let (mut taken, mut spent) = (Vec::new(), Vec::new());
        while taken.len() < limit
            && let Some(message) = candidates.next()
        {
            match is_spent(&message) {
                true => spent.push(message),
                false => taken.push(message),
            }
        }
        Ok((taken, spent))
    }

    /// The messages that come next, at least `limit` that are not spent where there are as many. They come by rank; from a
    /// FIFO queue group by group where fewer groups have messages than are wanted, so that a receiver holds few groups and
    /// leaves the others to other receivers, as Amazon describes it ("FIFO queue delivery logic").
    fn candidates(
        &self,
        queue: &Queue,
        limit: usize,
        is_spent: impl Fn(&Candidate) -> bool,
    ) -> Result<Vec<Candidate>, Fault> {
        let fifo = queue.attributes.is_fifo();
        let barriers = match fifo {
            true => self.barriers(queue)?,
            false => HashMap::new(),
        };
        let mut statement = self.connection.prepare_cached(
            "SELECT sequence, rank, group_id, copy, receive_count FROM messages
             WHERE queue = ?1 AND state = 1 ORDER BY rank, sequence",
        )?;
        let mut rows = statement.query([queue.id])?;
        let (mut found, mut turns) = (Vec::new(), HashMap::new());
        let (mut wanted, mut fit) = (limit, 0);
        while fit < wanted
            && let Some(row) = rows.next()?
        {
            let message = Candidate {
                sequence: row.get(0)?,
                rank: row.get(1)?,
                group_id: row.get(2)?,
                copy: row.get(3)?,
                receive_count: row.get(4)?,
            };
            let group = message.group_id.clone();
            let barrier = group.as_ref().and_then(|group| barriers.get(group));
            if !message.copy && barrier.is_some_and(|barrier| *barrier <= message.rank) {
                continue;
            }
            fit += usize::from(!is_spent(&message));
            let next = turns.len();
            let turn = *turns.entry(group).or_insert(next);
            found.push((turn, message));
            if fifo && turns.len() < found.len() {
                wanted = limit * AHEAD;
            }
        }
        if fifo {
            // It keeps the order within a group.
            found.sort_by_key(|(turn, _)| *turn);
        }
        Ok(found.into_iter().map(|(_, message)| message).collect())
    }

    /// Groups of a FIFO queue that give nothing from a rank on: all of it while one of its messages is in flight, and
    /// what follows a message that is still delayed.
    fn barriers(&self, queue: &Queue) -> Result<HashMap<String, i64>, Fault> {
        let mut statement = self.connection.prepare_cached(
            // Left to itself SQLite reads every message of the queue, because those are grouped already.
            "SELECT group_id, MIN(CASE state WHEN 2 THEN 0 ELSE rank END) FROM messages INDEXED BY messages_waiting
             WHERE queue = ?1 AND state <> 1 AND copy = 0 AND group_id IS NOT NULL GROUP BY group_id",
        )?;
        let groups = statement.query_map([queue.id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(groups.collect::<rusqlite::Result<_>>()?)
    }

    fn deliver(
        &mut self,
        queue: &Queue,
        message: &Candidate,
        visibility: i64,
    ) -> Result<Delivery, Fault> {
        let handle = ReceiptHandle {
            queue: queue.id,
            sequence: message.sequence,
            receipt: rand::random(),
        };
        self.connection
            .prepare_cached(
                "UPDATE messages SET state = ?2, visible_at = ?3, receipt = ?4, receive_count = receive_count + 1,
                 received_at = ?5, first_received_at = COALESCE(first_received_at, ?5) WHERE sequence = ?1",
            )?
            .execute(params![
                message.sequence,
                IN_FLIGHT,
                self.now + visibility,
                handle.receipt,
                self.now
            ])?;
        let delivery = self
            .connection
            .prepare_cached(
                "SELECT id, body, attributes, trace, group_id, deduplication_id, sent_at, first_received_at,
                 receive_count, source FROM messages JOIN contents USING (sequence) WHERE sequence = ?1",
            )?
            .query_row([message.sequence], |row| {
                Ok(Delivery {
                    handle,
                    message_id: row.get(0)?,
                    body: row.get(1)?,
                    attributes: row.get(2)?,
                    trace: row.get(3)?,
                    group_id: row.get(4)?,
                    deduplication_id: row.get(5)?,
                    sent_at: row.get(6)?,
                    first_received_at: row.get(7)?,
                    receive_count: row.get(8)?,
                    source: row.get(9)?,
                })
            })?;
        Ok(delivery)
    }

    /// Moves a message to a dead-letter queue, with its id, its count and its contents. On standard queues its age goes
    /// on from when it was first sent; on FIFO queues it begins anew.
    fn bury(&mut self, message: &Candidate, target: &Queue, source: &str) -> Result<(), Fault> {
        let rank = self.next_rank(target.id, message.group_id.as_deref())?;
        self.connection
            .prepare_cached(
                "UPDATE messages SET queue = ?2, rank = ?3, state = ?4, visible_at = ?5, receipt = NULL, source = ?6,
                 enqueued_at = CASE WHEN ?7 THEN ?5 ELSE enqueued_at END WHERE sequence = ?1",
            )?
            .execute(params![
                message.sequence,
                target.id,
                rank,
                READY,
                self.now,
                source,
                target.attributes.is_fifo()
            ])?;
        self.ring(target.id);
        Ok(())
    }

    /// Puts a second delivery of a message beside it, to be received at once.
    fn copy(&mut self, sequence: i64) -> Result<(), Fault> {
        self.connection
            .prepare_cached(
                "INSERT INTO messages (queue, id, state, visible_at, rank, group_id, deduplication_id, sent_at,
                 enqueued_at, receive_count, first_received_at, copy, source)
                 SELECT queue, id, ?2, ?3, rank, group_id, deduplication_id, sent_at,
                 enqueued_at, receive_count, first_received_at, 1, source FROM messages WHERE sequence = ?1",
            )?
            .execute(params![sequence, READY, self.now])?;
        let copy = self.connection.last_insert_rowid();
        self.connection
            .prepare_cached(
                "INSERT INTO contents SELECT ?2, body, attributes, trace FROM contents WHERE sequence = ?1",
            )?
            .execute([sequence, copy])?;
        Ok(())
    }
}

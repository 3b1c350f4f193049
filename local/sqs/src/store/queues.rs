//! Queues: making, finding, changing, counting and ending them.

use rusqlite::{OptionalExtension, Row, params};

use super::{
    Work,
    schema::{DELAYED, IN_FLIGHT, READY},
};
use crate::{
    attributes::QueueAttributes,
    clock::SECOND,
    fault::{Fault, Kind},
};

/// A queue.
#[derive(Debug, Clone)]
pub(crate) struct Queue {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) attributes: QueueAttributes,
    /// Milliseconds since 1970.
    pub(crate) created_at: i64,
    /// Milliseconds since 1970.
    pub(crate) modified_at: i64,
}

/// How many messages a queue holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) ready: i64,
    pub(crate) in_flight: i64,
    pub(crate) delayed: i64,
}

impl Work<'_> {
    /// The queue of this name.
    pub(crate) fn queue(&self, name: &str) -> Result<Queue, Fault> {
        self.find_queue(name)?.ok_or_else(Fault::no_such_queue)
    }

    /// The queue of this name, if there is one.
    pub(crate) fn find_queue(&self, name: &str) -> rusqlite::Result<Option<Queue>> {
        self.connection
            .prepare_cached(
                "SELECT id, name, attributes, created_at, modified_at FROM queues WHERE name = ?1",
            )?
            .query_row([name], read)
            .optional()
    }

    /// Makes the queue, unless it is there with the same attributes.
    pub(crate) fn create_queue(
        &mut self,
        name: &str,
        attributes: &QueueAttributes,
    ) -> Result<(), Fault> {
        if let Some(queue) = self.find_queue(name)? {
            return match queue.attributes.differs(attributes) {
                None => Ok(()),
                Some(differing) => Err(Fault::new(
                    Kind::QueueNameExists,
                    format!(
                        "A queue already exists with the same name and a different value for attribute {differing}."
                    ),
                )),
            };
        }
        self.check_redrive(attributes)?;
        self.connection
            .prepare_cached("INSERT INTO queues (name, attributes, created_at, modified_at) VALUES (?1, ?2, ?3, ?3)")?
            .execute(params![name, attributes.to_json(), self.now])?;
        Ok(())
    }

    /// Replaces the attributes of the queue.
    pub(crate) fn set_attributes(
        &mut self,
        queue: &Queue,
        attributes: &QueueAttributes,
    ) -> Result<(), Fault> {
        self.check_redrive(attributes)?;
        self.connection
            .prepare_cached("UPDATE queues SET attributes = ?2, modified_at = ?3 WHERE id = ?1")?
            .execute(params![queue.id, attributes.to_json(), self.now])?;
        self.ring(queue.id);
        Ok(())
    }

    /// A dead-letter queue has to be there and of the same kind.
    fn check_redrive(&self, attributes: &QueueAttributes) -> Result<(), Fault> {
        let Some(redrive) = attributes.redrive() else {
            return Ok(());
        };
        let invalid = |reason| Fault::invalid("RedrivePolicy", &redrive.target, reason);
        let target = self
            .find_queue(&redrive.target)?
            .ok_or_else(|| invalid("Dead letter target does not exist."))?;
        if target.attributes.is_fifo() != attributes.is_fifo() {
            return Err(invalid(
                "The dead letter queue must be of the same type as the source.",
            ));
        }
        Ok(())
    }

    /// The names of queues that begin with `prefix` and come after `after`, at most `limit`.
    pub(crate) fn queue_names(
        &self,
        prefix: &str,
        after: &str,
        limit: i64,
    ) -> Result<Vec<String>, Fault> {
        let mut statement = self.connection.prepare_cached(
            "SELECT name FROM queues WHERE substr(name, 1, length(?1)) = ?1 AND name > ?2 ORDER BY name LIMIT ?3",
        )?;
        let names = statement.query_map(params![prefix, after, limit], |row| row.get(0))?;
        Ok(names.collect::<rusqlite::Result<_>>()?)
    }

    /// Ends the queue with everything in it.
    pub(crate) fn delete_queue(&mut self, queue: &Queue) -> Result<(), Fault> {
        self.connection
            .prepare_cached("DELETE FROM queues WHERE id = ?1")?
            .execute([queue.id])?;
        self.memory.reached.remove(&queue.id);
        self.ring(queue.id);
        Ok(())
    }

    /// Removes every message of the queue.
    pub(crate) fn purge_queue(&mut self, queue: &Queue) -> Result<(), Fault> {
        self.connection
            .prepare_cached("DELETE FROM messages WHERE queue = ?1")?
            .execute([queue.id])?;
        self.ring(queue.id);
        Ok(())
    }

    /// How many messages there are now.
    pub(crate) fn counts(&mut self, queue: &Queue) -> Result<Counts, Fault> {
        self.settle(queue)?;
        let mut statement = self.connection.prepare_cached(
            "SELECT 1, COUNT(*) FROM messages WHERE queue = ?1 AND state = 1
             UNION ALL
             SELECT state, COUNT(*) FROM messages INDEXED BY messages_waiting
             WHERE queue = ?1 AND state <> 1 GROUP BY state",
        )?;
        let mut rows = statement.query([queue.id])?;
        let mut counts = Counts::default();
        while let Some(row) = rows.next()? {
            let count = row.get(1)?;
            match row.get(0)? {
                READY => counts.ready = count,
                IN_FLIGHT => counts.in_flight = count,
                DELAYED => counts.delayed = count,
                _ => (),
            }
        }
        Ok(counts)
    }

    /// Brings the queue to the present: what is too old goes, what was hidden until now can be received.
    pub(super) fn settle(&mut self, queue: &Queue) -> Result<(), Fault> {
        let retention = queue.attributes.number("MessageRetentionPeriod") * SECOND;
        self.connection
            .prepare_cached("DELETE FROM messages WHERE queue = ?1 AND enqueued_at <= ?2")?
            .execute([queue.id, self.now - retention])?;
        // A second delivery that a test asked for comes once.
        self.connection
            .prepare_cached(
                "DELETE FROM messages WHERE queue = ?1 AND state <> 1 AND visible_at <= ?2 AND copy = 1",
            )?
            .execute([queue.id, self.now])?;
        self.connection
            .prepare_cached(
                "UPDATE messages SET state = 1 WHERE queue = ?1 AND state <> 1 AND visible_at <= ?2",
            )?
            .execute([queue.id, self.now])?;
        Ok(())
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Queue> {
    Ok(Queue {
        id: row.get(0)?,
        name: row.get(1)?,
        attributes: QueueAttributes::from_json(row.get_ref(2)?.as_str()?),
        created_at: row.get(3)?,
        modified_at: row.get(4)?,
    })
}

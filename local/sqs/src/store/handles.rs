//! What can be done with a receipt handle: deleting its message, and hiding it for longer or shorter.

use rusqlite::{OptionalExtension, params};

use super::{Queue, Work, schema::IN_FLIGHT};
use crate::{
    attributes::MAX_VISIBILITY_SECONDS,
    clock::SECOND,
    fault::{Fault, Kind},
    handle::ReceiptHandle,
};

/// The delivery that a handle speaks of, as the message stands.
struct Held {
    state: i64,
    is_latest: bool,
    received_at: i64,
}

impl Work<'_> {
    /// Deletes the message of the handle. An old handle deletes nothing: on a standard queue the call succeeds all the
    /// same, on a FIFO queue it is refused, and so it is there once the message is visible again.
    pub(crate) fn delete_message(&mut self, queue: &Queue, handle: &str) -> Result<(), Fault> {
        let parsed = self.parse(queue, handle)?;
        let Some(held) = self.held(queue, parsed)? else {
            return Ok(());
        };
        if queue.attributes.is_fifo() && !(held.is_latest && held.state == IN_FLIGHT) {
            return Err(Fault::invalid(
                "ReceiptHandle",
                handle,
                "The receipt handle has expired.",
            ));
        }
        if held.is_latest {
            self.connection
                .prepare_cached("DELETE FROM messages WHERE sequence = ?1")?
                .execute([parsed.sequence])?;
            // The rest of its group is free now.
            self.ring(queue.id);
        }
        Ok(())
    }

    /// Hides the message of the handle for so many seconds from now; 0 shows it at once.
    pub(crate) fn change_visibility(
        &mut self,
        queue: &Queue,
        handle: &str,
        seconds: i64,
    ) -> Result<(), Fault> {
        let parsed = self.parse(queue, handle)?;
        let held = self.held(queue, parsed)?.filter(|held| held.is_latest);
        let Some(held) = held else {
            return Err(Fault::invalid(
                "ReceiptHandle",
                handle,
                "Message does not exist or is not available for visibility timeout change.",
            ));
        };
        if held.state != IN_FLIGHT {
            return Err(Fault::new(
                Kind::MessageNotInflight,
                "The specified message isn't in flight.",
            ));
        }
        let visible_at = self.now + seconds * SECOND;
        if visible_at - held.received_at > MAX_VISIBILITY_SECONDS * SECOND {
            return Err(Fault::invalid(
                "VisibilityTimeout",
                seconds,
                "Total VisibilityTimeout for the message is beyond the limit [43200 seconds].",
            ));
        }
        // One that is to be shown at once is so with the next look at the queue, like any other whose time has come.
        self.connection
            .prepare_cached("UPDATE messages SET visible_at = ?2 WHERE sequence = ?1")?
            .execute([parsed.sequence, visible_at])?;
        self.ring(queue.id);
        Ok(())
    }

    fn parse(&self, queue: &Queue, handle: &str) -> Result<ReceiptHandle, Fault> {
        ReceiptHandle::decode(handle)
            .filter(|handle| handle.queue == queue.id)
            .ok_or_else(Fault::bad_handle)
    }

    /// Nothing if the message is gone.
    fn held(&mut self, queue: &Queue, handle: ReceiptHandle) -> Result<Option<Held>, Fault> {
        self.settle(queue)?;
        let held = self
            .connection
            .prepare_cached(
                "SELECT state, receipt IS ?3, COALESCE(received_at, 0) FROM messages
                 WHERE sequence = ?1 AND queue = ?2",
            )?
            .query_row(params![handle.sequence, queue.id, handle.receipt], |row| {
                Ok(Held {
                    state: row.get(0)?,
                    is_latest: row.get(1)?,
                    received_at: row.get(2)?,
                })
            })
            .optional()?;
        Ok(held)
    }
}

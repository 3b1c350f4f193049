//! Messages that are taken on and sent later, by whoever works their job.

use std::collections::HashMap;

use openwati_core::id::Id;
use openwati_core::idempotency::Answer;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;

use super::outcome::error_value;
use super::{MessageError, NewMessage, answer_name};
use crate::error::StoreError;
use crate::item::{at, s};
use crate::keys::{Key, due_shard};
use crate::outbox::{OutboxRecord, outbox_item};
use crate::store::{Store, Update, Updated};
use crate::transaction::Transacted;

/// What a message has only once something became of it.
const OPEN: &str = "attribute_exists(accepted_at) AND attribute_not_exists(unknown_at) \
                    AND attribute_not_exists(sent_at) AND attribute_not_exists(failed_at) \
                    AND attribute_not_exists(delivered_at) AND attribute_not_exists(read_at)";

/// An accepted message in the hands of the one who sends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Which.
    pub message: Id,
    /// An id of the holder's own.
    pub by: Id,
    /// Until when.
    pub lease_until: Moment,
}

impl Store {
    /// Takes a message on that is sent later, together with the job that does it: both or neither. Says whether the id
    /// was new.
    ///
    /// # Errors
    /// If the store did not answer; both may be there then.
    pub async fn accept_message(
        &self,
        tenant: &TenantId,
        message: NewMessage<'_>,
        outbox: (Id, &OutboxRecord),
        now: Moment,
    ) -> Result<bool, StoreError> {
        let operation = "accepting a message";
        let mut item = message.item(operation, tenant)?;
        item.extend(Key::message(tenant, message.id).map());
        item.insert("accepted_at".to_owned(), at(now));
        let (id, record) = outbox;
        let mut job = outbox_item(operation, id, record, now)?;
        job.extend(Key::outbox(tenant, id).map());
        let both = vec![self.put_if_new(item), self.put_if_new(job)];
        Ok(matches!(
            self.transact(operation, both).await?,
            Transacted::Done
        ))
    }

    /// Takes an accepted message back that nobody holds and nothing became of. Its job finds nothing then.
    ///
    /// # Errors
    /// If the store did not answer; the message is sent all the same then.
    pub async fn withdraw_accepted(&self, tenant: &TenantId, id: Id) -> Result<(), StoreError> {
        let untouched = format!("{OPEN} AND attribute_not_exists(due_at)");
        let key = Key::message(tenant, id);
        let operation = "withdrawing an accepted message";
        self.delete(operation, &key, &untouched, HashMap::new())
            .await?;
        Ok(())
    }

    /// Claims an accepted message that nobody holds and nothing became of, with its content as it is handed over. From
    /// here on it ends with an outcome, unless [`put_back_accepted`](Self::put_back_accepted) lays it down again. Says
    /// whether it is the holder's.
    ///
    /// # Errors
    /// If the store did not answer; it may be claimed then, and ends as `unknown`.
    pub async fn claim_accepted(
        &self,
        tenant: &TenantId,
        held: Held,
        content: &str,
    ) -> Result<bool, StoreError> {
        let update = Update::new(
            Key::message(tenant, held.message),
            "SET lease_until = :until, due_shard = :shard, due_at = :until, held_by = :by, content = :content",
        )
        .condition(format!("{OPEN} AND attribute_not_exists(due_at)"))
        .value(":until", at(held.lease_until))
        .value(":shard", s(due_shard(held.message)))
        .value(":by", s(held.by.hex()))
        .value(":content", s(content));
        Ok(
            match self.update("claiming an accepted message", update).await? {
                Updated::Done(_) => true,
                // Our own claim, whose answer was lost before the client asked again?
                Updated::Refused(Some(there)) => {
                    there.contains_key("due_at")
                        && crate::item::text(&there, "held_by") == Some(&held.by.hex())
                }
                Updated::Refused(None) => false,
            },
        )
    }

    /// Lays a message down that was certainly not sent, for another try.
    ///
    /// # Errors
    /// If the store did not answer; the message ends as `unknown` then, though nothing was sent.
    pub async fn put_back_accepted(&self, tenant: &TenantId, held: Held) -> Result<(), StoreError> {
        let update = Update::new(
            Key::message(tenant, held.message),
            "REMOVE due_shard, due_at, lease_until, held_by",
        )
        .condition(format!("{OPEN} AND held_by = :by"))
        .value(":by", s(held.by.hex()));
        self.update("laying a message down", update).await?;
        Ok(())
    }

    /// Gives an accepted message up which nobody holds: it has failed. Says whether it was this that gave it up.
    ///
    /// # Errors
    /// If the store did not answer; it may be given up then.
    pub async fn give_up_accepted(
        &self,
        tenant: &TenantId,
        id: Id,
        error: &MessageError,
        now: Moment,
    ) -> Result<bool, StoreError> {
        let operation = "giving an accepted message up";
        let update = Update::new(
            Key::message(tenant, id),
            "SET failed_at = :now, #error = :error, answer = :answer",
        )
        .condition(format!("{OPEN} AND attribute_not_exists(due_at)"))
        .name("#error", "error")
        .value(":now", at(now))
        .value(":error", error_value(operation, error)?)
        .value(":answer", s(answer_name(Answer::Refused)));
        let updated = self.update(operation, update).await?;
        Ok(matches!(updated, Updated::Done(_)))
    }
}

//! What a sender learned of its message.

use aws_sdk_dynamodb::types::{Put, TransactWriteItem, Update as TransactUpdate};
use openwati_core::id::Id;
use openwati_core::idempotency::Answer;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;

use super::{MessageError, answer_name};
use crate::error::StoreError;
use crate::item::{Item, at, s, write};
use crate::keys::Key;
use crate::store::{Store, Update, Updated};
use crate::transaction::Transacted;

/// What an open message has and a settled one has not.
const REMOVE_CLAIM: &str = "REMOVE due_shard, due_at, lease_until";

impl Store {
    /// WhatsApp took the message: it is `sent`, and found by its wamid from now on, both or neither. What WhatsApp answered
    /// its sender counts more than the wamid of a callback that came before.
    ///
    /// # Errors
    /// If the store did not answer; a callback or the lapsed lease settles the message then.
    pub async fn message_accepted(
        &self,
        tenant: &TenantId,
        id: Id,
        wamid: &str,
        now: Moment,
    ) -> Result<(), StoreError> {
        let operation = "recording that WhatsApp took a message";
        let update = TransactUpdate::builder()
            .table_name(&*self.table)
            .set_key(Some(Key::message(tenant, id).map()))
            .update_expression(format!(
                "SET sent_at = if_not_exists(sent_at, :now), wamid = :wamid, \
                 answer = :answer {REMOVE_CLAIM}"
            ))
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":now", at(now))
            .expression_attribute_values(":wamid", s(wamid))
            .expression_attribute_values(":answer", s(answer_name(Answer::Accepted)))
            .build()
            .expect("table, key and expression are given");
        let put = Put::builder()
            .table_name(&*self.table)
            .set_item(Some(wamid_item(tenant, wamid, id)))
            .build()
            .expect("table and item are given");
        let items = [
            TransactWriteItem::builder().update(update).build(),
            TransactWriteItem::builder().put(put).build(),
        ];
        match self.transact(operation, items.to_vec()).await? {
            Transacted::Done => Ok(()),
            Transacted::Refused => {
                let reason = "the message is not there".to_owned();
                Err(StoreError::Unavailable { operation, reason })
            }
        }
    }

    /// WhatsApp refused the message, or was never reached: it has failed, and `answer` is what the caller is told.
    ///
    /// # Errors
    /// If the store did not answer; the message ends as `unknown` then.
    pub async fn message_refused(
        &self,
        tenant: &TenantId,
        id: Id,
        error: &MessageError,
        answer: Answer,
        now: Moment,
    ) -> Result<(), StoreError> {
        let operation = "recording that a message was refused";
        let update = Update::new(
            Key::message(tenant, id),
            format!(
                "SET failed_at = if_not_exists(failed_at, :now), #error = :error, answer = :answer \
                 {REMOVE_CLAIM}"
            ),
        )
        .condition("attribute_exists(pk)")
        .name("#error", "error")
        .value(":now", at(now))
        .value(":error", error_value(operation, error)?)
        .value(":answer", s(answer_name(answer)));
        self.update(operation, update).await?;
        Ok(())
    }

    /// Nobody knows whether WhatsApp took the message: its sender saw no answer, or died. A message whose outcome is
    /// known by now stays as it is. Says whether the message was open.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn message_unknown(
        &self,
        tenant: &TenantId,
        id: Id,
        now: Moment,
    ) -> Result<bool, StoreError> {
        let update = Update::new(
            Key::message(tenant, id),
            format!("SET unknown_at = if_not_exists(unknown_at, :now) {REMOVE_CLAIM}"),
        )
        .condition("attribute_exists(due_at)")
        .value(":now", at(now));
        let updated = self.update("recording an unknown outcome", update).await?;
        Ok(matches!(updated, Updated::Done(_)))
    }
}

/// The item by which a message is found by WhatsApp's id of it.
pub(super) fn wamid_item(tenant: &TenantId, wamid: &str, id: Id) -> Item {
    let mut item = Key::wamid(tenant, wamid).map();
    item.insert("message".to_owned(), s(id.hex()));
    item
}

pub(super) fn error_value(
    operation: &'static str,
    error: &MessageError,
) -> Result<aws_sdk_dynamodb::types::AttributeValue, StoreError> {
    write(operation, error).map(aws_sdk_dynamodb::types::AttributeValue::M)
}

//! Keeping a message that came in, or that was sent by other means than ours.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{ConditionCheck, TransactWriteItem, Update as TransactUpdate};
use openwati_core::id::Id;
use openwati_core::message::Recipient;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;

use super::outcome::wamid_item;
use super::{Direction, MediaRecord};
use crate::alias::AliasRecord;
use crate::conversation::ConversationRecord;
use crate::error::StoreError;
use crate::item::{Item, at, n, s, write};
use crate::keys::{Key, names, peer_partition};
use crate::store::Store;
use crate::transaction::Transacted;

const OPERATION: &str = "keeping a message that came in";

/// Most changes of one transaction: DynamoDB's limit.
pub const MOST_CHANGES: usize = 100;

/// A message that WhatsApp told of.
#[derive(Debug, Clone, Copy)]
pub struct ToldMessage<'a> {
    /// Its id, made of the time at which it was written.
    pub id: Id,
    /// Which way it went.
    pub direction: Direction,
    /// The channel it went over.
    pub channel: Id,
    /// Whom it was with.
    pub peer: &'a Recipient,
    /// Its content, as JSON of [`openwati_core::incoming::Incoming`].
    pub content: &'a str,
    /// WhatsApp's id of it.
    pub wamid: &'a str,
    /// When it was written.
    pub sent_at: Moment,
    /// When it came to us; none where it did not come to the business.
    pub received_at: Option<Moment>,
    /// Its file.
    pub media: Option<&'a MediaRecord>,
}

/// The conversation that a message belongs to.
#[derive(Debug, Clone, Copy)]
pub struct ConversationChange<'a> {
    /// Where it lies.
    pub alias: &'a AliasRecord,
    /// The key of the customer's by which that is known.
    pub key: &'a Recipient,
    /// As it was read, if it was there.
    pub before: Option<&'a ConversationRecord>,
    /// As it is with the message counted in.
    pub after: &'a ConversationRecord,
}

impl ConversationChange<'_> {
    /// As it was read, unless it goes on elsewhere.
    fn known_here(&self) -> Option<&ConversationRecord> {
        self.before.filter(|before| before.moved_to.is_none())
    }
}

impl Store {
    /// Keeps a message, its look-up by wamid and its conversation's new sum: all or nothing, and once. Says whether it
    /// was done, which it is not where the message is there already, or somebody changed the conversation meanwhile.
    ///
    /// # Errors
    /// If the store did not answer; it may be done then.
    pub async fn receive_message(
        &self,
        tenant: &TenantId,
        message: &ToldMessage<'_>,
        conversation: &ConversationChange<'_>,
    ) -> Result<bool, StoreError> {
        let mut changes = Vec::with_capacity(4);
        self.add_message(&mut changes, tenant, message)?;
        changes.push(self.sum_up(tenant, message.channel, conversation)?);
        if conversation.known_here().is_none() {
            // What is not there has no version: that the conversation belongs here is looked at instead.
            changes.push(self.check_alias(tenant, conversation));
        }
        let made = self.transact(OPERATION, changes).await?;
        Ok(matches!(made, Transacted::Done))
    }

    /// Keeps several messages with the new sums of their conversations, which were read where they are, in one request: all
    /// or nothing, and once. Says whether it was done, which it is not where one of the messages is there already, or
    /// somebody changed one of the conversations meanwhile. No message and no conversation may be named twice, and there
    /// may be at most [`MOST_CHANGES`] of both, a message counted as two.
    ///
    /// # Errors
    /// If the store did not answer; it may be done then.
    pub async fn receive_messages(
        &self,
        messages: &[(&TenantId, ToldMessage<'_>)],
        conversations: &[(&TenantId, Id, ConversationChange<'_>)],
    ) -> Result<bool, StoreError> {
        let mut changes = Vec::with_capacity(2 * messages.len() + conversations.len());
        for (tenant, message) in messages {
            self.add_message(&mut changes, tenant, message)?;
        }
        for (tenant, channel, change) in conversations {
            changes.push(self.sum_up(tenant, *channel, change)?);
        }
        let made = self.transact(OPERATION, changes).await?;
        Ok(matches!(made, Transacted::Done))
    }

    fn add_message(
        &self,
        changes: &mut Vec<TransactWriteItem>,
        tenant: &TenantId,
        message: &ToldMessage<'_>,
    ) -> Result<(), StoreError> {
        changes.push(self.put_if_new(message_item(tenant, message)?));
        changes.push(self.put_if_new(wamid_item(tenant, message.wamid, message.id)));
        Ok(())
    }

    fn sum_up(
        &self,
        tenant: &TenantId,
        channel: Id,
        change: &ConversationChange<'_>,
    ) -> Result<TransactWriteItem, StoreError> {
        let version = change.before.map_or(0, |before| before.version);
        let mut sum = write(OPERATION, &change.after.summary)?;
        sum.insert("contact".to_owned(), s(change.alias.contact.hex()));
        let mut sets = vec!["version = :next".to_owned()];
        let mut update = TransactUpdate::builder()
            .table_name(&*self.table)
            .set_key(Some(
                Key::conversation(tenant, change.alias.peer.as_str(), channel).map(),
            ))
            .expression_attribute_values(":next", n(version + 1));
        for (name, value) in sum {
            sets.push(format!("#{name} = :{name}"));
            update = update
                .expression_attribute_names(format!("#{name}"), &name)
                .expression_attribute_values(format!(":{name}"), value);
        }
        // What a summary lacks is none of its attributes' old values.
        let mut removes = vec!["moved_to"];
        for (name, is_there) in [
            ("#username", change.after.summary.username.is_some()),
            ("#name", change.after.summary.name.is_some()),
            ("#last_is_ours", change.after.summary.last_is_ours),
        ] {
            if !is_there {
                update = update.expression_attribute_names(name, &name[1..]);
                removes.push(name);
            }
        }
        let update = update.update_expression(format!(
            "SET {} REMOVE {}",
            sets.join(", "),
            removes.join(", ")
        ));
        let update = match version {
            0 => update.condition_expression("attribute_not_exists(version)"),
            version => update
                .condition_expression("version = :version")
                .expression_attribute_values(":version", n(version)),
        };
        let update = update.build().expect("table, key and expression are given");
        Ok(TransactWriteItem::builder().update(update).build())
    }

    fn check_alias(&self, tenant: &TenantId, change: &ConversationChange<'_>) -> TransactWriteItem {
        let check = ConditionCheck::builder()
            .table_name(&*self.table)
            .set_key(Some(Key::alias(tenant, change.key).map()))
            .condition_expression("contact = :contact AND peer = :peer")
            .expression_attribute_values(":contact", s(change.alias.contact.hex()))
            .expression_attribute_values(":peer", s(change.alias.peer.as_str()))
            .build()
            .expect("table, key and condition are given");
        TransactWriteItem::builder().condition_check(check).build()
    }
}

fn message_item(tenant: &TenantId, message: &ToldMessage<'_>) -> Result<Item, StoreError> {
    let peer = message.peer.as_str();
    let mut item: Item = HashMap::from([
        (names::PEER_KEY.to_owned(), s(peer_partition(tenant, peer))),
        ("direction".to_owned(), s(message.direction.name())),
        ("channel".to_owned(), s(message.channel.hex())),
        ("peer".to_owned(), s(peer)),
        ("content".to_owned(), s(message.content)),
        ("wamid".to_owned(), s(message.wamid)),
        ("sent_at".to_owned(), at(message.sent_at)),
    ]);
    if let Some(received_at) = message.received_at {
        item.insert("delivered_at".to_owned(), at(received_at));
    }
    if let Some(media) = message.media {
        item.insert("media".to_owned(), media.attribute(OPERATION)?);
    }
    item.extend(Key::message(tenant, message.id).map());
    Ok(item)
}

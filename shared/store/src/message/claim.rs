//! Making a message, claimed by its sender.

use std::collections::HashMap;

use openwati_core::id::Id;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;

use super::{Direction, MediaRecord, MessageRecord};
use crate::error::StoreError;
use crate::item::{Item, at, read, s};
use crate::keys::{Key, due_shard, names, peer_partition};
use crate::store::Store;

/// A message that is about to be sent.
#[derive(Debug, Clone, Copy)]
pub struct NewMessage<'a> {
    /// Its id, which also says when it was made.
    pub id: Id,
    /// The channel that sends it.
    pub channel: Id,
    /// Whom it goes to: digits of a phone number, or a BSUID.
    pub peer: &'a str,
    /// Its content, as JSON of [`openwati_core::message`].
    pub content: &'a str,
    /// Its file.
    pub media: Option<&'a MediaRecord>,
}

impl NewMessage<'_> {
    /// The message without a stage, and without its key.
    pub(super) fn item(
        &self,
        operation: &'static str,
        tenant: &TenantId,
    ) -> Result<Item, StoreError> {
        let mut item: Item = HashMap::from([
            (
                names::PEER_KEY.to_owned(),
                s(peer_partition(tenant, self.peer)),
            ),
            ("direction".to_owned(), s("out")),
            ("channel".to_owned(), s(self.channel.hex())),
            ("peer".to_owned(), s(self.peer)),
            ("content".to_owned(), s(self.content)),
        ]);
        if let Some(media) = self.media {
            item.insert("media".to_owned(), media.attribute(operation)?);
        }
        Ok(item)
    }
}

impl Store {
    /// Puts a message that its sender holds until `lease_until`. From here on it ends with an outcome: what its sender
    /// records, or, once the lease has lapsed, `unknown`. Says whether the id was new.
    ///
    /// # Errors
    /// If the store did not answer; the message may be there then.
    pub async fn claim_message(
        &self,
        tenant: &TenantId,
        message: NewMessage<'_>,
        lease_until: Moment,
    ) -> Result<bool, StoreError> {
        let operation = "claiming a message";
        let mut item = message.item(operation, tenant)?;
        item.insert(names::DUE_SHARD.to_owned(), s(due_shard(message.id)));
        item.insert(names::DUE_AT.to_owned(), at(lease_until));
        item.insert("lease_until".to_owned(), at(lease_until));
        let key = Key::message(tenant, message.id);
        self.put_new(operation, &key, item).await
    }

    /// Takes a claimed message back that was never handed to WhatsApp. One with an outcome stays.
    ///
    /// # Errors
    /// If the store did not answer; the message ends as `unknown` then, though nothing was sent.
    pub async fn withdraw_message(&self, tenant: &TenantId, id: Id) -> Result<(), StoreError> {
        let untouched = "attribute_exists(due_at) AND attribute_not_exists(sent_at) \
                         AND attribute_not_exists(unknown_at)";
        self.delete(
            "withdrawing a message",
            &Key::message(tenant, id),
            untouched,
            HashMap::new(),
        )
        .await?;
        Ok(())
    }

    /// The message with this id, as it is now.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn message(
        &self,
        tenant: &TenantId,
        id: Id,
    ) -> Result<Option<MessageRecord>, StoreError> {
        let operation = "reading a message";
        let item = self.get(operation, &Key::message(tenant, id)).await?;
        item.map(|item| read(operation, item)).transpose()
    }

    /// The id of the message that WhatsApp knows by `wamid`.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn message_id_of_wamid(
        &self,
        tenant: &TenantId,
        wamid: &str,
    ) -> Result<Option<Id>, StoreError> {
        if wamid.is_empty() || wamid.len() > super::report::LONGEST_WAMID {
            return Ok(None);
        }
        let item = self
            .get("reading a message's id", &Key::wamid(tenant, wamid))
            .await?;
        Ok(item.and_then(|item| crate::item::text(&item, "message")?.parse().ok()))
    }
}

impl Direction {
    /// The word that is stored and shown.
    pub const fn name(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
        }
    }
}

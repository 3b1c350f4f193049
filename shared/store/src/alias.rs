//! Aliases: the numbers and ids that lead to a contact.

use openwati_core::id::Id;
use openwati_core::message::Recipient;
use openwati_core::tenant::TenantId;
use serde::{Deserialize, Serialize};

use crate::conversation::ConversationRecord;
use crate::error::StoreError;
use crate::item::read;
use crate::keys::Key;
use crate::store::Store;

/// Where a number or an id leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AliasRecord {
    /// To whom.
    pub contact: Id,
    /// The peer under which the contact's conversations lie.
    pub peer: Recipient,
}

/// What is known of somebody who writes.
#[derive(Debug)]
pub struct Acquaintance {
    /// Where each of the keys that were asked for leads, in their order.
    pub aliases: Vec<Option<AliasRecord>>,
    /// The conversation with the peer that was asked for, over the channel that was asked for.
    pub conversation: Option<ConversationRecord>,
}

impl Store {
    /// Where these keys lead, and the conversation of `peer` over `channel`, in one request.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn acquaintance(
        &self,
        tenant: &TenantId,
        keys: &[Recipient],
        peer: &Recipient,
        channel: Id,
    ) -> Result<Acquaintance, StoreError> {
        let operation = "reading who writes";
        let conversation = Key::conversation(tenant, peer.as_str(), channel);
        let aliases: Vec<Key> = keys.iter().map(|key| Key::alias(tenant, key)).collect();
        let wanted = aliases.iter().chain([&conversation]).cloned().collect();
        let mut found = self.batch(operation, wanted).await?;
        let conversation = found.remove(&conversation);
        let aliases = aliases.iter().map(|key| found.remove(key));
        Ok(Acquaintance {
            aliases: aliases
                .map(|item| item.map(|item| read(operation, item)).transpose())
                .collect::<Result<_, _>>()?,
            conversation: conversation.map(|item| read(operation, item)).transpose()?,
        })
    }

    /// Where a number or an id leads.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn alias(
        &self,
        tenant: &TenantId,
        key: &Recipient,
    ) -> Result<Option<AliasRecord>, StoreError> {
        let operation = "reading an alias";
        let item = self.get(operation, &Key::alias(tenant, key)).await?;
        item.map(|item| read(operation, item)).transpose()
    }
}

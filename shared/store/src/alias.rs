//! Aliases: the numbers and ids that lead to a contact.

use openwati_core::consent::Consents;
use openwati_core::id::Id;
use openwati_core::message::Recipient;
use openwati_core::tenant::TenantId;
use serde::{Deserialize, Serialize};

use crate::automation::AutomationRecord;
use crate::consent::consents_of;
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
    /// Whether the peer that was asked for wants to be written to.
    pub consents: Consents,
    /// How the automations of whose customer it is behave.
    pub automation: AutomationRecord,
}

/// Somebody who writes, and where.
#[derive(Debug, Clone, Copy)]
pub struct Writer<'a> {
    /// Whose customer it is.
    pub tenant: &'a TenantId,
    /// What leads to them.
    pub keys: &'a [Recipient],
    /// The peer of the conversation.
    pub peer: &'a Recipient,
    /// Its channel.
    pub channel: Id,
}

impl Store {
    /// What is known of somebody who writes, in one request.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn acquaintance(&self, writer: Writer<'_>) -> Result<Acquaintance, StoreError> {
        let mut found = self.acquaintances(&[writer]).await?;
        Ok(found.pop().expect("there is an answer for each"))
    }

    /// What is known of each of these, in their order, in one request for each hundred items.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn acquaintances(
        &self,
        writers: &[Writer<'_>],
    ) -> Result<Vec<Acquaintance>, StoreError> {
        let operation = "reading who writes";
        let keys: Vec<(Vec<Key>, [Key; 3])> = writers
            .iter()
            .map(|writer| {
                let Writer { tenant, peer, .. } = writer;
                let aliases = writer.keys.iter().map(|key| Key::alias(tenant, key));
                let conversation = Key::conversation(tenant, peer.as_str(), writer.channel);
                let consent = Key::consent(tenant, peer);
                let automation = Key::automation(tenant);
                (aliases.collect(), [conversation, consent, automation])
            })
            .collect();
        let wanted = keys
            .iter()
            .flat_map(|(aliases, beside)| aliases.iter().chain(beside));
        let found = self.batch(operation, wanted.cloned().collect()).await?;
        let alias = |key| {
            found
                .get(key)
                .cloned()
                .map(|item| read(operation, item))
                .transpose()
        };
        keys.iter()
            .map(|(aliases, [conversation, consent, automation])| {
                let conversation = found.get(conversation).cloned();
                Ok(Acquaintance {
                    aliases: aliases
                        .iter()
                        .map(alias)
                        .collect::<Result<_, StoreError>>()?,
                    conversation: conversation.map(|item| read(operation, item)).transpose()?,
                    consents: consents_of(operation, found.get(consent))?,
                    automation: AutomationRecord::of(operation, found.get(automation))?,
                })
            })
            .collect()
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

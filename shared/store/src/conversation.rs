//! Conversations: one for each peer and channel.

use openwati_core::conversation::Summary;
use openwati_core::id::Id;
use openwati_core::message::Recipient;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use serde::{Deserialize, Serialize};

use crate::automation::{Automatic, Away};
use crate::error::StoreError;
use crate::item::{at, n, read, s};
use crate::keys::{CONVERSATION, Key, names, peer_partition};
use crate::store::{Store, Update};

/// What is known of the talk with one peer over one channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationRecord {
    /// The channel, from the item's key.
    #[serde(rename = "sk", deserialize_with = "channel_of_key", skip_serializing)]
    pub channel: Id,
    /// Whom it is with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Id>,
    /// Whose of the team it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assigned_to: Option<Id>,
    /// What its messages add up to.
    #[serde(flatten)]
    pub summary: Summary,
    /// Until when WhatsApp wants this peer left in peace by this channel (131056).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rest_until: Option<Moment>,
    /// How many times in a row WhatsApp said so.
    #[serde(default)]
    pub rests: u32,
    /// The automatic answers of the last hour, and some older ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub automatic: Vec<Automatic>,
    /// Until when a person is answering.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused_until: Option<Moment>,
    /// That the customer was told last that nobody is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub away: Option<Away>,
    /// The contact's other peer, where it goes on; nothing is left here then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved_to: Option<Recipient>,
    /// How many times its sum was changed.
    #[serde(default)]
    pub version: u32,
}

impl ConversationRecord {
    /// One in which nothing was said.
    pub fn new(channel: Id) -> Self {
        Self {
            channel,
            contact: None,
            assigned_to: None,
            summary: Summary::default(),
            rest_until: None,
            rests: 0,
            automatic: Vec::new(),
            paused_until: None,
            away: None,
            moved_to: None,
            version: 0,
        }
    }
}

impl Store {
    /// The conversations with a peer over all channels, in one query.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn conversations(
        &self,
        tenant: &TenantId,
        peer: &str,
    ) -> Result<Vec<ConversationRecord>, StoreError> {
        let operation = "reading conversations";
        let request = self.client.query().table_name(&*self.table);
        let page = request
            .key_condition_expression("pk = :pk AND begins_with(sk, :conversation)")
            .expression_attribute_values(":pk", s(peer_partition(tenant, peer)))
            .expression_attribute_values(":conversation", s(CONVERSATION))
            .consistent_read(true)
            .send()
            .await
            .map_err(StoreError::sdk(operation))?;
        let items = page.items.unwrap_or_default();
        items
            .into_iter()
            .map(|item| read(operation, item))
            .collect()
    }

    /// Leaves a peer in peace until `until`, after WhatsApp's `rests`-th refusal in a row.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn rest_peer(
        &self,
        tenant: &TenantId,
        peer: &str,
        channel: Id,
        until: Moment,
        rests: u32,
    ) -> Result<(), StoreError> {
        let key = Key::conversation(tenant, peer, channel);
        let update = Update::new(key, "SET rest_until = :until, rests = :rests")
            .value(":until", at(until))
            .value(":rests", n(rests));
        self.update("resting a peer", update).await?;
        Ok(())
    }

    /// WhatsApp took a message for the peer again: its refusals in a row are over.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn end_rests(
        &self,
        tenant: &TenantId,
        peer: &str,
        channel: Id,
    ) -> Result<(), StoreError> {
        let key = Key::conversation(tenant, peer, channel);
        let update = Update::new(key, "REMOVE rest_until, rests").condition("attribute_exists(pk)");
        self.update("ending a peer's rest", update).await?;
        Ok(())
    }

    /// Records that a peer wrote at `wrote_at`. An older message that comes late changes nothing.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn record_inbound(
        &self,
        tenant: &TenantId,
        peer: &str,
        channel: Id,
        wrote_at: Moment,
    ) -> Result<(), StoreError> {
        let key = Key::conversation(tenant, peer, channel);
        let update = Update::new(key, "SET last_inbound_at = :at")
            .condition("attribute_not_exists(last_inbound_at) OR last_inbound_at < :at")
            .value(":at", at(wrote_at));
        self.update("recording that a peer wrote", update).await?;
        Ok(())
    }
}

fn channel_of_key<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Id, D::Error> {
    let sk = String::deserialize(deserializer)?;
    let id = sk.strip_prefix(CONVERSATION).and_then(|id| id.parse().ok());
    id.ok_or_else(|| serde::de::Error::custom(format!("{} is no conversation's", names::SK)))
}

//! How keys are made. Nothing else writes one.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use openwati_core::api_key::ApiKeyHash;
use openwati_core::id::Id;
use openwati_core::rate::DayWindow;
use openwati_core::tenant::TenantId;
use sha2::{Digest as _, Sha256};

use crate::item::s;

/// The names of the table's attributes and indexes that keys are made of.
pub(crate) mod names {
    pub(crate) const PK: &str = "pk";
    pub(crate) const SK: &str = "sk";
    pub(crate) const PEER_INDEX: &str = "peer";
    pub(crate) const PEER_KEY: &str = "peer_key";
    pub(crate) const DUE_INDEX: &str = "due";
    pub(crate) const DUE_SHARD: &str = "due_shard";
    pub(crate) const DUE_AT: &str = "due_at";
}

/// Shards of a tenant's messages of one month. A partition takes 1,000 writes a second.
pub const MESSAGE_SHARDS: u8 = 8;

/// Shards of what is due.
pub(crate) const DUE_SHARDS: u8 = 16;

/// A table's key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) pk: String,
    pub(crate) sk: String,
}

impl Key {
    fn new(pk: String, sk: impl Into<String>) -> Self {
        Self { pk, sk: sk.into() }
    }

    /// As the SDK takes it.
    pub(crate) fn map(&self) -> HashMap<String, AttributeValue> {
        HashMap::from([
            (names::PK.to_owned(), s(&self.pk)),
            (names::SK.to_owned(), s(&self.sk)),
        ])
    }

    pub(crate) fn api_key(hash: &ApiKeyHash) -> Self {
        Self::new(format!("key#{}", hash.as_str()), "key")
    }

    pub(crate) fn tenant(tenant: &TenantId) -> Self {
        Self::new(tenant.to_string(), "tenant")
    }

    pub(crate) fn channel(tenant: &TenantId, channel: Id) -> Self {
        Self::new(tenant.to_string(), format!("{CHANNEL}{channel}"))
    }

    pub(crate) fn slots(tenant: &TenantId, channel: Id) -> Self {
        Self::new(format!("{tenant}#slots#{channel}"), "slots")
    }

    pub(crate) fn outbound_quota(tenant: &TenantId, day: DayWindow) -> Self {
        Self::new(format!("{tenant}#outbound#{}", day.name()), "quota")
    }

    pub(crate) fn message(tenant: &TenantId, id: Id) -> Self {
        let shard = id.spread() % MESSAGE_SHARDS;
        Self::new(
            message_partition(tenant, &id.moment().year_month(), shard),
            id.hex(),
        )
    }

    pub(crate) fn wamid(tenant: &TenantId, wamid: &str) -> Self {
        Self::new(format!("{tenant}#wamid#{wamid}"), "wamid")
    }

    pub(crate) fn conversation(tenant: &TenantId, peer: &str, channel: Id) -> Self {
        Self::new(
            peer_partition(tenant, peer),
            format!("{CONVERSATION}{channel}"),
        )
    }

    pub(crate) fn idempotency(tenant: &TenantId, key: &str) -> Self {
        // A caller's text may hold anything; its hash has one length and alphabet.
        let hash = hex::encode(Sha256::digest(key));
        Self::new(format!("{tenant}#idempotency#{hash}"), "key")
    }

    pub(crate) fn outbox(tenant: &TenantId, id: Id) -> Self {
        Self::new(format!("{tenant}#{OUTBOX}#{id}"), "outbox")
    }

    pub(crate) fn tally(tenant: &TenantId, day: DayWindow, what: &str) -> Self {
        Self::new(format!("{tenant}#tally#{}", day.name()), what)
    }

    /// What an entry of the index `due` leads to, read from its key.
    pub(crate) fn due_target(&self) -> Option<DueTarget> {
        let mut parts = self.pk.splitn(3, '#');
        let (tenant, kind, rest) = (parts.next()?.parse().ok()?, parts.next()?, parts.next()?);
        match kind {
            MESSAGES => Some(DueTarget::Message(tenant, self.sk.parse().ok()?)),
            OUTBOX => Some(DueTarget::Outbox(tenant, rest.parse().ok()?)),
            _ => None,
        }
    }
}

/// What an entry of the index `due` leads to.
pub(crate) enum DueTarget {
    Message(TenantId, Id),
    Outbox(TenantId, Id),
}

const MESSAGES: &str = "messages";
const OUTBOX: &str = "outbox";

/// How a channel's sort key begins.
pub(crate) const CHANNEL: &str = "channel#";

/// How a conversation's sort key begins.
pub(crate) const CONVERSATION: &str = "conversation#";

/// The partition of one shard of a tenant's messages of one month (`202606`).
pub(crate) fn message_partition(tenant: &TenantId, year_month: &str, shard: u8) -> String {
    format!("{tenant}#{MESSAGES}#{year_month}#{shard}")
}

/// The partition of a peer's conversations, and the peer's value in the index `peer`.
pub(crate) fn peer_partition(tenant: &TenantId, peer: &str) -> String {
    format!("{tenant}#peer#{peer}")
}

/// The value of `due_shard` for what has this id.
pub(crate) fn due_shard(id: Id) -> String {
    due_shard_name(id.spread() % DUE_SHARDS)
}

/// The name of one shard of what is due.
pub(crate) fn due_shard_name(shard: u8) -> String {
    format!("due#{shard}")
}

#[cfg(test)]
mod tests {
    use openwati_core::time::Moment;

    use super::*;

    #[test]
    fn a_messages_id_names_its_partition() {
        let tenant: TenantId = "1234567890".parse().unwrap();
        let id = Id::first_at(Moment::parse_iso("2026-06-10T12:34:56Z").unwrap());
        let key = Key::message(&tenant, id);
        assert_eq!(key.pk, "1234567890#messages#202606#0");
        assert_eq!(key.sk, id.hex());
        assert!(
            matches!(key.due_target(), Some(DueTarget::Message(t, i)) if t == tenant && i == id)
        );
    }

    #[test]
    fn an_outbox_items_key_leads_back_to_it() {
        let tenant: TenantId = "1234567890".parse().unwrap();
        let id = Id::from_bytes([3; 12]);
        let target = Key::outbox(&tenant, id).due_target();
        assert!(matches!(target, Some(DueTarget::Outbox(t, i)) if t == tenant && i == id));
        assert!(Key::tenant(&tenant).due_target().is_none());
    }
}

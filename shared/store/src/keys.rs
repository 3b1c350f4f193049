//! How keys are made. Nothing else writes one.

pub(crate) mod place;

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use openwati_core::api_key::ApiKeyHash;
use openwati_core::contact::ContactTerm;
use openwati_core::digest::hex_of_parts;
use openwati_core::email::EmailAddress;
use openwati_core::id::Id;
use openwati_core::message::Recipient;
use openwati_core::rate::DayWindow;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use sha2::{Digest as _, Sha256};

use crate::contact_job::ContactJobKind;
use crate::entity::Entity;
use crate::item::{Item, s, text};
use place::Place;

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

/// Shards of an endpoint's deliveries of one month.
pub const DELIVERY_SHARDS: u8 = 8;

/// Shards of what was answered by itself in one month.
pub(crate) const RUN_SHARDS: u8 = 8;

/// Shards of deliveries that are due.
pub(crate) const DUE_DELIVERY_SHARDS: u8 = 8;

/// Shards of what is due.
pub(crate) const DUE_SHARDS: u8 = 16;

/// A table's key. It is made of an [`Entity`], or read from an item that is there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    pk: String,
    sk: String,
}

impl Key {
    /// The key of an item of this kind. The kind itself is told by the keys' form.
    fn new(_: Entity, pk: String, sk: impl Into<String>) -> Self {
        Self { pk, sk: sk.into() }
    }

    /// The key of an item that was read.
    pub(crate) fn of(item: &Item) -> Option<Self> {
        let name = |name| text(item, name).map(ToOwned::to_owned);
        Some(Self {
            pk: name(names::PK)?,
            sk: name(names::SK)?,
        })
    }

    /// The partition key.
    pub(crate) fn pk(&self) -> &str {
        &self.pk
    }

    /// The sort key.
    pub(crate) fn sk(&self) -> &str {
        &self.sk
    }

    /// As the SDK takes it.
    pub(crate) fn map(&self) -> HashMap<String, AttributeValue> {
        HashMap::from([
            (names::PK.to_owned(), s(&self.pk)),
            (names::SK.to_owned(), s(&self.sk)),
        ])
    }

    pub(crate) fn api_key(hash: &ApiKeyHash) -> Self {
        Self::new(Entity::ApiKey, format!("key#{}", hash.as_str()), "key")
    }

    pub(crate) fn key_list_item(tenant: &TenantId, id: Id) -> Self {
        Self::new(Entity::KeyListItem, key_list_partition(tenant), id.hex())
    }

    pub(crate) fn key_count(tenant: &TenantId) -> Self {
        Self::new(Entity::KeyCount, key_list_partition(tenant), "#count")
    }

    /// A key's text, sealed, while its creation may be repeated. It lies before the keys.
    pub(crate) fn key_copy(tenant: &TenantId, id: Id) -> Self {
        let sk = format!("#copy#{id}");
        Self::new(Entity::KeyCopy, key_list_partition(tenant), sk)
    }

    pub(crate) fn tenant(tenant: &TenantId) -> Self {
        Self::new(Entity::Tenant, tenant.to_string(), TENANT)
    }

    /// A tenant in the list of all.
    pub(crate) fn tenant_list_item(tenant: &TenantId) -> Self {
        Self::new(Entity::TenantListItem, TENANTS.to_owned(), tenant.as_str())
    }

    pub(crate) fn channel(tenant: &TenantId, channel: Id) -> Self {
        Self::new(
            Entity::Channel,
            tenant.to_string(),
            format!("{CHANNEL}{channel}"),
        )
    }

    pub(crate) fn slots(tenant: &TenantId, channel: Id) -> Self {
        Self::new(Entity::Slots, format!("{tenant}#slots#{channel}"), "slots")
    }

    pub(crate) fn outbound_quota(tenant: &TenantId, day: DayWindow) -> Self {
        Self::new(
            Entity::OutboundQuota,
            format!("{tenant}#outbound#{}", day.name()),
            "quota",
        )
    }

    pub(crate) fn message(tenant: &TenantId, id: Id) -> Self {
        let shard = id.spread() % MESSAGE_SHARDS;
        Self::new(
            Entity::Message,
            message_partition(tenant, &id.moment().year_month(), shard),
            id.hex(),
        )
    }

    pub(crate) fn wamid(tenant: &TenantId, wamid: &str) -> Self {
        Self::new(Entity::Wamid, format!("{tenant}#wamid#{wamid}"), "wamid")
    }

    /// What customers and the business did to a message, beside the look-up by its wamid.
    pub(crate) fn amendments(tenant: &TenantId, wamid: &str) -> Self {
        Self::new(
            Entity::Amendments,
            format!("{tenant}#wamid#{wamid}"),
            place::AMENDMENTS,
        )
    }

    pub(crate) fn contact(tenant: &TenantId, contact: Id) -> Self {
        let partition = place::contact_partition(tenant, place::contact_shard(contact));
        Self::new(Entity::Contact, partition, contact.hex())
    }

    /// That a contact is found by a term.
    pub(crate) fn contact_term(tenant: &TenantId, term: &ContactTerm, contact: Id) -> Self {
        let partition = place::contact_term_partition(tenant, place::contact_shard(contact));
        Self::new(Entity::ContactTerm, partition, format!("{term}#{contact}"))
    }

    pub(crate) fn contact_list(tenant: &TenantId, list: Id) -> Self {
        let partition = place::contact_list_partition(tenant);
        Self::new(Entity::ContactList, partition, list.hex())
    }

    /// How many lists of contacts there are, which lies before them.
    pub(crate) fn contact_list_count(tenant: &TenantId) -> Self {
        let partition = place::contact_list_partition(tenant);
        Self::new(Entity::ContactListCount, partition, place::COUNT)
    }

    /// What a peer said of being written to, beside their conversations.
    pub(crate) fn consent(tenant: &TenantId, peer: &Recipient) -> Self {
        let partition = peer_partition(tenant, peer.as_str());
        Self::new(Entity::Consent, partition, place::CONSENT)
    }

    /// A peer in the list of all who said anything of that.
    pub(crate) fn consent_list_item(tenant: &TenantId, peer: &Recipient) -> Self {
        let partition = place::consent_list_partition(tenant, place::peer_shard(peer));
        Self::new(Entity::ConsentListItem, partition, peer.as_str())
    }

    /// That a message has the file with this SHA-256 (in hex).
    pub(crate) fn media_use(tenant: &TenantId, sha256: &str, message: Id) -> Self {
        let partition = place::media_uses_partition(tenant, sha256);
        Self::new(Entity::MediaUse, partition, message.hex())
    }

    /// Where a file came from, by the digest of that.
    pub(crate) fn file_source(tenant: &TenantId, source: &str) -> Self {
        let partition = place::file_source_partition(tenant, place::file_shard(source));
        Self::new(Entity::FileSource, partition, source)
    }

    /// The file with this SHA-256 (in hex).
    pub(crate) fn file(tenant: &TenantId, sha256: &str) -> Self {
        let partition = place::file_partition(tenant, place::file_shard(sha256));
        Self::new(Entity::File, partition, sha256)
    }

    pub(crate) fn alias(tenant: &TenantId, key: &Recipient) -> Self {
        let kind = match key {
            Recipient::Phone(_) => place::PHONE_ALIAS,
            Recipient::UserId(_) => "user:",
        };
        let partition = place::alias_partition(tenant, place::peer_shard(key));
        Self::new(Entity::Alias, partition, format!("{kind}{key}"))
    }

    /// Something that WhatsApp told which is no message.
    pub(crate) fn notice(tenant: &TenantId, id: Id) -> Self {
        let month = id.moment().year_month();
        Self::new(
            Entity::Notice,
            format!("{tenant}#callbacks#{month}"),
            id.hex(),
        )
    }

    /// What somebody did to the tenant's set-up.
    pub(crate) fn audit(tenant: &TenantId, id: Id) -> Self {
        let partition = audit_partition(tenant, id.moment());
        Self::new(Entity::Audit, partition, id.hex())
    }

    /// Somebody of a team.
    pub(crate) fn user(tenant: &TenantId, user: Id) -> Self {
        Self::new(Entity::User, team_partition(tenant), user.hex())
    }

    /// How many a team has.
    pub(crate) fn user_count(tenant: &TenantId) -> Self {
        Self::new(Entity::UserCount, team_partition(tenant), TEAM_COUNT)
    }

    /// Whose an address is. It begins with no tenant, because it leads to one.
    pub(crate) fn email(email: &EmailAddress) -> Self {
        Self::email_hash(&email.hash())
    }

    /// The same, by the address's hash.
    pub(crate) fn email_hash(hash: &str) -> Self {
        Self::new(Entity::EmailLookup, format!("email#{hash}"), "email")
    }

    /// Who a subject of an issuer is, by their [`oidc_hash`]. It leads to its tenant too.
    pub(crate) fn oidc_hash(hash: &str) -> Self {
        Self::new(Entity::OidcLookup, format!("oidc#{hash}"), "oidc")
    }

    /// The tries of one account or address in one window of time.
    pub(crate) fn limit(kind: &str, hash: &str, window: i64) -> Self {
        Self::new(
            Entity::Limit,
            format!("limit#{kind}#{hash}#{window}"),
            "limit",
        )
    }

    /// A callback that was taken or refused.
    pub(crate) fn callback_log(tenant: &TenantId, id: Id) -> Self {
        let month = id.moment().year_month();
        let partition = Place::CallbackLog(month).partition(tenant);
        Self::new(Entity::CallbackLog, partition, id.hex())
    }

    pub(crate) fn conversation(tenant: &TenantId, peer: &str, channel: Id) -> Self {
        Self::new(
            Entity::Conversation,
            peer_partition(tenant, peer),
            format!("{CONVERSATION}{channel}"),
        )
    }

    pub(crate) fn idempotency(tenant: &TenantId, key: &str) -> Self {
        // A caller's text may hold anything; its hash has one length and alphabet.
        let hash = hex::encode(Sha256::digest(key));
        Self::new(
            Entity::Idempotency,
            format!("{tenant}#idempotency#{hash}"),
            "key",
        )
    }

    pub(crate) fn endpoint(tenant: &TenantId, endpoint: Id) -> Self {
        Self::new(Entity::Endpoint, endpoint_partition(tenant), endpoint.hex())
    }

    /// What is left of an endpoint that was removed.
    pub(crate) fn gone_endpoint(tenant: &TenantId, endpoint: Id) -> Self {
        let partition = place::gone_endpoint_partition(tenant);
        Self::new(Entity::GoneEndpoint, partition, endpoint.hex())
    }

    pub(crate) fn endpoint_count(tenant: &TenantId) -> Self {
        Self::new(
            Entity::EndpointCount,
            endpoint_partition(tenant),
            ENDPOINT_COUNT,
        )
    }

    pub(crate) fn delivery(tenant: &TenantId, endpoint: Id, delivery: Id) -> Self {
        let shard = delivery.spread() % DELIVERY_SHARDS;
        let month = delivery.moment().year_month();
        Self::new(
            Entity::Delivery,
            delivery_partition(tenant, endpoint, &month, shard),
            delivery.hex(),
        )
    }

    /// The attempt with this number, counted from 1, in the order of numbers.
    pub(crate) fn attempt(tenant: &TenantId, endpoint: Id, delivery: Id, number: u32) -> Self {
        Self::new(
            Entity::Attempt,
            attempt_partition(tenant, endpoint, delivery),
            format!("{number:06}"),
        )
    }

    pub(crate) fn outbox(tenant: &TenantId, id: Id) -> Self {
        Self::new(Entity::Outbox, format!("{tenant}#{OUTBOX}#{id}"), "outbox")
    }

    pub(crate) fn tally(tenant: &TenantId, day: DayWindow, what: &str) -> Self {
        Self::new(
            Entity::Tally,
            format!("{tenant}#tally#{}", day.name()),
            what,
        )
    }

    /// A work through the tenant's data.
    pub(crate) fn data_job(tenant: &TenantId, id: Id) -> Self {
        let partition = place::data_job_partition(tenant);
        Self::new(Entity::DataJob, partition, id.hex())
    }

    /// An import or an export of contacts.
    pub(crate) fn contact_job(tenant: &TenantId, kind: ContactJobKind, id: Id) -> Self {
        let partition = place::contact_job_partition(tenant);
        let sk = format!("{}{id}", kind.prefix());
        Self::new(Entity::ContactJob, partition, sk)
    }

    /// A template in one language of one WhatsApp Business Account. Neither name nor language holds a `#`.
    pub(crate) fn template(tenant: &TenantId, name: &str, language: &str, waba_id: &str) -> Self {
        let partition = place::template_partition(tenant);
        let sk = format!("{name}#{language}#{waba_id}");
        Self::new(Entity::Template, partition, sk)
    }

    /// How the templates of one WhatsApp Business Account are kept in step.
    pub(crate) fn template_sync(tenant: &TenantId, waba_id: &str) -> Self {
        let partition = place::template_sync_partition(tenant);
        Self::new(Entity::TemplateSync, partition, waba_id)
    }

    /// How a tenant's automations behave. It lies with the rules.
    pub(crate) fn automation(tenant: &TenantId) -> Self {
        let partition = place::automation_partition(tenant);
        Self::new(Entity::Automation, partition, "settings")
    }

    /// A keyword rule.
    pub(crate) fn rule(tenant: &TenantId, rule: Id) -> Self {
        let partition = place::automation_partition(tenant);
        Self::new(Entity::Rule, partition, format!("{RULE}{rule}"))
    }

    /// What was done about a customer's message by itself.
    pub(crate) fn automation_run(tenant: &TenantId, run: Id) -> Self {
        let (month, shard) = (run.moment().year_month(), run.spread() % RUN_SHARDS);
        let partition = place::run_partition(tenant, &month, shard);
        Self::new(Entity::AutomationRun, partition, run.hex())
    }

    /// The AI's answers of a day.
    pub(crate) fn ai_quota(tenant: &TenantId, day: DayWindow) -> Self {
        let partition = place::ai_quota_partition(tenant, &day.name());
        Self::new(Entity::AiQuota, partition, "quota")
    }

    /// What an entry of the index `due` leads to, read from its key.
    pub(crate) fn due_target(&self) -> Option<DueTarget> {
        if self.sk == TENANT {
            return Some(DueTarget::Retention(self.pk.parse().ok()?));
        }
        if let Some(tenant) = self.pk.strip_suffix(place::TEMPLATE_SYNCS) {
            return Some(DueTarget::Templates(tenant.parse().ok()?, self.sk.clone()));
        }
        let mut parts = self.pk.splitn(3, '#');
        let (tenant, kind, rest) = (parts.next()?.parse().ok()?, parts.next()?, parts.next()?);
        match kind {
            MESSAGES => Some(DueTarget::Message(tenant, self.sk.parse().ok()?)),
            OUTBOX => Some(DueTarget::Outbox(tenant, rest.parse().ok()?)),
            place::FILES => Some(DueTarget::File(tenant, self.sk.clone())),
            DELIVERIES => {
                let endpoint = rest.split('#').next()?.parse().ok()?;
                let delivery = self.sk.parse().ok()?;
                Some(DueTarget::Delivery(tenant, endpoint, delivery))
            }
            _ => None,
        }
    }
}

/// What an entry of the index `due` leads to.
pub(crate) enum DueTarget {
    Message(TenantId, Id),
    Outbox(TenantId, Id),
    Delivery(TenantId, Id, Id),
    Retention(TenantId),
    File(TenantId, String),
    Templates(TenantId, String),
}

/// A tenant's sort key.
const TENANT: &str = "tenant";

const DELIVERIES: &str = "deliveries";
const MESSAGES: &str = "messages";
const OUTBOX: &str = "outbox";

/// The partition of a tenant's acts of the month of a moment.
pub(crate) fn audit_partition(tenant: &TenantId, moment: Moment) -> String {
    format!("{tenant}#audit#{}", moment.year_month())
}

/// The partition of a tenant's API keys.
pub(crate) fn key_list_partition(tenant: &TenantId) -> String {
    format!("{tenant}#keys")
}

/// The partition of the list of all tenants.
pub(crate) const TENANTS: &str = "tenants";

/// How a channel's sort key begins.
pub(crate) const CHANNEL: &str = "channel#";

/// How a rule's sort key begins.
pub(crate) const RULE: &str = "rule#";

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

/// The sort key of the number of a tenant's endpoints, which lies before them.
pub(crate) const ENDPOINT_COUNT: &str = "#count";

/// The partition of a tenant's endpoints.
pub(crate) fn endpoint_partition(tenant: &TenantId) -> String {
    format!("{tenant}#endpoints")
}

/// The sort key of the number of a team's people, which lies before them.
pub(crate) const TEAM_COUNT: &str = "#count";

/// The partition of a tenant's team.
pub(crate) fn team_partition(tenant: &TenantId) -> String {
    format!("{tenant}#team")
}

/// What a subject of an issuer is looked up by.
pub(crate) fn oidc_hash(issuer: &str, subject: &str) -> String {
    hex_of_parts(&[issuer, subject])
}

/// The partition of one shard of an endpoint's deliveries of one month (`202606`).
pub(crate) fn delivery_partition(
    tenant: &TenantId,
    endpoint: Id,
    year_month: &str,
    shard: u8,
) -> String {
    format!("{tenant}#{DELIVERIES}#{endpoint}#{year_month}#{shard}")
}

/// The partition of the attempts of one delivery.
pub(crate) fn attempt_partition(tenant: &TenantId, endpoint: Id, delivery: Id) -> String {
    format!("{tenant}#attempts#{endpoint}#{delivery}")
}

/// The value of `due_shard` for a delivery. Deliveries are due further ahead than anything else, so they have shards of
/// their own.
pub(crate) fn due_delivery_shard(delivery: Id) -> String {
    due_delivery_shard_name(delivery.spread() % DUE_DELIVERY_SHARDS)
}

/// The name of one shard of deliveries that are due.
pub(crate) fn due_delivery_shard_name(shard: u8) -> String {
    format!("delivery#{shard}")
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
    fn a_deliverys_key_leads_back_to_it() {
        let tenant: TenantId = "1234567890".parse().unwrap();
        let at = Moment::parse_iso("2026-06-10T12:34:56Z").unwrap();
        let (endpoint, delivery) = (Id::from_bytes([3; 12]), Id::derived(at, &["a"]));
        let key = Key::delivery(&tenant, endpoint, delivery);
        assert!(
            key.pk
                .starts_with("1234567890#deliveries#030303030303030303030303#202606#")
        );
        assert!(matches!(
            key.due_target(),
            Some(DueTarget::Delivery(t, e, d)) if t == tenant && e == endpoint && d == delivery
        ));
    }

    #[test]
    fn an_outbox_items_key_leads_back_to_it() {
        let tenant: TenantId = "1234567890".parse().unwrap();
        let id = Id::from_bytes([3; 12]);
        let target = Key::outbox(&tenant, id).due_target();
        assert!(matches!(target, Some(DueTarget::Outbox(t, i)) if t == tenant && i == id));
        assert!(Key::contact(&tenant, id).due_target().is_none());
    }

    #[test]
    fn a_template_syncs_key_leads_back_to_it() {
        let tenant: TenantId = "1234567890".parse().unwrap();
        let target = Key::template_sync(&tenant, "215").due_target();
        assert!(matches!(target, Some(DueTarget::Templates(t, w)) if t == tenant && w == "215"));
        assert!(
            Key::template(&tenant, "a", "en", "215")
                .due_target()
                .is_none()
        );
    }

    #[test]
    fn a_files_key_leads_back_to_it() {
        let tenant: TenantId = "1234567890".parse().unwrap();
        let sha256 = "ab".repeat(32);
        let target = Key::file(&tenant, &sha256).due_target();
        assert!(matches!(target, Some(DueTarget::File(t, f)) if t == tenant && f == sha256));
        assert!(Key::file_source(&tenant, &sha256).due_target().is_none());
    }

    #[test]
    fn a_tenants_key_leads_to_its_retention() {
        let tenant: TenantId = "1234567890".parse().unwrap();
        let target = Key::tenant(&tenant).due_target();
        assert!(matches!(target, Some(DueTarget::Retention(t)) if t == tenant));
    }
}

//! The partitions that a walk through a tenant's data goes through.

use openwati_core::digest::of_parts;
use openwati_core::id::Id;
use openwati_core::message::Recipient;
use openwati_core::tenant::TenantId;

use super::{
    CHANNEL, Key, RULE, attempt_partition, delivery_partition, endpoint_partition,
    key_list_partition, message_partition, peer_partition, team_partition,
};
use crate::entity::Entity;

/// A partition of a tenant's, by what lies there. Months are written `202606`, days `20260610`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Place {
    /// The tenant and its channels.
    Tenant,
    /// Its people.
    Team,
    /// Its API keys, as it sees them.
    Keys,
    /// One shard of a month's messages.
    Messages(String, u8),
    /// The messages of one peer, by the index `peer`, which lags the table by moments.
    Peer(String),
    /// What is known of a message by WhatsApp's id.
    Wamid(String),
    /// The messages that have one file, by its SHA-256 in hex.
    MediaUses(String),
    /// One shard of where files that were sent came from.
    FileSources(u8),
    /// One shard of the files that are sent.
    Files(u8),
    /// One shard of the contacts.
    Contacts(u8),
    /// One contact.
    Contact(Id),
    /// What the contacts of one shard are found by.
    ContactTerms(u8),
    /// One shard of the numbers and ids that lead to contacts.
    Aliases(u8),
    /// Where a number or an id leads.
    Alias(Recipient),
    /// The lists of contacts.
    ContactLists,
    /// One shard of the peers who said whether they want to be written to.
    Consents(u8),
    /// The conversations with one peer, and what they said of being written to.
    Conversations(String),
    /// A month's callbacks that are no messages.
    Notices(String),
    /// The endpoints.
    Endpoints,
    /// Endpoints that were removed while deliveries to them may still be kept.
    GoneEndpoints,
    /// One shard of an endpoint's deliveries of a month.
    Deliveries(Id, String, u8),
    /// The attempts at one delivery.
    Attempts(Id, Id),
    /// The slots of one channel.
    Slots(Id),
    /// The outbound messages of a day.
    OutboundQuota(String),
    /// The counts of a day.
    Tally(String),
    /// A month's acts.
    Audit(String),
    /// A month's callbacks, taken and refused.
    CallbackLog(String),
    /// Works through the tenant's data.
    DataJobs,
    /// Imports and exports of contacts.
    ContactJobs,
    /// The templates.
    Templates,
    /// How they are kept in step with Meta.
    TemplateSyncs,
    /// How automations behave, and the rules.
    Automation,
    /// One shard of what was answered by itself in a month.
    AutomationRuns(String, u8),
    /// The AI's answers of a day.
    AiQuota(String),
}

impl Place {
    /// What lies there.
    pub const fn entities(&self) -> &'static [Entity] {
        match self {
            Self::Tenant => &[Entity::Tenant, Entity::Channel],
            Self::Team => &[Entity::User, Entity::UserCount],
            Self::Keys => &[Entity::KeyListItem, Entity::KeyCount, Entity::KeyCopy],
            Self::Messages(..) | Self::Peer(_) => &[Entity::Message],
            Self::Wamid(_) => &[Entity::Wamid, Entity::Amendments],
            Self::MediaUses(_) => &[Entity::MediaUse],
            Self::FileSources(_) => &[Entity::FileSource],
            Self::Files(_) => &[Entity::File],
            Self::Contacts(_) | Self::Contact(_) => &[Entity::Contact],
            Self::ContactTerms(_) => &[Entity::ContactTerm],
            Self::Aliases(_) | Self::Alias(_) => &[Entity::Alias],
            Self::ContactLists => &[Entity::ContactList, Entity::ContactListCount],
            Self::Consents(_) => &[Entity::ConsentListItem],
            Self::Conversations(_) => &[Entity::Conversation, Entity::Consent],
            Self::Notices(_) => &[Entity::Notice],
            Self::Endpoints => &[Entity::Endpoint, Entity::EndpointCount],
            Self::GoneEndpoints => &[Entity::GoneEndpoint],
            Self::Deliveries(..) => &[Entity::Delivery],
            Self::Attempts(..) => &[Entity::Attempt],
            Self::Slots(_) => &[Entity::Slots],
            Self::OutboundQuota(_) => &[Entity::OutboundQuota],
            Self::Tally(_) => &[Entity::Tally],
            Self::Audit(_) => &[Entity::Audit],
            Self::CallbackLog(_) => &[Entity::CallbackLog],
            Self::DataJobs => &[Entity::DataJob],
            Self::ContactJobs => &[Entity::ContactJob],
            Self::Templates => &[Entity::Template],
            Self::TemplateSyncs => &[Entity::TemplateSync],
            Self::Automation => &[Entity::Automation, Entity::Rule],
            Self::AutomationRuns(..) => &[Entity::AutomationRun],
            Self::AiQuota(_) => &[Entity::AiQuota],
        }
    }

    /// What the item with this sort key is.
    pub(crate) fn entity(&self, sk: &str) -> Entity {
        let which = match self {
            Self::Tenant => usize::from(sk.starts_with(CHANNEL)),
            Self::Automation => usize::from(sk.starts_with(RULE)),
            Self::Team | Self::Endpoints | Self::ContactLists => usize::from(sk == COUNT),
            Self::Conversations(_) => usize::from(sk == CONSENT),
            Self::Keys if sk == COUNT => 1,
            Self::Keys if sk.starts_with('#') => 2,
            Self::Wamid(_) => usize::from(sk == AMENDMENTS),
            _ => 0,
        };
        self.entities()[which]
    }

    /// The partition's key; of [`Peer`](Self::Peer) the index's.
    pub(crate) fn partition(&self, tenant: &TenantId) -> String {
        match self {
            Self::Tenant => tenant.to_string(),
            Self::Team => team_partition(tenant),
            Self::Keys => key_list_partition(tenant),
            Self::Messages(month, shard) => message_partition(tenant, month, *shard),
            Self::Peer(peer) | Self::Conversations(peer) => peer_partition(tenant, peer),
            Self::Wamid(wamid) => format!("{tenant}#wamid#{wamid}"),
            Self::MediaUses(sha256) => media_uses_partition(tenant, sha256),
            Self::FileSources(shard) => file_source_partition(tenant, *shard),
            Self::Files(shard) => file_partition(tenant, *shard),
            Self::Contacts(shard) => contact_partition(tenant, *shard),
            Self::Contact(id) => contact_partition(tenant, contact_shard(*id)),
            Self::ContactTerms(shard) => contact_term_partition(tenant, *shard),
            Self::Aliases(shard) => alias_partition(tenant, *shard),
            Self::Alias(key) => alias_partition(tenant, peer_shard(key)),
            Self::ContactLists => contact_list_partition(tenant),
            Self::Consents(shard) => consent_list_partition(tenant, *shard),
            Self::Notices(month) => format!("{tenant}#callbacks#{month}"),
            Self::Endpoints => endpoint_partition(tenant),
            Self::GoneEndpoints => gone_endpoint_partition(tenant),
            Self::Deliveries(endpoint, month, shard) => {
                delivery_partition(tenant, *endpoint, month, *shard)
            }
            Self::Attempts(endpoint, delivery) => attempt_partition(tenant, *endpoint, *delivery),
            Self::Slots(channel) => Key::slots(tenant, *channel).pk,
            Self::OutboundQuota(day) => format!("{tenant}#outbound#{day}"),
            Self::Tally(day) => format!("{tenant}#tally#{day}"),
            Self::Audit(month) => format!("{tenant}#audit#{month}"),
            Self::CallbackLog(month) => format!("{tenant}#callback-log#{month}"),
            Self::DataJobs => data_job_partition(tenant),
            Self::ContactJobs => contact_job_partition(tenant),
            Self::Templates => template_partition(tenant),
            Self::TemplateSyncs => template_sync_partition(tenant),
            Self::Automation => automation_partition(tenant),
            Self::AutomationRuns(month, shard) => run_partition(tenant, month, *shard),
            Self::AiQuota(day) => ai_quota_partition(tenant, day),
        }
    }

    /// The sort key of the one item that is meant, where others lie beside it.
    pub(crate) fn only(&self, tenant: &TenantId) -> Option<String> {
        match self {
            Self::Contact(id) => Some(id.hex()),
            Self::Alias(key) => Some(Key::alias(tenant, key).sk),
            _ => None,
        }
    }
}

/// The sort key of the number of things that lie in a place.
pub(super) const COUNT: &str = "#count";

/// The sort key of what a peer said of being written to.
pub(crate) const CONSENT: &str = "consent";

/// How the sort key of a number that leads to a contact begins.
pub(crate) const PHONE_ALIAS: &str = "phone:";

/// The sort key of what was done to a message.
pub(super) const AMENDMENTS: &str = "amendments";

/// Shards of a tenant's contacts, of what they are found by, of what leads to them, and of who said whether they want to
/// be written to.
pub const CONTACT_SHARDS: u8 = 8;

/// The shard of a contact and of what it is found by.
pub(super) fn contact_shard(contact: Id) -> u8 {
    contact.spread() % CONTACT_SHARDS
}

/// The shard of what lies by number or id. Neighbouring numbers are imported together: their digits spread too little.
pub(super) fn peer_shard(peer: &Recipient) -> u8 {
    of_parts(&[peer.as_str()])[0] % CONTACT_SHARDS
}

pub(crate) fn contact_partition(tenant: &TenantId, shard: u8) -> String {
    format!("{tenant}#contacts#{shard}")
}

pub(crate) fn contact_term_partition(tenant: &TenantId, shard: u8) -> String {
    format!("{tenant}#contact-terms#{shard}")
}

pub(crate) fn alias_partition(tenant: &TenantId, shard: u8) -> String {
    format!("{tenant}#aliases#{shard}")
}

pub(crate) fn contact_list_partition(tenant: &TenantId) -> String {
    format!("{tenant}#contact-lists")
}

pub(crate) fn consent_list_partition(tenant: &TenantId, shard: u8) -> String {
    format!("{tenant}#consents#{shard}")
}

pub(crate) fn media_uses_partition(tenant: &TenantId, sha256: &str) -> String {
    format!("{tenant}#media#{sha256}")
}

/// Shards of a tenant's files, and of where they came from.
pub const FILE_SHARDS: u8 = 8;

/// The shard of what has this digest, by its first digit.
pub(crate) fn file_shard(digest: &str) -> u8 {
    let first = digest.bytes().next().unwrap_or_default();
    first % FILE_SHARDS
}

pub(crate) fn file_source_partition(tenant: &TenantId, shard: u8) -> String {
    format!("{tenant}#file-sources#{shard}")
}

/// The second part of the partitions of files.
pub(crate) const FILES: &str = "files";

pub(crate) fn file_partition(tenant: &TenantId, shard: u8) -> String {
    format!("{tenant}#{FILES}#{shard}")
}

pub(crate) fn gone_endpoint_partition(tenant: &TenantId) -> String {
    format!("{tenant}#gone-endpoints")
}

pub(crate) fn data_job_partition(tenant: &TenantId) -> String {
    format!("{tenant}#data-jobs")
}

pub(crate) fn contact_job_partition(tenant: &TenantId) -> String {
    format!("{tenant}#contact-jobs")
}

pub(crate) fn template_partition(tenant: &TenantId) -> String {
    format!("{tenant}#templates")
}

pub(crate) fn automation_partition(tenant: &TenantId) -> String {
    format!("{tenant}#automation")
}

pub(crate) fn run_partition(tenant: &TenantId, month: &str, shard: u8) -> String {
    format!("{tenant}#automation-runs#{month}#{shard}")
}

pub(crate) fn ai_quota_partition(tenant: &TenantId, day: &str) -> String {
    format!("{tenant}#ai#{day}")
}

/// How the partition of a tenant's [`Entity::TemplateSync`] ends.
pub(crate) const TEMPLATE_SYNCS: &str = "#template-syncs";

pub(crate) fn template_sync_partition(tenant: &TenantId) -> String {
    format!("{tenant}{TEMPLATE_SYNCS}")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use openwati_core::contact::ContactTerm;
    use openwati_core::rate::DayWindow;
    use openwati_core::time::Moment;

    use super::*;
    use crate::contact_job::ContactJobKind;

    /// Every key of a tenant's own, with the place where it lies.
    fn keys(tenant: &TenantId) -> Vec<(Entity, Place, Key)> {
        let at = Moment::parse_iso("2026-06-10T12:34:56Z").unwrap();
        let id = Id::derived(at, &["a"]);
        let (month, day) = (at.year_month(), DayWindow::at(at, 30));
        let peer = Recipient::parse_peer("15550001111").unwrap();
        let shard = id.spread() % 8;
        let (digits, wamid) = (peer.as_str().to_owned(), "wamid.1".to_owned());
        vec![
            (Entity::Tenant, Place::Tenant, Key::tenant(tenant)),
            (Entity::Channel, Place::Tenant, Key::channel(tenant, id)),
            (Entity::User, Place::Team, Key::user(tenant, id)),
            (Entity::UserCount, Place::Team, Key::user_count(tenant)),
            (
                Entity::KeyListItem,
                Place::Keys,
                Key::key_list_item(tenant, id),
            ),
            (Entity::KeyCount, Place::Keys, Key::key_count(tenant)),
            (Entity::KeyCopy, Place::Keys, Key::key_copy(tenant, id)),
            (
                Entity::Message,
                Place::Messages(month.clone(), shard),
                Key::message(tenant, id),
            ),
            (
                Entity::Wamid,
                Place::Wamid(wamid.clone()),
                Key::wamid(tenant, &wamid),
            ),
            (
                Entity::Amendments,
                Place::Wamid(wamid.clone()),
                Key::amendments(tenant, &wamid),
            ),
            (
                Entity::MediaUse,
                Place::MediaUses("ab".to_owned()),
                Key::media_use(tenant, "ab", id),
            ),
            (
                Entity::FileSource,
                Place::FileSources(file_shard("ab")),
                Key::file_source(tenant, "ab"),
            ),
            (
                Entity::File,
                Place::Files(file_shard("ab")),
                Key::file(tenant, "ab"),
            ),
            (
                Entity::Contact,
                Place::Contacts(shard),
                Key::contact(tenant, id),
            ),
            (
                Entity::Contact,
                Place::Contact(id),
                Key::contact(tenant, id),
            ),
            (
                Entity::ContactTerm,
                Place::ContactTerms(shard),
                Key::contact_term(tenant, &ContactTerm::tag("vip"), id),
            ),
            (
                Entity::Alias,
                Place::Aliases(peer_shard(&peer)),
                Key::alias(tenant, &peer),
            ),
            (
                Entity::Alias,
                Place::Alias(peer.clone()),
                Key::alias(tenant, &peer),
            ),
            (
                Entity::ContactList,
                Place::ContactLists,
                Key::contact_list(tenant, id),
            ),
            (
                Entity::ContactListCount,
                Place::ContactLists,
                Key::contact_list_count(tenant),
            ),
            (
                Entity::ConsentListItem,
                Place::Consents(peer_shard(&peer)),
                Key::consent_list_item(tenant, &peer),
            ),
            (
                Entity::Consent,
                Place::Conversations(digits.clone()),
                Key::consent(tenant, &peer),
            ),
            (
                Entity::Conversation,
                Place::Conversations(digits.clone()),
                Key::conversation(tenant, &digits, id),
            ),
            (
                Entity::Notice,
                Place::Notices(month.clone()),
                Key::notice(tenant, id),
            ),
            (
                Entity::Endpoint,
                Place::Endpoints,
                Key::endpoint(tenant, id),
            ),
            (
                Entity::EndpointCount,
                Place::Endpoints,
                Key::endpoint_count(tenant),
            ),
            (
                Entity::GoneEndpoint,
                Place::GoneEndpoints,
                Key::gone_endpoint(tenant, id),
            ),
            (
                Entity::Delivery,
                Place::Deliveries(id, month.clone(), shard),
                Key::delivery(tenant, id, id),
            ),
            (
                Entity::Attempt,
                Place::Attempts(id, id),
                Key::attempt(tenant, id, id, 1),
            ),
            (Entity::Slots, Place::Slots(id), Key::slots(tenant, id)),
            (
                Entity::OutboundQuota,
                Place::OutboundQuota(day.name()),
                Key::outbound_quota(tenant, day),
            ),
            (
                Entity::Tally,
                Place::Tally(day.name()),
                Key::tally(tenant, day, "what"),
            ),
            (
                Entity::Audit,
                Place::Audit(month.clone()),
                Key::audit(tenant, id),
            ),
            (
                Entity::CallbackLog,
                Place::CallbackLog(month),
                Key::callback_log(tenant, id),
            ),
            (Entity::DataJob, Place::DataJobs, Key::data_job(tenant, id)),
            (
                Entity::ContactJob,
                Place::ContactJobs,
                Key::contact_job(tenant, ContactJobKind::Import, id),
            ),
            (
                Entity::Template,
                Place::Templates,
                Key::template(tenant, "order_update", "en_US", "215"),
            ),
            (
                Entity::TemplateSync,
                Place::TemplateSyncs,
                Key::template_sync(tenant, "215"),
            ),
            (
                Entity::Automation,
                Place::Automation,
                Key::automation(tenant),
            ),
            (Entity::Rule, Place::Automation, Key::rule(tenant, id)),
            (
                Entity::AutomationRun,
                Place::AutomationRuns(at.year_month(), shard),
                Key::automation_run(tenant, id),
            ),
            (
                Entity::AiQuota,
                Place::AiQuota(day.name()),
                Key::ai_quota(tenant, day),
            ),
        ]
    }

    #[test]
    fn what_lies_in_a_place_is_found_there_and_told_apart() {
        let tenant: TenantId = "1234567890".parse().unwrap();
        for (entity, place, key) in keys(&tenant) {
            assert_eq!(place.partition(&tenant), key.pk(), "{entity:?}");
            assert_eq!(place.entity(key.sk()), entity, "{place:?}");
            let only = place.only(&tenant);
            assert!(only.is_none_or(|only| only == key.sk()), "{place:?}");
        }
    }

    #[test]
    fn every_kind_of_item_lies_in_a_place_or_is_found_otherwise() {
        let tenant: TenantId = "1234567890".parse().unwrap();
        let placed: BTreeSet<Entity> = keys(&tenant)
            .into_iter()
            .map(|(entity, ..)| entity)
            .collect();
        let otherwise = [
            Entity::ApiKey,
            Entity::EmailLookup,
            Entity::OidcLookup,
            Entity::TenantListItem,
            Entity::Idempotency,
            Entity::Outbox,
            Entity::Limit,
        ];
        for entity in Entity::ALL {
            assert!(
                placed.contains(entity) != otherwise.contains(entity),
                "{entity:?}"
            );
        }
    }
}

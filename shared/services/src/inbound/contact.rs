//! Who writes.

use std::collections::{BTreeMap, BTreeSet};

use openwati_core::consent::Consents;
use openwati_core::crash_point;
use openwati_core::id::Id;
use openwati_core::incoming::{Act, Arrived, Party};
use openwati_core::message::{Bsuid, Recipient};
use openwati_core::tenant::TenantId;
use openwati_store::alias::{Acquaintance, AliasRecord, Writer};
use openwati_store::automation::AutomationRecord;
use openwati_store::contact::ContactRecord;
use openwati_store::conversation::ConversationRecord;

use super::contended;
use crate::automate::Around;
use crate::error::Error;
use crate::platform::Platform;

/// The contact of a message, and the conversation that it belongs to, as they are now.
pub(super) struct Known {
    /// Where the contact is, and its conversations.
    pub(super) alias: AliasRecord,
    /// By which of the customer's keys that is known.
    pub(super) key: Recipient,
    /// The conversation, if anything was said in it.
    pub(super) conversation: Option<ConversationRecord>,
    /// Whether the customer wants to be written to.
    consents: Consents,
    /// How the tenant's automations behave.
    automation: AutomationRecord,
    /// Whether the contact was made of this message.
    pub(super) is_new: bool,
}

impl Known {
    /// What of it decides who answers a message that came over this channel.
    pub(super) fn around(&self, channel: Id) -> Around {
        let conversation = self.conversation.clone();
        Around {
            peer: self.alias.peer.clone(),
            conversation: conversation.unwrap_or_else(|| ConversationRecord::new(channel)),
            consents: self.consents,
            automation: self.automation.clone(),
        }
    }
}

/// What a message says of its customer.
pub(super) struct Says {
    /// The message.
    by: Id,
    /// What leads to the customer.
    keys: Vec<Recipient>,
    /// What of it is the peer of the customer's conversations, as far as the message knows.
    peer: Recipient,
    parents: Vec<Bsuid>,
}

impl Says {
    /// The question who that is.
    pub(super) fn writer<'a>(&'a self, tenant: &'a TenantId, channel: Id) -> Writer<'a> {
        Writer {
            tenant,
            keys: &self.keys,
            peer: &self.peer,
            channel,
        }
    }

    /// One of the keys by which the customer is known.
    pub(super) fn key(&self) -> &Recipient {
        let first = self.keys.first();
        first.expect("a message from nobody is not read as one")
    }

    /// Whether everything that the message says of its customer is known, and where the contact is.
    fn known<'a>(&self, found: &'a Acquaintance) -> Option<&'a AliasRecord> {
        let alias = found.aliases.first()?.as_ref()?;
        let same = |other: &Option<AliasRecord>| {
            let other = other.as_ref();
            other.is_some_and(|other| other.contact == alias.contact)
        };
        let agree = alias.peer == self.peer || matches!(self.peer, Recipient::UserId(_));
        (found.aliases.iter().all(same) && agree).then_some(alias)
    }

    /// The contact and the conversation, where there is nothing to make and nothing to learn of either.
    pub(super) fn familiar(&self, found: Acquaintance) -> Option<(AliasRecord, Around)> {
        let alias = self.known(&found)?.clone();
        let conversation = found.conversation?;
        let here = alias.peer == self.peer && conversation.moved_to.is_none();
        let around = Around {
            peer: alias.peer.clone(),
            conversation,
            consents: found.consents,
            automation: found.automation,
        };
        here.then_some((alias, around))
    }
}

/// How often this begins anew because somebody changed what it works on.
const TRIES: usize = 8;

/// Finds the contact of the message `by`, which is made or told more where the message says so.
///
/// # Errors
/// If the store did not answer, or others are at the same contacts all the time.
pub(super) async fn know(
    platform: &Platform,
    tenant: &TenantId,
    channel: Id,
    by: Id,
    arrived: &Arrived,
) -> Result<Known, Error> {
    let says = says(by, arrived)?;
    let store = platform.store();
    for _ in 0..TRIES {
        let found = store.acquaintance(says.writer(tenant, channel)).await?;
        let contacts: BTreeSet<Id> = found.aliases.iter().flatten().map(|a| a.contact).collect();
        if contacts.is_empty() {
            let contact = new_contact(tenant, &says, arrived);
            if store.create_contact(tenant, &contact).await? {
                crash_point!("inbound.contact_made");
                return Ok(Known {
                    alias: AliasRecord {
                        contact: contact.id,
                        peer: contact.peer,
                    },
                    key: says.peer,
                    conversation: found.conversation,
                    consents: found.consents,
                    automation: found.automation,
                    is_new: true,
                });
            }
            continue;
        }
        let is_known = says.known(&found).is_some();
        let alias = found.aliases.into_iter().flatten().next();
        let alias = alias.expect("there is a contact, and it was read from one of them");
        if !is_known && learn(platform, tenant, &contacts, &says).await? {
            crash_point!("inbound.contact_united");
            continue;
        }
        let (conversation, consents) = match alias.peer == says.peer {
            true => (found.conversation, found.consents),
            false => {
                let there = Writer {
                    tenant,
                    keys: &[],
                    peer: &alias.peer,
                    channel,
                };
                let there = store.acquaintance(there).await?;
                (there.conversation, there.consents)
            }
        };
        return Ok(Known {
            key: says.key().clone(),
            alias,
            conversation,
            consents,
            automation: found.automation,
            is_new: false,
        });
    }
    Err(contended("finding a contact"))
}

/// What a message says of its customer: of one who moved also what they are known by from now on.
pub(super) fn says(by: Id, arrived: &Arrived) -> Result<Says, Error> {
    let nobody = || Error::Internal("a message is from nobody".into());
    let mut peer = arrived.party.peer().ok_or_else(nobody)?;
    let mut parties: Vec<&Party> = vec![&arrived.party];
    if let Act::Moves(to) = &arrived.act {
        parties.push(&to.0);
        peer = to.0.phone.clone().map_or(peer, Recipient::Phone);
    }
    let keys = parties.iter().flat_map(|party| party.keys()).collect();
    let parents = parties
        .iter()
        .filter_map(|party| party.parent_user_id.clone());
    Ok(Says {
        by,
        peer,
        parents: parents.collect(),
        keys,
    })
}

fn new_contact(tenant: &TenantId, says: &Says, arrived: &Arrived) -> ContactRecord {
    let at = says.by.moment();
    let named = !arrived.profile.is_empty();
    let mut contact = ContactRecord {
        id: Id::derived(at, &[tenant.as_str(), "contact", &says.by.hex()]),
        own_name: None,
        name: arrived.profile.name.clone(),
        username: arrived.profile.username.clone(),
        named_by: named.then_some(says.by),
        keys: Vec::new(),
        parent_user_ids: Vec::new(),
        peer: says.peer.clone(),
        peer_by: Some(says.by),
        tags: Vec::new(),
        attributes: BTreeMap::new(),
        lists: Vec::new(),
        created_at: at,
        updated_at: at,
        absorbed: Vec::new(),
        merged_into: None,
        version: 0,
    };
    contact.learn(&says.keys, &says.parents);
    contact
}

/// Tells the contacts, which are one, what the message says. Answers whether there was anything to tell, and so whether
/// they have to be looked at again.
async fn learn(
    platform: &Platform,
    tenant: &TenantId,
    contacts: &BTreeSet<Id>,
    says: &Says,
) -> Result<bool, Error> {
    let store = platform.store();
    let mut before = Vec::new();
    for id in contacts.iter().take(2) {
        match store.contact(tenant, *id).await? {
            Some(contact) if contact.merged_into.is_none() => before.push(contact),
            // Somebody united it with another since its alias was read.
            _ => return Ok(true),
        }
    }
    let joined = before.iter().cloned().reduce(ContactRecord::joined_with);
    let mut after = joined.expect("there is a contact");
    after.learn(&says.keys, &says.parents);
    after.settle_at(&says.peer, Some(says.by));
    if before == [after.clone()] {
        return Ok(false);
    }
    after.updated_at = after.updated_at.max(says.by.moment());
    let done = store.unite_contacts(tenant, &before, &after).await?;
    if done && before.len() > 1 {
        tracing::info!(%tenant, contact = %after.id, "two contacts are one");
    }
    Ok(true)
}

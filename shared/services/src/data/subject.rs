//! Whom a work is about.

use openwati_core::id::Id;
use openwati_core::message::{Bsuid, Recipient};
use openwati_core::phone::PhoneNumber;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use openwati_store::data::DataJobRecord;
use openwati_store::tenant::TenantRecord;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::platform::Platform;

/// What a work is about, as its record keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Subject {
    /// Whose data it is.
    pub(super) tenant: TenantId,
    /// What is newer than this is none of its business.
    pub(super) until: Moment,
    /// The contact, with those that turned out to be the same one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) contacts: Vec<Id>,
    /// What the contact's messages lie under.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) peers: Vec<Recipient>,
    /// The tenant's endpoints when it began, those that were removed among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) endpoints: Vec<Id>,
}

impl Subject {
    pub(super) fn of_tenant(tenant: TenantId, until: Moment) -> Self {
        Self {
            tenant,
            until,
            contacts: Vec::new(),
            peers: Vec::new(),
            endpoints: Vec::new(),
        }
    }

    /// What a record says that its work is about.
    pub(super) fn of(record: &DataJobRecord) -> Result<Self, Error> {
        let text = record.subject.as_deref().unwrap_or_default();
        serde_json::from_str(text).map_err(|error| Error::Internal(Box::new(error)))
    }

    pub(super) fn json(&self) -> Result<String, Error> {
        serde_json::to_string(self).map_err(|error| Error::Internal(Box::new(error)))
    }

    /// Whether something with this id came to be early enough to be part of it.
    pub(super) fn reaches(&self, id: Option<Id>) -> bool {
        id.is_none_or(|id| id < Id::first_at(self.until))
    }

    /// Whether a text names the contact: by a number or an id of theirs.
    pub(super) fn is_named_in(&self, text: &str) -> bool {
        self.peers.iter().any(|peer| stands_in(text, peer.as_str()))
    }
}

/// Whether a number or an id stands in a text as a whole: it may be the beginning, or the end, of somebody else's.
fn stands_in(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let is_digit = |c: char| c.is_ascii_digit();
        !text[..at].ends_with(is_digit) && !text[at + name.len()..].starts_with(is_digit)
    })
}

const NO_CONTACT: Error = Error::NotFound { what: "contact" };

/// A customer by WhatsApp's id or a number with its country code: what cannot be undone is done to nobody by a guess.
fn whole(named: &str) -> Result<Recipient, Error> {
    if let Some(id) = Bsuid::parse(named.trim()) {
        return Ok(Recipient::UserId(id));
    }
    let number = PhoneNumber::parse_international(named).map(Recipient::Phone);
    number.map_err(|why| Error::invalid("invalid_phone_number", format!("contact: {why}")))
}

/// The contact that a caller names by our id of it, by a number or by an id of WhatsApp's: one that wrote, or one that was
/// only written to.
pub(super) async fn contact(
    platform: &Platform,
    tenant: &TenantRecord,
    named: &str,
) -> Result<Subject, Error> {
    let store = platform.store();
    let id = &tenant.tenant;
    let (mut contact, peer) = match named.trim().parse::<Id>() {
        Ok(contact) => (Some(contact), None),
        Err(_) => {
            let peer = whole(named)?;
            let alias = store.alias(id, &peer).await?;
            (alias.map(|alias| alias.contact), Some(peer))
        }
    };
    let mut subject = Subject::of_tenant(id.clone(), platform.now());
    subject.peers.extend(peer);
    while let Some(found) = contact {
        let Some(record) = store.contact(id, found).await? else {
            break;
        };
        subject.contacts.push(found);
        subject.contacts.extend(&record.absorbed);
        subject.peers.extend(record.keys);
        subject.peers.push(record.peer);
        contact = record.merged_into;
    }
    subject.contacts.sort_unstable();
    subject.contacts.dedup();
    subject.peers.sort_unstable();
    subject.peers.dedup();
    if subject.contacts.is_empty() && !is_a_peer(platform, &subject).await? {
        return Err(NO_CONTACT);
    }
    Ok(subject)
}

/// Whether anything was ever sent to one of these.
async fn is_a_peer(platform: &Platform, subject: &Subject) -> Result<bool, Error> {
    use openwati_store::data::Place;

    for peer in &subject.peers {
        let peer = peer.as_str().to_owned();
        for place in [Place::Peer(peer.clone()), Place::Conversations(peer)] {
            let page = platform.store().walk(&subject.tenant, &place, None, 1);
            if !page.await?.things.is_empty() {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_within_another_one_names_nobody() {
        let peer = Recipient::parse_peer("491511234567").unwrap();
        let mut subject = Subject::of_tenant(
            "1234567890".parse().unwrap(),
            Moment::from_seconds(1_800_000_000),
        );
        subject.peers.push(peer);
        for text in [
            "491511234567",
            r#"{"wa_id":"491511234567"}"#,
            "4915112345678 +491511234567",
        ] {
            assert!(subject.is_named_in(text), "{text}");
        }
        for text in [
            "",
            "4915112345678",
            "1491511234567",
            r#"{"id":"49151123456"}"#,
        ] {
            assert!(!subject.is_named_in(text), "{text}");
        }
    }
}

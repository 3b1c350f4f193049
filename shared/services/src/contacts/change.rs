//! One contact changed.

use std::collections::BTreeMap;

use futures::future::try_join_all;
use openwati_core::consent::{Consent, ConsentBy, ConsentScope, ConsentState};
use openwati_core::contact::{self, InvalidContact};
use openwati_core::id::Id;
use openwati_store::contact::{self as kept, ContactRecord, Saved};

use super::one::admitted;
use super::shown::existing_lists;
use super::{Contact, NO_CONTACT, TRIES, contended, current, invalid, show};
use crate::authenticate::Caller;
use crate::error::Error;
use crate::platform::Platform;

/// What changes of a contact. What is not named stays.
#[derive(Debug, Clone, Default)]
pub struct ContactChange {
    /// What the tenant calls them; `Some(None)` takes that name away.
    pub name: Option<Option<String>>,
    /// All of their tags.
    pub tags: Option<Vec<String>>,
    /// All of their attributes.
    pub attributes: Option<BTreeMap<String, String>>,
    /// All of the lists that they are on, by their ids. Ids that are no list's are skipped.
    pub lists: Option<Vec<String>>,
    /// Whether they want no messages.
    pub opted_out: Option<bool>,
}

/// Changes a contact. An agent changes those of the own conversations.
///
/// # Errors
/// [`Error::NotFound`]; a value that is not what it must be; [`Error::Forbidden`] for an agent.
pub async fn change(
    platform: &Platform,
    caller: &Caller,
    id: &str,
    change: ContactChange,
) -> Result<Contact, Error> {
    let record = admitted(platform, caller, id).await?;
    let judged = Judged::of(platform, caller, &change).await?;
    let record = keep(platform, caller, record, &judged).await?;
    if let Some(out) = change.opted_out {
        consent(platform, caller, &record, out).await?;
    }
    let mut shown = show(platform, &caller.tenant, vec![record]).await?;
    shown.pop().ok_or(NO_CONTACT)
}

/// The values of a change, once they are what they must be.
struct Judged {
    name: Option<Option<String>>,
    tags: Option<Vec<String>>,
    attributes: Option<BTreeMap<String, String>>,
    lists: Option<Vec<Id>>,
}

impl Judged {
    async fn of(
        platform: &Platform,
        caller: &Caller,
        change: &ContactChange,
    ) -> Result<Self, Error> {
        let name = change.name.as_ref().map(|name| {
            let name = name.as_ref().filter(|name| !name.trim().is_empty());
            name.map(|name| contact::name(name)).transpose()
        });
        let name = name.transpose().map_err(invalid)?;
        let tags = change.tags.as_ref().map(contact::tags).transpose();
        let tags = tags.map_err(invalid)?;
        let attributes = change.attributes.as_ref().map(|attributes| {
            let named = attributes.iter();
            let named = named.map(|(name, value)| (name.trim().to_owned(), value.clone()));
            let named: BTreeMap<String, String> = named.collect();
            contact::check_attributes(&named).map(|()| named)
        });
        let attributes = attributes.transpose();
        let attributes = attributes.map_err(invalid)?;
        let lists = match &change.lists {
            Some(lists) => {
                let existing = existing_lists(platform, &caller.tenant).await?;
                let named = lists.iter().filter_map(|list| list.parse().ok());
                let mut named: Vec<Id> = named.filter(|list| existing.contains(list)).collect();
                named.sort_unstable();
                named.dedup();
                Some(named)
            }
            None => None,
        };
        if lists.as_ref().map_or(0, Vec::len) > contact::MOST_LISTS {
            return Err(invalid(InvalidContact::Lists));
        }
        Ok(Self {
            name,
            tags,
            attributes,
            lists,
        })
    }

    fn apply(&self, record: &mut ContactRecord) {
        if let Some(name) = &self.name {
            record.own_name.clone_from(name);
        }
        if let Some(tags) = &self.tags {
            record.tags.clone_from(tags);
        }
        if let Some(attributes) = &self.attributes {
            record.attributes.clone_from(attributes);
        }
        if let Some(lists) = &self.lists {
            record.lists.clone_from(lists);
        }
    }
}

/// The contact with its change kept, on top of whatever somebody else changes at the same time.
async fn keep(
    platform: &Platform,
    caller: &Caller,
    mut record: ContactRecord,
    judged: &Judged,
) -> Result<ContactRecord, Error> {
    for _ in 0..TRIES {
        let mut after = record.clone();
        judged.apply(&mut after);
        if after == record {
            return Ok(record);
        }
        after.updated_at = platform.now();
        let id = record.id;
        let change = kept::ContactChange {
            before: Some(record),
            after: after.clone(),
        };
        let changes = [change];
        let saved = platform.store().save_contacts(&caller.tenant, &changes);
        if saved.await? == [Saved::Yes] {
            return Ok(after);
        }
        let now = current(platform, &caller.tenant, id).await?;
        record = now.ok_or(NO_CONTACT)?;
    }
    Err(contended("changing a contact"))
}

/// Keeps that the contact wants messages or not, as a person says, for everything that they are known by.
async fn consent(
    platform: &Platform,
    caller: &Caller,
    record: &ContactRecord,
    out: bool,
) -> Result<(), Error> {
    let store = platform.store();
    let said = store.consents(&caller.tenant, &[&record.peer]).await?;
    let said = said.get(&record.peer).cloned().unwrap_or_default();
    // Whoever is out already is so since they said it.
    let stands = match out {
        true => said.refuses(false),
        false => !said.is_out(),
    };
    if stands {
        return Ok(());
    }
    let consent = Consent {
        state: match out {
            true => ConsentState::Out,
            false => ConsentState::In,
        },
        scope: ConsentScope::All,
        by: ConsentBy::Person,
        at: platform.now(),
    };
    let kept = record
        .keys
        .iter()
        .map(|key| store.set_consent(&caller.tenant, key, &consent));
    try_join_all(kept).await?;
    Ok(())
}

//! Who is on a list.

use std::collections::BTreeSet;

use openwati_core::contact::MOST_LISTS;
use openwati_core::id::Id;
use openwati_store::contact::{ContactChange, ContactRecord, Saved};

use super::{NO_LIST, admission, parse};
use crate::authenticate::Caller;
use crate::contacts::{self, Filter, MOST_AT_ONCE, Page};
use crate::error::Error;
use crate::platform::Platform;

/// What became of contacts that were to get on a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    /// How many got on it; those that were on it are not counted.
    pub added: usize,
    /// Those that are on too many lists.
    pub rejected: Vec<Id>,
}

/// A page of the contacts on a list, newest first.
///
/// # Errors
/// [`Error::NotFound`]; a cursor that is none of ours.
pub async fn members(
    platform: &Platform,
    caller: &Caller,
    id: &str,
    limit: usize,
    cursor: Option<String>,
) -> Result<Page, Error> {
    let filter = Filter {
        list: Some(parse(id)?),
        limit,
        cursor,
        ..Filter::default()
    };
    contacts::list(platform, caller, &filter).await
}

/// Puts these contacts on a list; ids that are nobody's are skipped.
///
/// # Errors
/// [`Error::NotFound`] for the list; more than [`MOST_AT_ONCE`].
pub async fn add(
    platform: &Platform,
    caller: &Caller,
    id: &str,
    ids: &[String],
) -> Result<Added, Error> {
    let changes = Changing::prepare(platform, caller, id, ids).await?;
    let list = changes.list;
    let existing = changes.existing.clone();
    let mut rejected = BTreeSet::new();
    let added = changes
        .run(|contact| {
            rejected.remove(&contact.id);
            if contact.lists.contains(&list) {
                return None;
            }
            let on = contact.lists.iter().copied();
            let mut lists: Vec<Id> = on.filter(|list| existing.contains(list)).collect();
            if lists.len() >= MOST_LISTS {
                rejected.insert(contact.id);
                return None;
            }
            lists.push(list);
            lists.sort_unstable();
            Some(lists)
        })
        .await?;
    Ok(Added {
        added,
        rejected: rejected.into_iter().collect(),
    })
}

/// Takes these contacts off a list; ids that are nobody's are skipped. Answers how many were on it.
///
/// # Errors
/// [`Error::NotFound`] for the list; more than [`MOST_AT_ONCE`].
pub async fn take_off(
    platform: &Platform,
    caller: &Caller,
    id: &str,
    ids: &[String],
) -> Result<usize, Error> {
    let changes = Changing::prepare(platform, caller, id, ids).await?;
    let list = changes.list;
    changes
        .run(|contact| {
            let is_on = contact.lists.contains(&list);
            is_on.then(|| {
                let others = contact.lists.iter().copied();
                others.filter(|other| *other != list).collect()
            })
        })
        .await
}

/// Contacts whose lists are to change.
struct Changing<'a> {
    platform: &'a Platform,
    caller: &'a Caller,
    list: Id,
    /// The lists that the tenant has.
    existing: BTreeSet<Id>,
    contacts: Vec<ContactRecord>,
}

impl<'a> Changing<'a> {
    async fn prepare(
        platform: &'a Platform,
        caller: &'a Caller,
        list: &str,
        ids: &[String],
    ) -> Result<Self, Error> {
        let list = parse(list)?;
        if ids.len() > MOST_AT_ONCE {
            let error = format!("ids: must hold at most {MOST_AT_ONCE} ids");
            return Err(contacts::invalid(error));
        }
        let ids: Vec<Id> = ids.iter().filter_map(|id| id.parse().ok()).collect();
        let (admitted, existing, contacts) = tokio::join!(
            admission(platform, caller),
            contacts::existing_lists(platform, &caller.tenant),
            contacts::resolved(platform, &caller.tenant, &ids),
        );
        admitted?;
        let existing = existing?;
        if !existing.contains(&list) {
            return Err(NO_LIST);
        }
        Ok(Self {
            platform,
            caller,
            list,
            existing,
            contacts: contacts?,
        })
    }

    /// Gives each contact the lists that `lists_of` says, where it says any, on top of whatever somebody else changes at the
    /// same time. Answers how many were changed.
    async fn run(
        self,
        mut lists_of: impl FnMut(&ContactRecord) -> Option<Vec<Id>>,
    ) -> Result<usize, Error> {
        let store = self.platform.store();
        let tenant = &self.caller.tenant;
        let mut waiting = self.contacts;
        let mut changed = 0;
        for _ in 0..contacts::TRIES {
            let now = self.platform.now();
            let changes: Vec<ContactChange> = waiting
                .into_iter()
                .filter_map(|contact| {
                    let lists = lists_of(&contact)?;
                    let after = ContactRecord {
                        lists,
                        updated_at: now,
                        ..contact.clone()
                    };
                    let before = Some(contact);
                    Some(ContactChange { before, after })
                })
                .collect();
            if changes.is_empty() {
                return Ok(changed);
            }
            let saved = store.save_contacts(tenant, &changes).await?;
            let outcomes = changes.iter().zip(saved);
            let left: Vec<Id> = outcomes
                .filter(|(_, saved)| *saved != Saved::Yes)
                .map(|(change, _)| change.after.id)
                .collect();
            changed += changes.len() - left.len();
            waiting = match left.is_empty() {
                true => return Ok(changed),
                false => contacts::resolved(self.platform, tenant, &left).await?,
            };
        }
        Err(contacts::contended("changing who is on a list"))
    }
}

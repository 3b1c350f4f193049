//! Contacts made or told more, many at once.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use openwati_core::contact::{self, InvalidContact};
use openwati_core::id::Id;
use openwati_core::message::Recipient;
use openwati_core::phone::PhoneNumber;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use openwati_store::contact::{ContactChange, ContactRecord, Saved};

use super::{TRIES, contended};
use crate::error::Error;
use crate::platform::Platform;

/// What is known of whom a number belongs to. It is added to what is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Their number.
    pub phone: PhoneNumber,
    /// What the tenant calls them, where it is said.
    pub name: Option<String>,
    /// Tags that they get besides those that they have.
    pub tags: Vec<String>,
    /// Attributes that they get, in the place of those of the same names; `None` takes one away.
    pub attributes: BTreeMap<String, Option<String>>,
    /// Lists that they get on besides those that they are on.
    pub lists: Vec<Id>,
}

/// What became of a row.
#[derive(Debug, Clone)]
pub struct Upserted {
    /// The contact as it is now; none of a row that was rejected.
    pub contact: Option<ContactRecord>,
    /// What became of the row.
    pub outcome: Outcome,
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The contact was made of it.
    Created,
    /// The contact was there.
    Updated,
    /// The contact would pass a limit, which is named. The row changed nothing.
    Rejected(String),
}

/// The rows of one contact.
struct Group {
    before: Option<ContactRecord>,
    after: ContactRecord,
    rows: Vec<usize>,
}

/// Tells the contacts of these numbers what the rows say, and makes those that are missing; answers for each row, in their
/// order. Of a new contact the row by whose index `id_of` names it is the one that made it, however often the same rows
/// are told: so a run that died is run again, and counts the same.
///
/// # Errors
/// If the store did not answer, or others are at the same contacts all the time. Some rows may be told then.
pub async fn upsert(
    platform: &Platform,
    tenant: &TenantId,
    rows: &[Row],
    id_of: impl Fn(usize) -> Id,
) -> Result<Vec<Upserted>, Error> {
    let store = platform.store();
    let mut done: Vec<Option<Upserted>> = vec![None; rows.len()];
    for _ in 0..TRIES {
        let waiting: Vec<usize> = (0..rows.len()).filter(|row| done[*row].is_none()).collect();
        if waiting.is_empty() {
            break;
        }
        let numbers: BTreeSet<Recipient> = waiting
            .iter()
            .flat_map(|row| spellings(&rows[*row].phone))
            .collect();
        let numbers: Vec<Recipient> = numbers.into_iter().collect();
        let found = store.contacts_of(tenant, &numbers).await?;
        let now = platform.now();
        let mut groups: Vec<Group> = Vec::new();
        let mut places = HashMap::new();
        for index in waiting {
            let row = &rows[index];
            let keys = spellings(&row.phone);
            let own = found.get(&Recipient::Phone(row.phone.clone()));
            let known = own.or_else(|| keys.iter().find_map(|key| found.get(key)));
            // The other spelling may be somebody else's, until a message says that both are one.
            let is_theirs = |key: &&Recipient| {
                let other = found.get(*key).map(|other| other.id);
                other.is_none() || other == known.map(|known| known.id)
            };
            let learned: Vec<Recipient> = keys.iter().filter(is_theirs).cloned().collect();
            let whose = known.map_or(Whose::Nobody(keys), |known| Whose::Contact(known.id));
            let place = *places.entry(whose).or_insert_with(|| {
                groups.push(Group::new(known, &row.phone, id_of(index), now));
                groups.len() - 1
            });
            let group = &mut groups[place];
            match told(&group.after, row, &learned) {
                Ok(mut after) => {
                    if group.rows.is_empty() && group.before.is_none() {
                        after.id = id_of(index);
                    }
                    group.after = after;
                    group.rows.push(index);
                }
                Err(reason) => {
                    done[index] = Some(Upserted {
                        contact: None,
                        outcome: Outcome::Rejected(reason.to_string()),
                    });
                }
            }
        }
        groups.retain(|group| !group.rows.is_empty());
        let changes: Vec<ContactChange> = groups.iter().map(|group| group.change(now)).collect();
        let saved = store.save_contacts(tenant, &changes).await?;
        for ((group, change), saved) in groups.into_iter().zip(changes).zip(saved) {
            if saved != Saved::Yes {
                continue;
            }
            for index in group.rows {
                let outcome = match change.after.id == id_of(index) {
                    true => Outcome::Created,
                    false => Outcome::Updated,
                };
                done[index] = Some(Upserted {
                    contact: Some(change.after.clone()),
                    outcome,
                });
            }
        }
    }
    let done: Option<Vec<Upserted>> = done.into_iter().collect();
    done.ok_or_else(|| contended("saving contacts"))
}

/// Whom rows are about.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Whose {
    Contact(Id),
    Nobody(BTreeSet<Recipient>),
}

/// A number in both ways that lead to the same person.
fn spellings(number: &PhoneNumber) -> BTreeSet<Recipient> {
    let both = [Some(number.clone()), number.other_spelling()];
    both.into_iter().flatten().map(Recipient::Phone).collect()
}

impl Group {
    fn new(known: Option<&ContactRecord>, phone: &PhoneNumber, id: Id, now: Moment) -> Self {
        let after = known
            .cloned()
            .unwrap_or_else(|| ContactRecord::of_number(id, phone.clone(), now));
        Self {
            before: known.cloned(),
            after,
            rows: Vec::new(),
        }
    }

    fn change(&self, now: Moment) -> ContactChange {
        let mut after = self.after.clone();
        if self.before.as_ref().is_some_and(|before| *before != after) {
            after.updated_at = now;
        }
        ContactChange {
            before: self.before.clone(),
            after,
        }
    }
}

/// The contact once it was told the row; else why it cannot be.
fn told(
    contact: &ContactRecord,
    row: &Row,
    keys: &[Recipient],
) -> Result<ContactRecord, InvalidContact> {
    let mut told = contact.clone();
    told.learn(keys, &[]);
    if let Some(name) = &row.name {
        told.own_name = Some(name.clone());
    }
    let tags = contact.tags.iter().chain(&row.tags);
    told.tags = contact::tags(tags)?;
    for (name, value) in &row.attributes {
        match value {
            Some(value) => told.attributes.insert(name.clone(), value.clone()),
            None => told.attributes.remove(name),
        };
    }
    contact::check_attributes(&told.attributes)?;
    told.lists.extend_from_slice(&row.lists);
    told.lists.sort_unstable();
    told.lists.dedup();
    if told.lists.len() > contact::MOST_LISTS {
        return Err(InvalidContact::Lists);
    }
    Ok(told)
}

//! Keeping many contacts at once.

use std::collections::HashSet;

use aws_sdk_dynamodb::types::TransactWriteItem;
use futures::StreamExt as _;
use openwati_core::id::Id;
use openwati_core::message::Recipient;
use openwati_core::tenant::TenantId;

use super::ContactRecord;
use super::items::MOST_CHANGES;
use crate::error::StoreError;
use crate::store::Store;

/// A contact that is made or changed.
#[derive(Debug, Clone)]
pub struct ContactChange {
    /// As it was read; none where it is new.
    pub before: Option<ContactRecord>,
    /// As it is to be. Its version is of no account.
    pub after: ContactRecord,
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// The contact is as it was to be.
    Yes,
    /// Somebody changed it since it was read, or one of its numbers or ids leads to a contact already; nothing was done, or
    /// of very many tags and lists a part. Whoever wants the change reads again.
    Conflict,
}

/// A transaction takes 4 MB.
const MOST_BYTES: usize = 3 << 20;

/// Transactions that are made at the same time.
const PARALLEL: usize = 8;

/// Tags and lists that are changed in one transaction: the contact itself, its name's words and its keys fit beside them.
const EDITS_AT_ONCE: usize = 80;

const OPERATION: &str = "keeping contacts";

/// A contact's part of a transaction, and the place of its change.
struct Part {
    place: usize,
    items: Vec<TransactWriteItem>,
    bytes: usize,
}

impl Store {
    /// Makes and changes contacts with what they are found by, several in a transaction, and of each all or nothing.
    /// Answers in the order of the changes. One that changes nothing is free; one that names the same contact, number or
    /// id as one before it is a conflict.
    ///
    /// # Errors
    /// If the store did not answer; some of the changes may be made then.
    pub async fn save_contacts(
        &self,
        tenant: &TenantId,
        changes: &[ContactChange],
    ) -> Result<Vec<Saved>, StoreError> {
        let mut saved = vec![Saved::Conflict; changes.len()];
        let mut named = Named::default();
        let (mut small, mut large) = (Vec::new(), Vec::new());
        for (place, change) in changes.iter().enumerate() {
            let before = change.before.as_ref();
            if before.is_some_and(|before| before == &change.after) {
                saved[place] = Saved::Yes;
                continue;
            }
            if !named.is_first(change) {
                continue;
            }
            let items = self.contact_items(OPERATION, tenant, before, &change.after)?;
            match items.len() <= MOST_CHANGES {
                true => small.push(Part {
                    place,
                    bytes: weight(&change.after) + 200 * items.len(),
                    items,
                }),
                false => large.push((place, change)),
            }
        }
        let groups = packed(small)
            .into_iter()
            .map(|parts| self.save_parts(parts));
        let mut groups = futures::stream::iter(groups).buffer_unordered(PARALLEL);
        while let Some(places) = groups.next().await {
            for place in places? {
                saved[place] = Saved::Yes;
            }
        }
        drop(groups);
        for (place, change) in large {
            saved[place] = self.save_in_steps(tenant, change).await?;
        }
        Ok(saved)
    }

    /// Makes these changes in one transaction, or in several where some of them cannot be made. Answers the places of those
    /// that were.
    async fn save_parts(&self, mut parts: Vec<Part>) -> Result<Vec<usize>, StoreError> {
        while !parts.is_empty() {
            let items = parts.iter().flat_map(|part| part.items.clone()).collect();
            let refused = self.transact_or_say(OPERATION, items).await?;
            if refused.is_empty() {
                break;
            }
            let mut first = 0;
            parts.retain(|part| {
                let own = first..first + part.items.len();
                first = own.end;
                !refused.iter().any(|place| own.contains(place))
            });
        }
        Ok(parts.into_iter().map(|part| part.place).collect())
    }

    /// Makes a change that is more than one transaction takes: each step is whole, and leads nearer.
    async fn save_in_steps(
        &self,
        tenant: &TenantId,
        change: &ContactChange,
    ) -> Result<Saved, StoreError> {
        let mut before = change.before.clone();
        for mut step in steps(change) {
            let items = self.contact_items(OPERATION, tenant, before.as_ref(), &step)?;
            if !self.transact_or_say(OPERATION, items).await?.is_empty() {
                return Ok(Saved::Conflict);
            }
            step.version = before.map_or(0, |before| before.version + 1);
            before = Some(step);
        }
        Ok(Saved::Yes)
    }
}

/// Contacts, numbers and ids that were named: DynamoDB refuses a transaction that names an item twice.
#[derive(Default)]
struct Named<'a> {
    contacts: HashSet<Id>,
    keys: HashSet<&'a Recipient>,
}

impl<'a> Named<'a> {
    fn is_first(&mut self, change: &'a ContactChange) -> bool {
        let before = change.before.iter().flat_map(|before| &before.keys);
        let keys: HashSet<&Recipient> = before.chain(&change.after.keys).collect();
        if self.contacts.contains(&change.after.id) || !self.keys.is_disjoint(&keys) {
            return false;
        }
        self.contacts.insert(change.after.id);
        self.keys.extend(keys);
        true
    }
}

/// Parts in as few transactions as they fit in one after the other.
fn packed(parts: Vec<Part>) -> Vec<Vec<Part>> {
    let mut groups: Vec<Vec<Part>> = Vec::new();
    let (mut items, mut bytes) = (0, 0);
    for part in parts {
        items += part.items.len();
        bytes += part.bytes;
        match groups.last_mut() {
            Some(group) if items <= MOST_CHANGES && bytes <= MOST_BYTES => group.push(part),
            _ => {
                (items, bytes) = (part.items.len(), part.bytes);
                groups.push(vec![part]);
            }
        }
    }
    groups
}

/// Roughly how many bytes a contact takes.
pub(super) fn weight(contact: &ContactRecord) -> usize {
    let attributes = contact.attributes.iter();
    let attributes: usize = attributes
        .map(|(name, value)| name.len() + value.len())
        .sum();
    let tags: usize = contact.tags.iter().map(String::len).sum();
    1_000 + attributes + tags + 30 * (contact.lists.len() + contact.absorbed.len())
}

/// The contact between `before` and `after`, with ever more of its tags and lists changed.
fn steps(change: &ContactChange) -> Vec<ContactRecord> {
    let after = &change.after;
    let (tags, lists) = change
        .before
        .as_ref()
        .map(|before| (before.tags.clone(), before.lists.clone()))
        .unwrap_or_default();
    let mut now = ContactRecord {
        tags,
        lists,
        ..after.clone()
    };
    let mut steps = vec![now.clone()];
    loop {
        let mut left = EDITS_AT_ONCE;
        step_towards(&mut now.tags, &after.tags, &mut left);
        step_towards(&mut now.lists, &after.lists, &mut left);
        if left == EDITS_AT_ONCE {
            break;
        }
        steps.push(now.clone());
    }
    steps.push(after.clone());
    steps.dedup();
    steps
}

/// Takes away what is not wanted and adds what is, while there are edits left.
fn step_towards<T: Clone + Ord>(now: &mut Vec<T>, wanted: &[T], left: &mut usize) {
    now.retain(|one| {
        let stays = wanted.contains(one) || *left == 0;
        *left -= usize::from(!stays);
        stays
    });
    let missing = wanted.iter().filter(|one| !now.contains(one));
    let missing: Vec<T> = missing.take(*left).cloned().collect();
    *left -= missing.len();
    now.extend(missing);
    now.sort_unstable();
}

#[cfg(test)]
mod tests {
    use openwati_core::phone::PhoneNumber;
    use openwati_core::time::Moment;

    use super::*;

    fn contact(tags: std::ops::Range<u32>, lists: std::ops::Range<u8>) -> ContactRecord {
        let number = PhoneNumber::from_digits("923001234567").unwrap();
        let mut contact = ContactRecord::of_number(
            Id::from_bytes([1; 12]),
            number,
            Moment::from_seconds(1_790_000_000),
        );
        contact.tags = tags.map(|n| format!("tag {n:03}")).collect();
        contact.lists = lists.map(|n| Id::from_bytes([n; 12])).collect();
        contact
    }

    #[test]
    fn a_large_change_is_made_in_steps_that_fit() {
        for (before, after) in [
            (None, contact(0..100, 0..100)),
            (Some(contact(0..100, 0..100)), contact(100..200, 100..200)),
            (Some(contact(0..100, 0..100)), contact(0..0, 0..0)),
        ] {
            let change = ContactChange { before, after };
            let steps = steps(&change);
            assert_eq!(steps.last(), Some(&change.after));
            let mut last = change.before.clone();
            for step in steps {
                let old = last.as_ref().map(ContactRecord::terms).unwrap_or_default();
                let changed = old.symmetric_difference(&step.terms()).count();
                assert!(changed <= EDITS_AT_ONCE, "{changed}");
                assert!(step.tags.len() <= 100 && step.lists.len() <= 100);
                last = Some(step);
            }
        }
    }
}

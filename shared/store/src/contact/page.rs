//! Contacts page by page: all of them newest first, or those that are found by something, over all shards.

use std::collections::{HashMap, VecDeque};

use aws_sdk_dynamodb::types::{AttributeValue, Select};
use futures::future::try_join_all;
use openwati_core::contact::ContactTerm;
use openwati_core::id::Id;
use openwati_core::message::Recipient;
use openwati_core::tenant::TenantId;

use super::ContactRecord;
use super::save::weight;
use crate::error::StoreError;
use crate::item::{Item, read, s, text};
use crate::keys::names;
use crate::keys::place::{
    CONTACT_SHARDS, PHONE_ALIAS, alias_partition, contact_partition, contact_term_partition,
};
use crate::store::Store;

/// Which contacts are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContactsBy<'a> {
    /// All of them, newest first.
    All,
    /// Those with a tag, however it is spelled, newest first.
    Tag(&'a str),
    /// Those on a list, newest first.
    List(Id),
    /// Those whose shown name, or one of its first words, begins like this, however it is spelled; in the order of that.
    Name(&'a str),
    /// Those with a number that begins with these digits, in the order of numbers.
    Number(&'a str),
}

/// A page that is asked for.
#[derive(Debug, Clone, Copy)]
pub struct ContactSelection<'a> {
    /// Which contacts.
    pub by: ContactsBy<'a>,
    /// Where the page before ended; nothing comes after what is no such place.
    pub after: Option<&'a str>,
    /// How many, at least 1 and at most 1,000.
    pub limit: usize,
}

/// A page of contacts.
#[derive(Debug, Default)]
pub struct ContactPage {
    /// At most as many as asked for. A page may be short, or empty, although more follow.
    pub contacts: Vec<ContactRecord>,
    /// Where each of them stands: what to give as `after` to go on behind it.
    pub places: Vec<String>,
    /// What to give as `after` for the next page; none when there is nothing more.
    pub next: Option<String>,
}

/// How many contacts have a tag or are on a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TermCount {
    /// As many as were counted.
    pub count: u64,
    /// Whether those are all.
    pub is_all: bool,
}

/// Most contacts of a page.
const LARGEST_PAGE: usize = 1_000;

/// After how many bytes of contacts a page ends: an answer of a function has 6 MB.
const FULL: usize = 3 << 20;

/// How often a page that was not filled is read on: what is found by two words of a name is shown once.
const ROUNDS: usize = 4;

/// Contacts that are read at a time where they are found by something.
const WAVE: usize = 500;

/// Queries of 1 MB to each shard that one count costs at most: some 250,000 contacts in each.
const COUNTED_PAGES: usize = 32;

/// Where something lies within each of the shards, and in which order it is read.
struct Range {
    partitions: Vec<String>,
    /// How the sort keys begin.
    prefix: String,
    /// Whether what follows is an id, and the highest comes first.
    newest_first: bool,
}

/// One shard that is read along with the others.
struct Shard {
    partition: String,
    items: VecDeque<(String, Item)>,
    start: Option<HashMap<String, AttributeValue>>,
    /// Whether there may be more than what is here.
    open: bool,
}

impl Range {
    fn of(tenant: &TenantId, by: ContactsBy<'_>) -> Self {
        type Partition = fn(&TenantId, u8) -> String;
        let (partition, prefix, newest_first): (Partition, String, bool) = match by {
            ContactsBy::All => (contact_partition, String::new(), true),
            ContactsBy::Tag(tag) => (
                contact_term_partition,
                format!("{}#", ContactTerm::tag(tag)),
                true,
            ),
            ContactsBy::List(id) => (
                contact_term_partition,
                format!("{}#", ContactTerm::list(id)),
                true,
            ),
            ContactsBy::Name(name) => (
                contact_term_partition,
                ContactTerm::name(name).to_string(),
                false,
            ),
            ContactsBy::Number(digits) => {
                (alias_partition, format!("{PHONE_ALIAS}{digits}"), false)
            }
        };
        let shards = 0..CONTACT_SHARDS;
        Self {
            partitions: shards.map(|shard| partition(tenant, shard)).collect(),
            prefix,
            newest_first,
        }
    }

    /// The lowest and the highest sort key after a place; none where that is no place of this range.
    fn bounds(&self, after: Option<&str>) -> Option<(String, String)> {
        let prefix = &self.prefix;
        // DynamoDB refuses an empty key, even as an end of a range. No id's text is below this one.
        let first = match prefix.is_empty() {
            true => "0".to_owned(),
            false => prefix.clone(),
        };
        let last = match self.newest_first {
            true => format!("{prefix}{}", Id::from_bytes([0xff; 12])),
            false => format!("{prefix}\u{10ffff}"),
        };
        let Some(after) = after else {
            return Some((first, last));
        };
        let rest = after.strip_prefix(prefix.as_str())?;
        match self.newest_first {
            true => {
                rest.parse::<Id>().ok().filter(|id| id.hex() == rest)?;
                Some((first, after.to_owned()))
            }
            false => (after < last.as_str()).then(|| (after.to_owned(), last)),
        }
    }
}

impl Store {
    /// A page of contacts.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn contact_page(
        &self,
        tenant: &TenantId,
        selection: &ContactSelection<'_>,
    ) -> Result<ContactPage, StoreError> {
        let range = Range::of(tenant, selection.by);
        let limit = selection.limit.clamp(1, LARGEST_PAGE);
        let mut page = ContactPage {
            contacts: Vec::new(),
            places: Vec::new(),
            next: selection.after.map(ToOwned::to_owned),
        };
        let mut bytes = 0;
        for _ in 0..ROUNDS {
            let left = limit - page.contacts.len();
            let (found, more) = self.merged(&range, page.next.as_deref(), left).await?;
            let last = found.last().map(|(sk, _)| sk.clone());
            page.next = last.filter(|_| more);
            for wave in found.chunks(WAVE) {
                for (sk, contact) in self.found(tenant, selection.by, wave).await? {
                    bytes += weight(&contact);
                    page.contacts.push(contact);
                    page.places.push(sk.clone());
                    if bytes >= FULL {
                        page.next = Some(sk);
                        return Ok(page);
                    }
                }
            }
            if page.next.is_none() || page.contacts.len() >= limit {
                break;
            }
        }
        Ok(page)
    }

    /// How many contacts have a tag or are on a list.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn count_contacts(
        &self,
        tenant: &TenantId,
        by: ContactsBy<'_>,
    ) -> Result<TermCount, StoreError> {
        let range = Range::of(tenant, by);
        let counts = range
            .partitions
            .iter()
            .map(|pk| self.count_shard(&range, pk));
        let counts = try_join_all(counts).await?;
        Ok(TermCount {
            count: counts.iter().map(|one| one.count).sum(),
            is_all: counts.iter().all(|one| one.is_all),
        })
    }

    async fn count_shard(&self, range: &Range, partition: &str) -> Result<TermCount, StoreError> {
        let mut start = None;
        let mut count = 0;
        for _ in 0..COUNTED_PAGES {
            let request = self.client.query().table_name(&*self.table);
            let page = request
                .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
                .expression_attribute_values(":pk", s(partition))
                .expression_attribute_values(":prefix", s(&range.prefix))
                .select(Select::Count)
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(StoreError::sdk("counting contacts"))?;
            count += u64::try_from(page.count).unwrap_or_default();
            start = page.last_evaluated_key;
            if start.is_none() {
                break;
            }
        }
        Ok(TermCount {
            count,
            is_all: start.is_none(),
        })
    }

    /// The contacts that these items are or lead to, with their sort keys: each once, and none that turned out to be
    /// another or is not found by this any more.
    async fn found(
        &self,
        tenant: &TenantId,
        by: ContactsBy<'_>,
        items: &[(String, Item)],
    ) -> Result<Vec<(String, ContactRecord)>, StoreError> {
        let operation = "listing contacts";
        if by == ContactsBy::All {
            let contacts = items.iter().map(|(sk, item)| {
                let contact: ContactRecord = read(operation, item.clone())?;
                Ok((sk.clone(), contact))
            });
            let mut contacts: Vec<_> = contacts.collect::<Result<_, StoreError>>()?;
            contacts.retain(|(_, contact)| contact.merged_into.is_none());
            return Ok(contacts);
        }
        let led = items.iter().filter_map(|(sk, item)| {
            let id = match by {
                ContactsBy::Number(_) => text(item, "contact")?,
                _ => sk.rsplit('#').next()?,
            };
            Some((sk, id.parse::<Id>().ok()?))
        });
        let led: Vec<(&String, Id)> = led.collect();
        let ids: Vec<Id> = led.iter().map(|(_, id)| *id).collect();
        let contacts = self.contacts(tenant, &ids).await?;
        let found = led.into_iter().filter_map(|(sk, id)| {
            let contact = contacts.get(&id)?;
            shows(by, contact, sk).then(|| (sk.clone(), contact.clone()))
        });
        Ok(found.collect())
    }

    /// Up to `limit` items of a range after a place, in its order over all shards, and whether there are more.
    async fn merged(
        &self,
        range: &Range,
        after: Option<&str>,
        limit: usize,
    ) -> Result<(Vec<(String, Item)>, bool), StoreError> {
        let Some((low, high)) = range.bounds(after) else {
            return Ok((Vec::new(), false));
        };
        let bounds = (low.as_str(), high.as_str());
        // Ids and digests spread evenly, but not exactly: a little more than each shard's part keeps most pages at one
        // query a shard.
        let part = limit.div_ceil(usize::from(CONTACT_SHARDS));
        let ask = part + part / 4 + 4;
        let partitions = range.partitions.iter();
        let mut shards: Vec<Shard> = partitions.map(|pk| Shard::new(pk.clone())).collect();
        let mut found = Vec::with_capacity(limit);
        while found.len() < limit {
            let dry = shards.iter_mut();
            let dry = dry.filter(|shard| shard.open && shard.items.is_empty());
            let fills = dry.map(|shard| self.fill(shard, range, bounds, after, ask));
            try_join_all(fills.collect::<Vec<_>>()).await?;
            if shards
                .iter()
                .any(|shard| shard.open && shard.items.is_empty())
            {
                continue;
            }
            let Some(shard) = next_shard(&mut shards, range.newest_first) else {
                break;
            };
            found.extend(shard.items.pop_front());
        }
        let more = shards
            .iter()
            .any(|shard| shard.open || !shard.items.is_empty());
        Ok((found, more))
    }

    /// Reads a shard on.
    async fn fill(
        &self,
        shard: &mut Shard,
        range: &Range,
        (low, high): (&str, &str),
        after: Option<&str>,
        ask: usize,
    ) -> Result<(), StoreError> {
        let request = self.client.query().table_name(&*self.table);
        let page = request
            .key_condition_expression("pk = :pk AND sk BETWEEN :low AND :high")
            .expression_attribute_values(":pk", s(&shard.partition))
            .expression_attribute_values(":low", s(low))
            .expression_attribute_values(":high", s(high))
            .consistent_read(true)
            .scan_index_forward(!range.newest_first)
            .limit(i32::try_from(ask).unwrap_or(i32::MAX))
            .set_exclusive_start_key(shard.start.take())
            .send()
            .await
            .map_err(StoreError::sdk("listing contacts"))?;
        let items = page.items.unwrap_or_default().into_iter();
        let items = items.filter_map(|item| Some((text(&item, names::SK)?.to_owned(), item)));
        // The range begins with the place that the page before ended with.
        shard
            .items
            .extend(items.filter(|(sk, _)| after != Some(sk.as_str())));
        shard.open = page.last_evaluated_key.is_some();
        shard.start = page.last_evaluated_key;
        Ok(())
    }
}

impl Shard {
    fn new(partition: String) -> Self {
        Self {
            partition,
            items: VecDeque::new(),
            start: None,
            open: true,
        }
    }

    fn head(&self) -> Option<&str> {
        self.items.front().map(|(sk, _)| sk.as_str())
    }
}

/// The shard that has what comes next.
fn next_shard(shards: &mut [Shard], newest_first: bool) -> Option<&mut Shard> {
    let filled = shards.iter_mut().filter(|shard| !shard.items.is_empty());
    match newest_first {
        true => filled.max_by(|a, b| a.head().cmp(&b.head())),
        false => filled.min_by(|a, b| a.head().cmp(&b.head())),
    }
}

/// Whether a contact that an item leads to is shown there: it is found by it still, and by nothing before it.
fn shows(by: ContactsBy<'_>, contact: &ContactRecord, sk: &str) -> bool {
    if contact.merged_into.is_some() {
        return false;
    }
    match by {
        ContactsBy::All => true,
        ContactsBy::Tag(tag) => contact.terms().contains(&ContactTerm::tag(tag)),
        ContactsBy::List(list) => contact.lists.contains(&list),
        ContactsBy::Name(name) => {
            let (wanted, terms) = (ContactTerm::name(name), contact.terms());
            let mut terms = terms.iter().map(ContactTerm::as_str);
            let first = terms.find(|term| term.starts_with(wanted.as_str()));
            first.is_some_and(|first| sk == format!("{first}#{}", contact.id))
        }
        ContactsBy::Number(digits) => {
            let numbers = contact.keys.iter().filter_map(|key| match key {
                Recipient::Phone(number) => Some(number.as_str()),
                Recipient::UserId(_) => None,
            });
            let first = numbers.filter(|number| number.starts_with(digits)).min();
            first.is_some_and(|first| sk.strip_prefix(PHONE_ALIAS) == Some(first))
        }
    }
}

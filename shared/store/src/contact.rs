//! Contacts: the people whom a tenant's messages are with.

mod delete;
mod items;
mod page;
mod save;
mod unite;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use openwati_core::contact::{ContactTerm, MOST_LISTS, join_attributes, join_tags, name_terms};
use openwati_core::conversation::Summary;
use openwati_core::id::Id;
use openwati_core::incoming::Profile;
use openwati_core::message::{Bsuid, Recipient};
use openwati_core::phone::PhoneNumber;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use serde::{Deserialize, Serialize};

use crate::alias::AliasRecord;
use crate::error::StoreError;
use crate::item::read;
use crate::keys::Key;
use crate::store::Store;
use crate::transaction::Transacted;

pub use page::{ContactPage, ContactSelection, ContactsBy, TermCount};
pub use save::{ContactChange, Saved};

/// How often a change begins anew because somebody else changed the contact.
const TRIES: usize = 8;

/// A contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactRecord {
    /// Its id.
    pub id: Id,
    /// What the business calls them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_name: Option<String>,
    /// The name that they gave themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The name that they are found by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The message that said so last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named_by: Option<Id>,
    /// Every number and id that leads to them, which are also the peers of their messages.
    #[serde(default)]
    pub keys: Vec<Recipient>,
    /// What the business's whole portfolio knows them by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parent_user_ids: Vec<Bsuid>,
    /// The peer under which their conversations lie: their number, as far as it is known.
    pub peer: Recipient,
    /// The message that said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer_by: Option<Id>,
    /// As the business wrote them, each once however it is spelled, and in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// What else the business wrote down.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
    /// The lists that they are on, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lists: Vec<Id>,
    /// When they wrote first, or were written down.
    pub created_at: Moment,
    /// When anything of this changed last.
    pub updated_at: Moment,
    /// The contacts that turned out to be them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absorbed: Vec<Id>,
    /// The contact that they turned out to be; all else is that one's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<Id>,
    /// How many times the contact was changed.
    #[serde(default)]
    pub version: u32,
}

impl ContactRecord {
    /// Somebody whom the business writes down by number.
    pub fn of_number(id: Id, number: PhoneNumber, at: Moment) -> Self {
        let peer = Recipient::Phone(number);
        Self {
            id,
            own_name: None,
            name: None,
            username: None,
            named_by: None,
            keys: vec![peer.clone()],
            parent_user_ids: Vec::new(),
            peer,
            peer_by: None,
            tags: Vec::new(),
            attributes: BTreeMap::new(),
            lists: Vec::new(),
            created_at: at,
            updated_at: at,
            absorbed: Vec::new(),
            merged_into: None,
            version: 0,
        }
    }

    /// The name by which people know them: the business's own, else the one that they gave themselves.
    pub fn shown_name(&self) -> Option<&str> {
        self.own_name.as_deref().or(self.name.as_deref())
    }

    /// Their number: that of their conversations, else any.
    pub fn phone(&self) -> Option<&PhoneNumber> {
        let peers = std::iter::once(&self.peer).chain(&self.keys);
        peers.into_iter().find_map(|peer| match peer {
            Recipient::Phone(number) => Some(number),
            Recipient::UserId(_) => None,
        })
    }

    /// WhatsApp's id of them.
    pub fn user_id(&self) -> Option<&Bsuid> {
        let peers = std::iter::once(&self.peer).chain(&self.keys);
        peers.into_iter().find_map(|peer| match peer {
            Recipient::UserId(id) => Some(id),
            Recipient::Phone(_) => None,
        })
    }

    /// What they are found by.
    pub(crate) fn terms(&self) -> BTreeSet<ContactTerm> {
        if self.merged_into.is_some() {
            return BTreeSet::new();
        }
        let mut terms = self.shown_name().map(name_terms).unwrap_or_default();
        terms.extend(self.tags.iter().map(|tag| ContactTerm::tag(tag)));
        terms.extend(self.lists.iter().map(|list| ContactTerm::list(*list)));
        terms
    }

    /// Counts in what is known of another who is the same person. The older one's id stays.
    #[must_use]
    pub fn joined_with(self, other: Self) -> Self {
        let (mut first, second) = match (self.created_at, self.id) <= (other.created_at, other.id) {
            true => (self, other),
            false => (other, self),
        };
        if first.named_by < second.named_by {
            first.name = second.name;
            first.username = second.username;
            first.named_by = second.named_by;
        }
        first.settle_at(&second.peer, second.peer_by);
        first.learn(&second.keys, &second.parent_user_ids);
        first.own_name = first.own_name.or(second.own_name);
        first.tags = join_tags(first.tags, second.tags);
        first.attributes = join_attributes(first.attributes, second.attributes);
        first.lists.extend(second.lists);
        first.lists.sort_unstable();
        first.lists.dedup();
        first.lists.truncate(MOST_LISTS);
        first.updated_at = first.updated_at.max(second.updated_at);
        first.absorbed.push(second.id);
        first.absorbed.extend(second.absorbed);
        first
    }

    /// Adds what leads to them.
    pub fn learn(&mut self, keys: &[Recipient], parent_user_ids: &[Bsuid]) {
        self.keys.extend_from_slice(keys);
        self.keys.sort_unstable();
        self.keys.dedup();
        self.parent_user_ids.extend_from_slice(parent_user_ids);
        self.parent_user_ids.sort_unstable();
        self.parent_user_ids.dedup();
    }

    /// Where their conversations lie from now on, as the message `by` says: a number rather than an id, and what was said
    /// last.
    pub fn settle_at(&mut self, peer: &Recipient, by: Option<Id>) {
        let rank = |peer: &Recipient, by| (matches!(peer, Recipient::Phone(_)), by);
        if rank(&self.peer, self.peer_by) < rank(peer, by) {
            self.peer = peer.clone();
            self.peer_by = by;
        }
    }

    /// Takes the name that was given in a conversation, if it was given later.
    fn take_name_of(&mut self, summary: &Summary) {
        if self.named_by < summary.named_by {
            self.name.clone_from(&summary.name);
            self.username.clone_from(&summary.username);
            self.named_by = summary.named_by;
        }
    }
}

impl Store {
    /// The contact with this id.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn contact(
        &self,
        tenant: &TenantId,
        id: Id,
    ) -> Result<Option<ContactRecord>, StoreError> {
        let operation = "reading a contact";
        let item = self.get(operation, &Key::contact(tenant, id)).await?;
        item.map(|item| read(operation, item)).transpose()
    }

    /// Those of these contacts that there are, in one request for each hundred.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn contacts(
        &self,
        tenant: &TenantId,
        ids: &[Id],
    ) -> Result<HashMap<Id, ContactRecord>, StoreError> {
        let operation = "reading contacts";
        let keys = ids.iter().map(|id| Key::contact(tenant, *id)).collect();
        let found = self.batch(operation, keys).await?;
        found
            .into_values()
            .map(|item| {
                let contact: ContactRecord = read(operation, item)?;
                Ok((contact.id, contact))
            })
            .collect()
    }

    /// The contacts that these numbers and ids lead to, as far as there are any.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn contacts_of(
        &self,
        tenant: &TenantId,
        keys: &[Recipient],
    ) -> Result<HashMap<Recipient, ContactRecord>, StoreError> {
        let operation = "reading aliases";
        let wanted = keys.iter().map(|key| Key::alias(tenant, key)).collect();
        let found = self.batch(operation, wanted).await?;
        let mut led = Vec::with_capacity(found.len());
        for key in keys {
            if let Some(item) = found.get(&Key::alias(tenant, key)) {
                let alias: AliasRecord = read(operation, item.clone())?;
                led.push((key, alias.contact));
            }
        }
        let ids: Vec<Id> = led.iter().map(|(_, id)| *id).collect();
        let contacts = self.contacts(tenant, &ids).await?;
        let led = led.into_iter();
        let led = led.filter_map(|(key, id)| Some((key.clone(), contacts.get(&id)?.clone())));
        Ok(led.collect())
    }

    /// Keeps a new contact with what leads to it. Says whether it was new: none of its keys may lead anywhere yet.
    ///
    /// # Errors
    /// If the store did not answer; the contact may be there then.
    pub async fn create_contact(
        &self,
        tenant: &TenantId,
        contact: &ContactRecord,
    ) -> Result<bool, StoreError> {
        let operation = "creating a contact";
        let changes = self.contact_items(operation, tenant, None, contact)?;
        let made = self.transact(operation, changes).await?;
        Ok(matches!(made, Transacted::Done))
    }

    /// The message `by` gives a contact's name. A name that a later message gave stays.
    ///
    /// # Errors
    /// If the store did not answer. The same may be told again.
    pub async fn rename_contact(
        &self,
        tenant: &TenantId,
        contact: Id,
        profile: &Profile,
        by: Id,
    ) -> Result<(), StoreError> {
        let operation = "renaming a contact";
        for _ in 0..TRIES {
            let before = self.contact(tenant, contact).await?;
            let before = before.filter(|contact| contact.merged_into.is_none());
            let Some(before) = before.filter(|contact| contact.named_by < Some(by)) else {
                return Ok(());
            };
            let after = ContactRecord {
                name: profile.name.clone(),
                username: profile.username.clone(),
                named_by: Some(by),
                updated_at: before.updated_at.max(by.moment()),
                ..before.clone()
            };
            let changes = self.contact_items(operation, tenant, Some(&before), &after)?;
            if let Transacted::Done = self.transact(operation, changes).await? {
                return Ok(());
            }
        }
        Err(contended(operation))
    }
}

/// Others are at the same contact all the time.
fn contended(operation: &'static str) -> StoreError {
    StoreError::Unavailable {
        operation,
        reason: "others are at it".to_owned(),
    }
}

//! Contacts: the people whom a tenant's messages are with.

mod unite;

use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use openwati_core::conversation::Summary;
use openwati_core::id::Id;
use openwati_core::incoming::Profile;
use openwati_core::message::{Bsuid, Recipient};
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use serde::{Deserialize, Serialize};

use crate::alias::AliasRecord;
use crate::error::StoreError;
use crate::item::{n, read, s, write};
use crate::keys::Key;
use crate::store::{Store, Update};
use crate::transaction::Transacted;

/// A contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactRecord {
    /// Its id.
    pub id: Id,
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
    /// When they wrote first.
    pub created_at: Moment,
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

    fn alias(&self) -> AliasRecord {
        AliasRecord {
            contact: self.id,
            peer: self.peer.clone(),
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
        let mut changes = vec![self.put(
            operation,
            &Key::contact(tenant, contact.id),
            contact,
            "attribute_not_exists(pk)",
        )?];
        let list_item = Key::contact_list_item(tenant, contact.id).map();
        changes.push(self.put_if_new(list_item));
        for key in &contact.keys {
            let key = Key::alias(tenant, key);
            changes.push(self.put(
                operation,
                &key,
                &contact.alias(),
                "attribute_not_exists(pk)",
            )?);
        }
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
        let mut sets = "named_by = :by, version = version + :one".to_owned();
        let mut removes = Vec::new();
        let mut update = Update::new(Key::contact(tenant, contact), "")
            .value(":by", s(by.hex()))
            .value(":one", n(1));
        for (name, place, words) in [
            ("name", "#name", &profile.name),
            ("username", "#username", &profile.username),
        ] {
            update = update.name(place, name);
            match words {
                Some(words) => {
                    sets.push_str(&format!(", {place} = :{name}"));
                    update = update.value(&format!(":{name}"), s(words));
                }
                None => removes.push(place),
            }
        }
        update.expression = match removes.is_empty() {
            true => format!("SET {sets}"),
            false => format!("SET {sets} REMOVE {}", removes.join(", ")),
        };
        let update = update.condition(
            "attribute_exists(pk) AND attribute_not_exists(merged_into) \
             AND (attribute_not_exists(named_by) OR named_by < :by)",
        );
        self.update("renaming a contact", update).await?;
        Ok(())
    }

    /// One put of a transaction.
    fn put(
        &self,
        operation: &'static str,
        key: &Key,
        record: &impl Serialize,
        condition: &str,
    ) -> Result<TransactWriteItem, StoreError> {
        let put = self.put_builder(operation, key, record)?;
        let put = put.condition_expression(condition);
        Ok(whole(put))
    }

    fn put_builder(
        &self,
        operation: &'static str,
        key: &Key,
        record: &impl Serialize,
    ) -> Result<aws_sdk_dynamodb::types::builders::PutBuilder, StoreError> {
        let mut item = write(operation, record)?;
        item.extend(key.map());
        Ok(Put::builder().table_name(&*self.table).set_item(Some(item)))
    }
}

fn whole(put: aws_sdk_dynamodb::types::builders::PutBuilder) -> TransactWriteItem {
    let put = put.build().expect("table and item are given");
    TransactWriteItem::builder().put(put).build()
}

//! Lists of contacts. Who is on one stands with each contact.

use aws_sdk_dynamodb::types::{Put, TransactWriteItem, Update};
use openwati_core::fold::fold;
use openwati_core::id::Id;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::item::{Item, n, number, read, s, text, write};
use crate::keys::place::contact_list_partition;
use crate::keys::{Key, names};
use crate::store::Store;
use crate::transaction::Transacted;

/// Most lists of a tenant.
pub const MOST_CONTACT_LISTS: usize = 1_000;

/// A list of contacts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactListRecord {
    /// Its id.
    pub id: Id,
    /// What it is called; no other of the tenant's is, however it is spelled.
    pub name: String,
    /// When it was made.
    pub created_at: Moment,
    /// How many times it was changed.
    #[serde(default)]
    pub version: u32,
}

/// What became of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListSaved {
    /// It is kept like this.
    Yes(ContactListRecord),
    /// Another one is called that.
    NameTaken,
    /// There are as many as there may be.
    TooMany,
    /// There is no such list.
    Gone,
}

/// The lists as they were at one time.
struct Lists {
    lists: Vec<ContactListRecord>,
    /// How many times any of them was changed.
    version: i64,
}

/// How often a change begins anew because others were changed meanwhile.
const TRIES: usize = 8;

impl Store {
    /// The tenant's lists, newest first.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn contact_lists(
        &self,
        tenant: &TenantId,
    ) -> Result<Vec<ContactListRecord>, StoreError> {
        let mut lists = self.every_list(tenant).await?.lists;
        lists.sort_unstable_by_key(|list| std::cmp::Reverse(list.id));
        Ok(lists)
    }

    /// One list.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn contact_list(
        &self,
        tenant: &TenantId,
        id: Id,
    ) -> Result<Option<ContactListRecord>, StoreError> {
        let operation = "reading a list of contacts";
        let item = self.get(operation, &Key::contact_list(tenant, id)).await?;
        item.map(|item| read(operation, item)).transpose()
    }

    /// Keeps a new list. One that is there already, with the same id and name, is kept.
    ///
    /// # Errors
    /// If the store did not answer; it may be kept then.
    pub async fn create_contact_list(
        &self,
        tenant: &TenantId,
        list: &ContactListRecord,
    ) -> Result<ListSaved, StoreError> {
        let operation = "making a list of contacts";
        for _ in 0..TRIES {
            let known = self.every_list(tenant).await?;
            if let Some(there) = known.lists.iter().find(|there| there.id == list.id) {
                return Ok(ListSaved::Yes(there.clone()));
            }
            if known.is_taken(&list.name, list.id) {
                return Ok(ListSaved::NameTaken);
            }
            if known.lists.len() >= MOST_CONTACT_LISTS {
                return Ok(ListSaved::TooMany);
            }
            let changes = vec![
                self.list_put(operation, tenant, list)?,
                self.lists_changed(tenant, known.version, 1),
            ];
            if let Transacted::Done = self.transact(operation, changes).await? {
                return Ok(ListSaved::Yes(list.clone()));
            }
        }
        Err(contended(operation))
    }

    /// Gives a list another name.
    ///
    /// # Errors
    /// If the store did not answer; it may have the name then.
    pub async fn rename_contact_list(
        &self,
        tenant: &TenantId,
        id: Id,
        name: &str,
    ) -> Result<ListSaved, StoreError> {
        let operation = "renaming a list of contacts";
        for _ in 0..TRIES {
            let known = self.every_list(tenant).await?;
            let Some(list) = known.lists.iter().find(|list| list.id == id) else {
                return Ok(ListSaved::Gone);
            };
            if list.name == name {
                return Ok(ListSaved::Yes(list.clone()));
            }
            if known.is_taken(name, id) {
                return Ok(ListSaved::NameTaken);
            }
            let after = ContactListRecord {
                name: name.to_owned(),
                version: list.version + 1,
                ..list.clone()
            };
            let changes = vec![
                self.list_put(operation, tenant, &after)?,
                self.lists_changed(tenant, known.version, 0),
            ];
            if let Transacted::Done = self.transact(operation, changes).await? {
                return Ok(ListSaved::Yes(after));
            }
        }
        Err(contended(operation))
    }

    /// Removes a list; contacts are taken from it before. Says whether there was one.
    ///
    /// # Errors
    /// If the store did not answer; it may be gone then.
    pub async fn delete_contact_list(&self, tenant: &TenantId, id: Id) -> Result<bool, StoreError> {
        let operation = "removing a list of contacts";
        for _ in 0..TRIES {
            let known = self.every_list(tenant).await?;
            if !known.lists.iter().any(|list| list.id == id) {
                return Ok(false);
            }
            let changes = vec![
                self.removal(&Key::contact_list(tenant, id)),
                self.lists_changed(tenant, known.version, -1),
            ];
            if let Transacted::Done = self.transact(operation, changes).await? {
                return Ok(true);
            }
        }
        Err(contended(operation))
    }

    async fn every_list(&self, tenant: &TenantId) -> Result<Lists, StoreError> {
        let operation = "reading lists of contacts";
        let mut known = Lists {
            lists: Vec::new(),
            version: 0,
        };
        let mut start: Option<Item> = None;
        loop {
            let request = self.client.query().table_name(&*self.table);
            let page = request
                .key_condition_expression("pk = :pk")
                .expression_attribute_values(":pk", s(contact_list_partition(tenant)))
                .consistent_read(true)
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(StoreError::sdk(operation))?;
            let count = Key::contact_list_count(tenant);
            for item in page.items.unwrap_or_default() {
                if text(&item, names::SK) == Some(count.sk()) {
                    known.version = number(&item, "version").unwrap_or(0);
                } else {
                    known.lists.push(read(operation, item)?);
                }
            }
            start = page.last_evaluated_key;
            if start.is_none() {
                return Ok(known);
            }
        }
    }

    fn list_put(
        &self,
        operation: &'static str,
        tenant: &TenantId,
        list: &ContactListRecord,
    ) -> Result<TransactWriteItem, StoreError> {
        let mut item = write(operation, list)?;
        item.extend(Key::contact_list(tenant, list.id).map());
        let put = Put::builder().table_name(&*self.table).set_item(Some(item));
        let put = put.build().expect("table and item are given");
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// That the lists changed, if nobody changed any since they were read: so a name is given once.
    fn lists_changed(&self, tenant: &TenantId, version: i64, by: i64) -> TransactWriteItem {
        let update = Update::builder()
            .table_name(&*self.table)
            .set_key(Some(Key::contact_list_count(tenant).map()))
            .update_expression("SET version = :next, lists = if_not_exists(lists, :zero) + :by")
            .expression_attribute_values(":next", n(version + 1))
            .expression_attribute_values(":zero", n(0))
            .expression_attribute_values(":by", n(by));
        let update = match version {
            0 => update.condition_expression("attribute_not_exists(version)"),
            version => update
                .condition_expression("version = :version")
                .expression_attribute_values(":version", n(version)),
        };
        let update = update.build().expect("table, key and expression are given");
        TransactWriteItem::builder().update(update).build()
    }
}

impl Lists {
    /// Whether another list is called that.
    fn is_taken(&self, name: &str, by_other_than: Id) -> bool {
        let name = fold(name);
        let mut others = self.lists.iter().filter(|list| list.id != by_other_than);
        others.any(|list| fold(&list.name) == name)
    }
}

fn contended(operation: &'static str) -> StoreError {
    StoreError::Unavailable {
        operation,
        reason: "others are at it".to_owned(),
    }
}

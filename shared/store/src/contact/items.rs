//! The changes of a transaction that keep a contact, what it is found by, and what leads to it.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::builders::PutBuilder;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use openwati_core::contact::ContactTerm;
use openwati_core::message::Recipient;
use openwati_core::tenant::TenantId;

use super::ContactRecord;
use crate::alias::AliasRecord;
use crate::error::StoreError;
use crate::item::{n, write};
use crate::keys::Key;
use crate::store::Store;

/// Most changes of one transaction: DynamoDB's limit.
pub(super) const MOST_CHANGES: usize = 100;

impl Store {
    /// Everything that makes `after` of `before`; a new contact where that is none.
    pub(super) fn contact_items(
        &self,
        operation: &'static str,
        tenant: &TenantId,
        before: Option<&ContactRecord>,
        after: &ContactRecord,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let mut items = vec![self.contact_put(operation, tenant, before, after)?];
        items.extend(self.alias_items(operation, tenant, before, after)?);
        items.extend(self.term_items(tenant, before, after));
        Ok(items)
    }

    /// The contact itself, if nobody changed it since it was `before`.
    pub(super) fn contact_put(
        &self,
        operation: &'static str,
        tenant: &TenantId,
        before: Option<&ContactRecord>,
        after: &ContactRecord,
    ) -> Result<TransactWriteItem, StoreError> {
        let after = ContactRecord {
            version: before.map_or(0, |before| before.version + 1),
            ..after.clone()
        };
        let mut item = write(operation, &after)?;
        item.extend(Key::contact(tenant, after.id).map());
        let put = Put::builder().table_name(&*self.table).set_item(Some(item));
        Ok(whole(match before {
            None => put.condition_expression("attribute_not_exists(pk)"),
            Some(before) => put
                .condition_expression("version = :version")
                .expression_attribute_values(":version", n(before.version)),
        }))
    }

    /// What the contact is found by now and was not, and the other way round.
    pub(super) fn term_items(
        &self,
        tenant: &TenantId,
        before: Option<&ContactRecord>,
        after: &ContactRecord,
    ) -> Vec<TransactWriteItem> {
        let old = before.map(ContactRecord::terms).unwrap_or_default();
        let new = after.terms();
        let key = |term: &ContactTerm| Key::contact_term(tenant, term, after.id);
        let gone = old.difference(&new).map(|term| self.removal(&key(term)));
        let come = new.difference(&old).map(|term| {
            let put = Put::builder().table_name(&*self.table);
            whole(put.set_item(Some(key(term).map())))
        });
        gone.chain(come).collect()
    }

    /// What leads to the contact now and did not, or led to other conversations, and what does not any more. Whom a key
    /// of the contact's leads to changes with the contact alone, whose version is looked at.
    fn alias_items(
        &self,
        operation: &'static str,
        tenant: &TenantId,
        before: Option<&ContactRecord>,
        after: &ContactRecord,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let old: BTreeSet<&Recipient> = before.iter().flat_map(|before| &before.keys).collect();
        let new: BTreeSet<&Recipient> = after.keys.iter().collect();
        let gone = old.difference(&new);
        let mut items: Vec<TransactWriteItem> = gone
            .map(|key| self.removal(&Key::alias(tenant, key)))
            .collect();
        let moved = before.is_some_and(|before| before.peer != after.peer);
        for key in new {
            let condition = match old.contains(key) {
                true if !moved => continue,
                true => "attribute_exists(pk)",
                false => "attribute_not_exists(pk)",
            };
            let alias = Key::alias(tenant, key);
            items.push(self.alias_put(operation, &alias, after, condition)?);
        }
        Ok(items)
    }

    /// That a key leads to a contact.
    pub(super) fn alias_put(
        &self,
        operation: &'static str,
        key: &Key,
        contact: &ContactRecord,
        condition: &str,
    ) -> Result<TransactWriteItem, StoreError> {
        let alias = AliasRecord {
            contact: contact.id,
            peer: contact.peer.clone(),
        };
        let mut item = write(operation, &alias)?;
        item.extend(key.map());
        let put = Put::builder().table_name(&*self.table).set_item(Some(item));
        Ok(whole(put.condition_expression(condition)))
    }
}

pub(super) fn whole(put: PutBuilder) -> TransactWriteItem {
    let put = put.build().expect("table and item are given");
    TransactWriteItem::builder().put(put).build()
}

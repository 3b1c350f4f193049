//! How API keys come, change and go.

use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{Delete, TransactWriteItem, Update};
use openwati_core::api_key::{ApiKey, ApiKeyHash};
use openwati_core::id::Id;
use openwati_core::key_ring::Sealed;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;

use super::list::KeyCopy;
use super::{ApiKeyRecord, KeyListRecord, ListedKey};
use crate::audit::AuditRecord;
use crate::changes::Changes;
use crate::error::StoreError;
use crate::item::{at, n, s, ttl, write};
use crate::keys::Key;
use crate::store::Store;
use crate::transaction::Transacted;

/// A key to be kept.
#[derive(Debug)]
pub struct NewApiKey<'a> {
    /// What it may do.
    pub record: &'a ApiKeyRecord,
    /// How its tenant finds it.
    pub listed: &'a KeyListRecord,
    /// How many keys the tenant may have; none is no limit.
    pub most: Option<u32>,
    /// Its text, sealed, and until when it is kept, if its creation may be repeated.
    pub copy: Option<(Sealed, Moment)>,
    /// The act that it is.
    pub audit: Option<&'a AuditRecord>,
}

/// What changes of a key. What is not named stays.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct KeyChange {
    /// What it is called.
    pub name: Option<String>,
    /// The names of its scopes.
    pub scopes: Option<Vec<String>>,
    /// Whether it works.
    pub enabled: Option<bool>,
    /// Requests a minute.
    pub per_minute: Option<u32>,
    /// The most requests a minute that the operator lets the tenant give it.
    pub operator_limit: Option<u32>,
    /// Whether the operator holds it switched off.
    pub held: Option<bool>,
    /// When it ends; none is never.
    pub expires_at: Option<Option<Moment>>,
}

impl KeyChange {
    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Store {
    /// Keeps a new key. Says whether it is kept: not if there is one of its text or its id, nor if the tenant has as many
    /// as it may.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn create_api_key(&self, new: &NewApiKey<'_>) -> Result<bool, StoreError> {
        let operation = "creating an API key";
        let tenant = &new.record.tenant;
        let mut lookup = write(operation, new.record)?;
        lookup.extend(Key::api_key(&new.listed.hash).map());
        let mut listed = write(operation, new.listed)?;
        listed.extend(Key::key_list_item(tenant, new.record.id).map());
        let mut count = self.add_keys(tenant, 1);
        if let Some(most) = new.most {
            count = count
                .condition_expression("attribute_not_exists(#keys) OR #keys < :most")
                .expression_attribute_values(":most", n(most));
        }
        let count = count.build().expect("table, key and expression are given");
        let mut items = vec![
            self.put_if_new(lookup),
            self.put_if_new(listed),
            TransactWriteItem::builder().update(count).build(),
        ];
        if let Some((sealed, expires_at)) = &new.copy {
            let copy = KeyCopy {
                sealed: sealed.clone(),
                expires_at: *expires_at,
            };
            let mut item = write(operation, &copy)?;
            item.extend(Key::key_copy(tenant, new.record.id).map());
            item.insert("ttl".to_owned(), ttl(*expires_at));
            items.push(self.put_if_new(item));
        }
        self.make_act(operation, tenant, items, new.audit).await
    }

    /// Changes a key as it was read. Says whether it still was as it was read.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn change_api_key(
        &self,
        key: &ListedKey,
        change: &KeyChange,
        audits: &[(&TenantId, &AuditRecord)],
    ) -> Result<bool, StoreError> {
        let operation = "changing an API key";
        let mut changes = Changes::new(operation);
        changes.set_if("name", change.name.as_ref())?;
        changes.set_if("scopes", change.scopes.as_ref())?;
        changes.set_if("enabled", change.enabled.as_ref())?;
        changes.set_if("per_minute", change.per_minute.as_ref())?;
        changes.set_if("operator_limit", change.operator_limit.as_ref())?;
        changes.set_if("held", change.held.as_ref())?;
        if let Some(expires_at) = &change.expires_at {
            changes.set_or_remove("expires_at", expires_at.as_ref())?;
        }
        let lookup = Key::api_key(&key.listed.hash);
        let mut items = vec![changes.of_version(&self.table, &lookup, key.record.version)?];
        for (tenant, audit) in audits {
            items.push(self.audit_item(tenant, audit)?);
        }
        let made = self.transact(operation, items).await?;
        Ok(matches!(made, Transacted::Done))
    }

    /// Gives a key, as it was read, another text: the one before is dead. Its minute goes on. Says whether the key still
    /// was as it was read.
    ///
    /// # Errors
    /// If the store did not answer; it may have another text.
    pub async fn rotate_api_key(
        &self,
        key: &ListedKey,
        text: &ApiKey,
        now: Moment,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError> {
        let operation = "rotating an API key";
        let (tenant, id) = (&key.record.tenant, key.record.id);
        let old = Key::api_key(&key.listed.hash);
        let Some(mut item) = self.get(operation, &old).await? else {
            return Ok(false);
        };
        let hash = text.hash();
        item.extend(Key::api_key(&hash).map());
        item.insert(
            "version".to_owned(),
            n(key.record.version.saturating_add(1)),
        );
        let listed = Update::builder()
            .table_name(&*self.table)
            .set_key(Some(Key::key_list_item(tenant, id).map()))
            .update_expression("SET #hash = :hash, last_four = :last_four, rotated_at = :now")
            .condition_expression("#hash = :old")
            .expression_attribute_names("#hash", "hash")
            .expression_attribute_values(":hash", s(hash.as_str()))
            .expression_attribute_values(":old", s(key.listed.hash.as_str()))
            .expression_attribute_values(":last_four", s(text.last_four()))
            .expression_attribute_values(":now", at(now))
            .build()
            .expect("table, key and expression are given");
        let items = vec![
            self.delete_key_lookup(&key.listed.hash, key.record.version),
            self.put_if_new(item),
            TransactWriteItem::builder().update(listed).build(),
            self.delete_key_copy(tenant, id),
        ];
        self.make_act(operation, tenant, items, Some(audit)).await
    }

    /// Removes a key, as it was read. Says whether it still was as it was read.
    ///
    /// # Errors
    /// If the store did not answer; it may be gone.
    pub async fn revoke_api_key(
        &self,
        key: &ListedKey,
        audit: &AuditRecord,
    ) -> Result<bool, StoreError> {
        let operation = "revoking an API key";
        let (tenant, id) = (&key.record.tenant, key.record.id);
        let listed = Delete::builder()
            .table_name(&*self.table)
            .set_key(Some(Key::key_list_item(tenant, id).map()))
            .condition_expression("#hash = :old")
            .expression_attribute_names("#hash", "hash")
            .expression_attribute_values(":old", s(key.listed.hash.as_str()))
            .build()
            .expect("table and key are given");
        let count = self.add_keys(tenant, -1);
        let count = count.build().expect("table, key and expression are given");
        let items = vec![
            self.delete_key_lookup(&key.listed.hash, key.record.version),
            TransactWriteItem::builder().delete(listed).build(),
            TransactWriteItem::builder().update(count).build(),
            self.delete_key_copy(tenant, id),
        ];
        self.make_act(operation, tenant, items, Some(audit)).await
    }

    /// Makes these changes and keeps the act that they are. Says whether they were made.
    async fn make_act(
        &self,
        operation: &'static str,
        tenant: &TenantId,
        mut items: Vec<TransactWriteItem>,
        audit: Option<&AuditRecord>,
    ) -> Result<bool, StoreError> {
        if let Some(audit) = audit {
            items.push(self.audit_item(tenant, audit)?);
        }
        let made = self.transact(operation, items).await?;
        Ok(matches!(made, Transacted::Done))
    }

    fn add_keys(&self, tenant: &TenantId, by: i64) -> UpdateBuilder {
        Update::builder()
            .table_name(&*self.table)
            .set_key(Some(Key::key_count(tenant).map()))
            .update_expression("ADD #keys :by")
            .expression_attribute_names("#keys", "keys")
            .expression_attribute_values(":by", n(by))
    }

    fn delete_key_lookup(&self, hash: &ApiKeyHash, version: u32) -> TransactWriteItem {
        let delete = Delete::builder()
            .table_name(&*self.table)
            .set_key(Some(Key::api_key(hash).map()))
            .condition_expression("version = :seen")
            .expression_attribute_values(":seen", n(version))
            .build()
            .expect("table and key are given");
        TransactWriteItem::builder().delete(delete).build()
    }

    fn delete_key_copy(&self, tenant: &TenantId, id: Id) -> TransactWriteItem {
        let delete = Delete::builder()
            .table_name(&*self.table)
            .set_key(Some(Key::key_copy(tenant, id).map()))
            .build()
            .expect("table and key are given");
        TransactWriteItem::builder().delete(delete).build()
    }
}

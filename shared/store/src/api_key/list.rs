//! API keys as their tenant finds them.

use std::time::Duration;

use openwati_core::api_key::ApiKeyHash;
use openwati_core::id::Id;
use openwati_core::key_ring::Sealed;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use serde::{Deserialize, Serialize};

use super::ApiKeyRecord;
use crate::data::Place;
use crate::entity::Entity;
use crate::error::StoreError;
use crate::item::{Item, number, read, s};
use crate::keys::{Key, key_list_partition};
use crate::store::Store;

/// How often a key that is being rotated is looked for.
const TRIES: u32 = 4;

/// What leads a tenant to its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyListRecord {
    /// The key's id.
    #[serde(rename = "sk", skip_serializing)]
    pub id: Id,
    /// Its look-up item.
    pub hash: ApiKeyHash,
    /// How its text ends.
    pub last_four: String,
    /// When it came to be.
    pub created_at: Moment,
    /// When its text was last replaced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rotated_at: Option<Moment>,
}

/// A key with everything that is kept of it.
#[derive(Debug, Clone)]
pub struct ListedKey {
    /// What it may do.
    pub record: ApiKeyRecord,
    /// How it is found.
    pub listed: KeyListRecord,
    /// When it was last used, to the minute.
    pub last_used: Option<Moment>,
}

/// A page of a tenant's keys.
#[derive(Debug)]
pub struct ApiKeyPage {
    /// Oldest first.
    pub keys: Vec<ListedKey>,
    /// The last one's id, where more follow.
    pub next: Option<Id>,
}

impl Store {
    /// One key of a tenant's.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn api_key(
        &self,
        tenant: &TenantId,
        id: Id,
    ) -> Result<Option<ListedKey>, StoreError> {
        let operation = "reading an API key";
        for _ in 0..TRIES {
            let Some(item) = self.get(operation, &Key::key_list_item(tenant, id)).await? else {
                return Ok(None);
            };
            let listed: KeyListRecord = read(operation, item)?;
            if let Some(item) = self.get(operation, &Key::api_key(&listed.hash)).await? {
                return listed_key(operation, listed, item).map(Some);
            }
            // It was rotated or revoked in between.
        }
        Err(StoreError::Unavailable {
            operation,
            reason: "the key kept changing".to_owned(),
        })
    }

    /// A page of a tenant's keys.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn api_keys(
        &self,
        tenant: &TenantId,
        limit: usize,
        after: Option<Id>,
    ) -> Result<ApiKeyPage, StoreError> {
        let operation = "listing API keys";
        // What is no key's lies before the lowest id.
        let after = after.map_or_else(|| "0".to_owned(), Id::hex);
        let request = self.client.query().table_name(&*self.table);
        let page = request
            .key_condition_expression("pk = :pk AND sk > :after")
            .expression_attribute_values(":pk", s(key_list_partition(tenant)))
            .expression_attribute_values(":after", s(after))
            .consistent_read(true)
            .limit(i32::try_from(limit.saturating_add(1)).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(StoreError::sdk(operation))?;
        let mut listed = page
            .items
            .unwrap_or_default()
            .into_iter()
            .map(|item| read::<KeyListRecord>(operation, item))
            .collect::<Result<Vec<_>, _>>()?;
        let more = listed.len() > limit;
        listed.truncate(limit);
        let next = listed.last().map(|last| last.id).filter(|_| more);
        let lookups = listed.iter().map(|key| Key::api_key(&key.hash)).collect();
        let mut found = self.batch(operation, lookups).await?;
        let mut keys = Vec::with_capacity(listed.len());
        for listed in listed {
            match found.remove(&Key::api_key(&listed.hash)) {
                Some(item) => keys.push(listed_key(operation, listed, item)?),
                // It was rotated or revoked in between.
                None => keys.extend(self.api_key(tenant, listed.id).await?),
            }
        }
        Ok(ApiKeyPage { keys, next })
    }

    /// How many keys a tenant has.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn api_key_count(&self, tenant: &TenantId) -> Result<u32, StoreError> {
        let key = Key::key_count(tenant);
        let item = self.get("counting API keys", &key).await?;
        let count = item.and_then(|item| number(&item, "keys"));
        Ok(count.and_then(|n| u32::try_from(n).ok()).unwrap_or(0))
    }

    /// The sealed text of a key that was made under an idempotency key, while that is kept.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn api_key_copy(
        &self,
        tenant: &TenantId,
        id: Id,
        now: Moment,
    ) -> Result<Option<Sealed>, StoreError> {
        let operation = "reading a key's sealed text";
        let item = self.get(operation, &Key::key_copy(tenant, id)).await?;
        let copy: Option<KeyCopy> = item.map(|item| read(operation, item)).transpose()?;
        // DynamoDB deletes late.
        let kept = copy.filter(|copy| copy.expires_at > now);
        Ok(kept.map(|copy| copy.sealed))
    }

    /// The sealed texts of a tenant's keys that are kept, with the keys' ids. There are as many as the tenant has keys at
    /// most.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn api_key_copies(&self, tenant: &TenantId) -> Result<Vec<(Id, Sealed)>, StoreError> {
        let things = self.walk_whole(tenant, &Place::Keys).await?;
        let mut copies = Vec::new();
        for thing in things
            .iter()
            .filter(|thing| thing.entity == Entity::KeyCopy)
        {
            let id = thing.sk().rsplit('#').next();
            if let Some(id) = id.and_then(|id| id.parse().ok()) {
                copies.push((id, thing.record::<KeyCopy>()?.sealed));
            }
        }
        Ok(copies)
    }
}

/// A key's text, sealed, for as long as its creation may be repeated.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct KeyCopy {
    pub(super) sealed: Sealed,
    pub(super) expires_at: Moment,
}

fn listed_key(
    operation: &'static str,
    listed: KeyListRecord,
    item: Item,
) -> Result<ListedKey, StoreError> {
    // The counter of its minutes stands for the newest minute in which it was let in.
    let minute = number(&item, super::MINUTE).and_then(|minute| u64::try_from(minute).ok());
    let last_used = minute
        .map(|minute| Moment::from_seconds(0).plus(Duration::from_secs(minute.saturating_mul(60))));
    Ok(ListedKey {
        record: read(operation, item)?,
        listed,
        last_used,
    })
}

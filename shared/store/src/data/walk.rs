//! What lies in a place, as it is kept, and its removal.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, DeleteRequest, WriteRequest};
use futures::future::try_join_all;
use openwati_core::api_key::ApiKeyHash;
use openwati_core::email::EmailAddress;
use openwati_core::id::Id;
use openwati_core::message::Recipient;
use openwati_core::tenant::TenantId;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::conversation::ConversationRecord;
use crate::delivery::DeliveryKey;
use crate::entity::Entity;
use crate::error::StoreError;
use crate::item::{Item, n, read, s, text};
use crate::keys::place::Place;
use crate::keys::{Key, names};
use crate::store::Store;

/// An item, as it is kept.
#[derive(Debug, Clone)]
pub struct Thing {
    /// What it is.
    pub entity: Entity,
    key: Key,
    item: Item,
}

/// A page of a place.
#[derive(Debug, Default)]
pub struct Walked {
    /// What lies there, in the order of its sort keys.
    pub things: Vec<Thing>,
    /// After what the next page begins; none when there is nothing more.
    pub next: Option<String>,
}

/// DynamoDB's limit of items in one batch of writes.
const WRITTEN_AT_ONCE: usize = 25;

impl Thing {
    /// Its sort key.
    pub fn sk(&self) -> &str {
        self.key.sk()
    }

    /// The id that its sort key is.
    pub fn id(&self) -> Option<Id> {
        self.sk().parse().ok()
    }

    /// A part of its partition key, which are divided by `#`; the first, numbered 0, is the tenant.
    pub fn partition_part(&self, number: usize) -> Option<&str> {
        self.key.pk().split('#').nth(number)
    }

    /// An attribute that is a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        text(&self.item, name)
    }

    /// An attribute as JSON: numbers, texts, lists and maps; none where it is not there, or is bytes.
    pub fn json(&self, name: &str) -> Option<Value> {
        json(self.item.get(name)?)
    }

    /// The record that it is.
    ///
    /// # Errors
    /// If it is none of this kind.
    pub fn record<T: DeserializeOwned>(&self) -> Result<T, StoreError> {
        read("reading what was walked to", self.item.clone())
    }
}

fn json(value: &AttributeValue) -> Option<Value> {
    Some(match value {
        AttributeValue::S(text) => Value::String(text.clone()),
        AttributeValue::Bool(yes) => Value::Bool(*yes),
        AttributeValue::N(number) => Value::Number(number.parse().ok()?),
        AttributeValue::L(list) => Value::Array(list.iter().filter_map(json).collect()),
        AttributeValue::Ss(list) => list.iter().cloned().map(Value::String).collect(),
        AttributeValue::M(map) => Value::Object(
            map.iter()
                .filter_map(|(name, value)| Some((name.clone(), json(value)?)))
                .collect(),
        ),
        _ => return None,
    })
}

impl Store {
    /// Up to `limit` things of a place, as they are now, that come after the sort key `after`.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn walk(
        &self,
        tenant: &TenantId,
        place: &Place,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Walked, StoreError> {
        let operation = "walking through a tenant's data";
        let by_index = matches!(place, Place::Peer(_));
        let partition = match by_index {
            true => names::PEER_KEY,
            false => names::PK,
        };
        let mut request = self
            .client
            .query()
            .table_name(&*self.table)
            .expression_attribute_names("#pk", partition)
            .expression_attribute_values(":pk", s(place.partition(tenant)))
            .limit(i32::try_from(limit).unwrap_or(i32::MAX));
        request = match by_index {
            true => request.index_name(names::PEER_INDEX),
            false => request.consistent_read(true),
        };
        request = match (place.only(tenant), after) {
            (Some(only), None) => request
                .key_condition_expression("#pk = :pk AND sk = :only")
                .expression_attribute_values(":only", s(only)),
            (Some(_), Some(_)) => return Ok(Walked::default()),
            (None, Some(after)) => request
                .key_condition_expression("#pk = :pk AND sk > :after")
                .expression_attribute_values(":after", s(after)),
            (None, None) => request.key_condition_expression("#pk = :pk"),
        };
        let page = request.send().await.map_err(StoreError::sdk(operation))?;
        let last = page.last_evaluated_key.as_ref();
        let next = last.and_then(|key| text(key, names::SK).map(ToOwned::to_owned));
        let mut items = page.items.unwrap_or_default();
        if by_index {
            let keys = items.iter().filter_map(Key::of).collect();
            let found = self.batch(operation, keys).await?;
            items = found.into_values().collect();
            items.sort_by(|a, b| text(a, names::SK).cmp(&text(b, names::SK)));
        }
        let things = items.into_iter().filter_map(|item| {
            let key = Key::of(&item)?;
            let entity = place.entity(key.sk());
            Some(Thing { entity, key, item })
        });
        Ok(Walked {
            things: things.collect(),
            next,
        })
    }

    /// Everything in a place that holds little: it is in memory at once.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn walk_whole(
        &self,
        tenant: &TenantId,
        place: &Place,
    ) -> Result<Vec<Thing>, StoreError> {
        let mut things = Vec::new();
        let mut after = None;
        loop {
            let page = self.walk(tenant, place, after.as_deref(), 1_000).await?;
            things.extend(page.things);
            after = page.next;
            if after.is_none() {
                return Ok(things);
            }
        }
    }

    /// Removes things, whatever became of them since they were read.
    ///
    /// # Errors
    /// If one of them may still be there. Others may be gone.
    pub async fn forget(&self, things: &[Thing]) -> Result<(), StoreError> {
        self.forget_keys(things.iter().map(|thing| thing.key.clone()).collect())
            .await
    }

    /// Removes everything in places that hold little. Answers how much it was.
    ///
    /// # Errors
    /// If something may still be there. Other things may be gone.
    pub async fn forget_places(
        &self,
        tenant: &TenantId,
        places: &[Place],
    ) -> Result<usize, StoreError> {
        let mut forgotten = 0;
        for some in places.chunks(16) {
            let walks = some.iter().map(|place| self.walk_whole(tenant, place));
            let things: Vec<Thing> = try_join_all(walks).await?.into_iter().flatten().collect();
            forgotten += things.len();
            self.forget(&things).await?;
        }
        Ok(forgotten)
    }

    /// Removes what was done to messages, by WhatsApp's ids of them.
    ///
    /// # Errors
    /// If something may still be there.
    pub async fn forget_amendments(
        &self,
        tenant: &TenantId,
        wamids: &[&str],
    ) -> Result<(), StoreError> {
        let keys = wamids.iter().map(|wamid| Key::amendments(tenant, wamid));
        self.forget_keys(keys.collect()).await
    }

    /// Removes deliveries with their attempts.
    ///
    /// # Errors
    /// If one of them may still be there. Others may be gone.
    pub async fn forget_deliveries(&self, deliveries: &[DeliveryKey]) -> Result<(), StoreError> {
        for of_one in deliveries.chunk_by(|a, b| a.tenant == b.tenant) {
            let attempts = of_one
                .iter()
                .map(|key| Place::Attempts(key.endpoint, key.delivery));
            let attempts: Vec<Place> = attempts.collect();
            self.forget_places(&of_one[0].tenant, &attempts).await?;
        }
        let keys = deliveries
            .iter()
            .map(|key| Key::delivery(&key.tenant, key.endpoint, key.delivery));
        self.forget_keys(keys.collect()).await
    }

    /// Removes a conversation, unless it has changed since it was read. Says whether it is gone.
    ///
    /// # Errors
    /// If the store did not answer; it may be gone then.
    pub async fn forget_conversation(
        &self,
        tenant: &TenantId,
        peer: &str,
        conversation: &ConversationRecord,
    ) -> Result<bool, StoreError> {
        let key = Key::conversation(tenant, peer, conversation.channel);
        let (condition, values) = match conversation.version {
            0 => (
                "attribute_exists(pk) AND attribute_not_exists(version)",
                HashMap::new(),
            ),
            version => (
                "version = :version",
                [(":version".to_owned(), n(version))].into(),
            ),
        };
        self.delete("removing a conversation", &key, condition, values)
            .await
    }

    /// Removes peers from the list of those who said whether they want to be written to.
    ///
    /// # Errors
    /// If one of them may still be there.
    pub async fn forget_consent_list_items(
        &self,
        tenant: &TenantId,
        peers: &[&Recipient],
    ) -> Result<(), StoreError> {
        let keys = peers
            .iter()
            .map(|peer| Key::consent_list_item(tenant, peer));
        self.forget_keys(keys.collect()).await
    }

    /// Removes that messages have files: the SHA-256 of each, in hex, with the message.
    ///
    /// # Errors
    /// If one of them may still be there.
    pub async fn forget_media_uses(
        &self,
        tenant: &TenantId,
        uses: &[(String, Id)],
    ) -> Result<(), StoreError> {
        let keys = uses
            .iter()
            .map(|(sha256, message)| Key::media_use(tenant, sha256, *message));
        self.forget_keys(keys.collect()).await
    }

    /// Removes what an API key's hash leads to: the key is dead.
    ///
    /// # Errors
    /// If it may still be there.
    pub async fn forget_api_key(&self, hash: &ApiKeyHash) -> Result<(), StoreError> {
        self.forget_keys(vec![Key::api_key(hash)]).await
    }

    /// Removes what leads to people of a tenant's team: by their addresses, and by the hashes of issuers' subjects. An
    /// address or a subject that leads to another tenant by now stays.
    ///
    /// # Errors
    /// If one of them may still be there.
    pub async fn forget_people(
        &self,
        tenant: &TenantId,
        emails: &[EmailAddress],
        oidc: &[String],
    ) -> Result<(), StoreError> {
        let emails = emails.iter().map(Key::email);
        let oidc = oidc.iter().map(|hash| Key::oidc_hash(hash));
        let keys: Vec<Key> = emails.chain(oidc).collect();
        for key in &keys {
            let values = HashMap::from([(":tenant".to_owned(), s(tenant.as_str()))]);
            let operation = "removing what leads to people";
            self.delete(operation, key, "tenant = :tenant", values)
                .await?;
        }
        Ok(())
    }

    /// Removes a tenant from the list of all.
    ///
    /// # Errors
    /// If it may still be there.
    pub async fn forget_tenant_list_item(&self, tenant: &TenantId) -> Result<(), StoreError> {
        self.forget_keys(vec![Key::tenant_list_item(tenant)]).await
    }

    pub(crate) async fn forget_keys(&self, mut keys: Vec<Key>) -> Result<(), StoreError> {
        // DynamoDB refuses a batch that names an item twice.
        keys.sort_unstable();
        keys.dedup();
        for some in keys.chunks(WRITTEN_AT_ONCE) {
            let deletes = some.iter().map(|key| {
                let delete = DeleteRequest::builder().set_key(Some(key.map())).build();
                let delete = delete.expect("the key is given");
                WriteRequest::builder().delete_request(delete).build()
            });
            self.batch_write("removing what a tenant has", deletes.collect())
                .await?;
        }
        Ok(())
    }
}

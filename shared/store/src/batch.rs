//! Reading many items at once.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use futures::StreamExt as _;

use crate::error::StoreError;
use crate::item::Item;
use crate::keys::Key;
use crate::store::{Store, back_off};

/// DynamoDB's limit of items in one batch.
const LARGEST: usize = 100;

/// How often what a batch left unread is asked for again.
const TRIES: u32 = 5;

/// Batches that are asked for at the same time.
const PARALLEL: usize = 8;

impl Store {
    /// The items with these keys, as they are now and in no order, with their keys. What is not there is left out.
    pub(crate) async fn batch(
        &self,
        operation: &'static str,
        mut keys: Vec<Key>,
    ) -> Result<HashMap<Key, Item>, StoreError> {
        // DynamoDB refuses a batch that names an item twice.
        keys.sort_unstable();
        keys.dedup();
        if keys.len() <= LARGEST {
            return self.batch_of_one(operation, &keys).await;
        }
        let chunks: Vec<Vec<Key>> = keys.chunks(LARGEST).map(<[Key]>::to_vec).collect();
        let mut chunks = futures::stream::iter(chunks)
            .map(|chunk| async move { self.batch_of_one(operation, &chunk).await })
            .buffer_unordered(PARALLEL);
        let mut found = HashMap::with_capacity(keys.len());
        while let Some(some) = chunks.next().await {
            found.extend(some?);
        }
        Ok(found)
    }

    async fn batch_of_one(
        &self,
        operation: &'static str,
        keys: &[Key],
    ) -> Result<HashMap<Key, Item>, StoreError> {
        let mut found = HashMap::with_capacity(keys.len());
        if keys.is_empty() {
            return Ok(found);
        }
        let mut wanted: Vec<HashMap<String, AttributeValue>> = keys.iter().map(Key::map).collect();
        for attempt in 1..=TRIES {
            let keys = KeysAndAttributes::builder()
                .set_keys(Some(std::mem::take(&mut wanted)))
                .consistent_read(true)
                .build()
                .expect("keys are given");
            let request = self
                .client
                .batch_get_item()
                .request_items(&*self.table, keys);
            let mut answer = request.send().await.map_err(StoreError::sdk(operation))?;
            let items = answer
                .responses
                .as_mut()
                .and_then(|responses| responses.remove(&*self.table));
            for item in items.unwrap_or_default() {
                if let Some(key) = Key::of(&item) {
                    found.insert(key, item);
                }
            }
            let left = answer
                .unprocessed_keys
                .and_then(|mut keys| keys.remove(&*self.table));
            wanted = left.map(|left| left.keys).unwrap_or_default();
            if wanted.is_empty() {
                return Ok(found);
            }
            back_off(attempt).await;
        }
        Err(StoreError::Unavailable {
            operation,
            reason: "items were left unread".to_owned(),
        })
    }
}

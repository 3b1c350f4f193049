//! Idempotency keys: what request one stands for, and what its first try makes.

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure;
use openwati_core::id::Id;
use openwati_core::idempotency::KEPT;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::item::{at, read, s, ttl, write};
use crate::keys::Key;
use crate::store::Store;

/// A key in use.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct IdempotencyRecord {
    /// The hash of the request that it stands for.
    pub request_hash: String,
    /// The id of what the try makes, if it comes to make it.
    pub made: Id,
    /// Until when the try may be running.
    pub lease_until: Moment,
    /// Whether it is on record that the try came to its end. What has stages of its own tells by them instead.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub done: bool,
    /// When the key is free again. DynamoDB deletes late, so this stands in every condition.
    pub expires_at: Moment,
}

impl IdempotencyRecord {
    /// The record of a try that begins at `now`.
    pub fn new(request_hash: String, made: Id, now: Moment, lease_until: Moment) -> Self {
        let expires_at = now.plus(KEPT);
        Self {
            request_hash,
            made,
            lease_until,
            done: false,
            expires_at,
        }
    }
}

impl Store {
    /// Claims a key for a try. `replaces` is what an earlier try was to make, which came to nothing and is taken over, or
    /// this one, whose record changes.
    /// Answers the record that is in the way, if there is one.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn claim_idempotency_key(
        &self,
        tenant: &TenantId,
        key: &str,
        record: &IdempotencyRecord,
        replaces: Option<Id>,
        now: Moment,
    ) -> Result<Option<IdempotencyRecord>, StoreError> {
        let operation = "claiming an idempotency key";
        let mut item = write(operation, record)?;
        item.extend(Key::idempotency(tenant, key).map());
        item.insert("ttl".to_owned(), ttl(record.expires_at));
        let free = "attribute_not_exists(pk) OR expires_at <= :now";
        let mut put = self.client.put_item().table_name(&*self.table);
        put = match replaces {
            None => put.condition_expression(free),
            Some(made) => put
                .condition_expression(format!("{free} OR made = :replaces"))
                .expression_attribute_values(":replaces", s(made.hex())),
        };
        let put = put
            .expression_attribute_values(":now", at(now))
            .set_item(Some(item))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match put.send().await {
            Ok(_) => Ok(None),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(failed)) => {
                    let item = failed.item.clone().unwrap_or_default();
                    read(operation, item).map(Some)
                }
                _ => Err(StoreError::sdk(operation)(error)),
            },
        }
    }

    /// Frees a key whose try, that of `made`, came to nothing before it claimed anything.
    ///
    /// # Errors
    /// If the store did not answer; the key is free then once its lease has lapsed.
    pub async fn release_idempotency_key(
        &self,
        tenant: &TenantId,
        key: &str,
        made: Id,
    ) -> Result<(), StoreError> {
        let operation = "releasing an idempotency key";
        let request = self.client.delete_item().table_name(&*self.table);
        let request = request
            .set_key(Some(Key::idempotency(tenant, key).map()))
            .condition_expression("made = :made")
            .expression_attribute_values(":made", s(made.hex()));
        match request.send().await {
            Ok(_) => Ok(()),
            // Somebody else's by now.
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(|e| e.is_conditional_check_failed_exception()) =>
            {
                Ok(())
            }
            Err(error) => Err(StoreError::sdk(operation)(error)),
        }
    }
}

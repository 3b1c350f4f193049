//! The table.

use std::collections::HashMap;
use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::Builder;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::update_item::{UpdateItemError, UpdateItemOutput};
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure};

use aws_smithy_types::retry::RetryConfig;

use crate::error::StoreError;
use crate::item::Item;
use crate::keys::Key;

/// The table and the client that reaches it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) client: Client,
    pub(crate) table: Arc<str>,
}

/// How often an update that met a transaction on the same item is tried.
const CONFLICT_TRIES: u32 = 8;

impl Store {
    /// The table `table`, reached by `client`.
    pub fn new(client: Client, table: &str) -> Self {
        Self {
            client,
            table: table.into(),
        }
    }

    /// Opens the connection, so that the first request does not have to. What it reads does not exist.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn warm(&self) -> Result<(), StoreError> {
        let nothing = HashMap::from([
            ("pk".to_owned(), AttributeValue::S("warm".to_owned())),
            ("sk".to_owned(), AttributeValue::S("warm".to_owned())),
        ]);
        let request = self.client.get_item().table_name(&*self.table);
        let answer = request.set_key(Some(nothing)).send().await;
        answer.map(drop).map_err(StoreError::sdk("warming up"))
    }

    pub(crate) async fn get(
        &self,
        operation: &'static str,
        key: &Key,
    ) -> Result<Option<Item>, StoreError> {
        let request = self.client.get_item().table_name(&*self.table);
        let answer = request
            .set_key(Some(key.map()))
            .consistent_read(true)
            .send()
            .await;
        Ok(answer.map_err(StoreError::sdk(operation))?.item)
    }

    /// Puts an item if none is there yet. Says whether it is there now: an equal one is our own, put by a request whose
    /// answer was lost.
    pub(crate) async fn put_new(
        &self,
        operation: &'static str,
        key: &Key,
        mut item: Item,
    ) -> Result<bool, StoreError> {
        item.extend(key.map());
        let put = self.client.put_item().table_name(&*self.table);
        let put = put
            .set_item(Some(item.clone()))
            .condition_expression("attribute_not_exists(pk)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match put.send().await {
            Ok(_) => Ok(true),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(failed)) => {
                    Ok(failed.item.as_ref() == Some(&item))
                }
                _ => Err(StoreError::sdk(operation)(error)),
            },
        }
    }

    /// Runs an update, again if a transaction is at the item in this moment.
    pub(crate) async fn update(
        &self,
        operation: &'static str,
        update: Update,
    ) -> Result<Updated, StoreError> {
        for attempt in 1.. {
            match self.update_once(&update).await {
                Ok(output) => return Ok(Updated::Done(output.attributes.unwrap_or_default())),
                Err(SdkError::ServiceError(error)) if condition_failed(error.err()) => {
                    let UpdateItemError::ConditionalCheckFailedException(failed) = error.into_err()
                    else {
                        unreachable!("condition_failed() matched this variant");
                    };
                    return Ok(Updated::Refused(failed.item));
                }
                Err(error)
                    if error.code() == Some(TRANSACTION_CONFLICT) && attempt < CONFLICT_TRIES =>
                {
                    back_off(attempt).await;
                }
                Err(error) => return Err(StoreError::sdk(operation)(error)),
            }
        }
        unreachable!("the last attempt returns")
    }

    async fn update_once(
        &self,
        update: &Update,
    ) -> Result<UpdateItemOutput, SdkError<UpdateItemError>> {
        let request = self
            .client
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(update.key.map()))
            .update_expression(&update.expression)
            .set_condition_expression(update.condition.clone())
            .set_expression_attribute_names(non_empty(&update.names))
            .set_expression_attribute_values(non_empty(&update.values))
            .return_values(update.returns.clone())
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        if update.once {
            let config = Builder::new().retry_config(RetryConfig::disabled());
            return request.customize().config_override(config).send().await;
        }
        request.send().await
    }

    pub(crate) async fn delete(
        &self,
        operation: &'static str,
        key: &Key,
        condition: &str,
        values: HashMap<String, AttributeValue>,
    ) -> Result<bool, StoreError> {
        for attempt in 1.. {
            let request = self.client.delete_item().table_name(&*self.table);
            let request = request
                .set_key(Some(key.map()))
                .condition_expression(condition)
                .set_expression_attribute_values(non_empty(&values));
            match request.send().await {
                Ok(_) => return Ok(true),
                Err(error) if error.code() == Some(CONDITION_FAILED) => return Ok(false),
                Err(error)
                    if error.code() == Some(TRANSACTION_CONFLICT) && attempt < CONFLICT_TRIES =>
                {
                    back_off(attempt).await;
                }
                Err(error) => return Err(StoreError::sdk(operation)(error)),
            }
        }
        unreachable!("the last attempt returns")
    }
}

/// An update of one item.
pub(crate) struct Update {
    pub(crate) key: Key,
    pub(crate) expression: String,
    pub(crate) condition: Option<String>,
    pub(crate) names: HashMap<String, String>,
    pub(crate) values: HashMap<String, AttributeValue>,
    pub(crate) returns: ReturnValue,
    /// Whether the client must not ask again after a lost answer: the update is not the same when it is made twice.
    pub(crate) once: bool,
}

impl Update {
    /// An update of `key` by `expression`, which returns nothing.
    pub(crate) fn new(key: Key, expression: impl Into<String>) -> Self {
        Self {
            key,
            expression: expression.into(),
            condition: None,
            names: HashMap::new(),
            values: HashMap::new(),
            returns: ReturnValue::None,
            once: false,
        }
    }

    pub(crate) fn condition(mut self, condition: impl Into<String>) -> Self {
        self.condition = Some(condition.into());
        self
    }

    pub(crate) fn name(mut self, name: &str, attribute: impl Into<String>) -> Self {
        self.names.insert(name.to_owned(), attribute.into());
        self
    }

    pub(crate) fn value(mut self, name: &str, value: AttributeValue) -> Self {
        self.values.insert(name.to_owned(), value);
        self
    }

    pub(crate) fn once(mut self) -> Self {
        self.once = true;
        self
    }

    pub(crate) fn returns(mut self, returns: ReturnValue) -> Self {
        self.returns = returns;
        self
    }
}

/// What became of an update.
pub(crate) enum Updated {
    /// It was made; the attributes that were asked for.
    Done(Item),
    /// Its condition did not hold; the item as it is, if there is one.
    Refused(Option<Item>),
}

pub(crate) const CONDITION_FAILED: &str = "ConditionalCheckFailedException";
const TRANSACTION_CONFLICT: &str = "TransactionConflictException";

fn condition_failed(error: &UpdateItemError) -> bool {
    matches!(error, UpdateItemError::ConditionalCheckFailedException(_))
}

/// The SDK takes `None` where there is nothing: DynamoDB refuses empty maps.
fn non_empty<V: Clone>(map: &HashMap<String, V>) -> Option<HashMap<String, V>> {
    (!map.is_empty()).then(|| map.clone())
}

/// A transaction holds an item for milliseconds: 4, 8, … and at most 64 of them.
pub(crate) async fn back_off(attempt: u32) {
    let millis = 4_u64 << (attempt - 1).min(4);
    tokio::time::sleep(std::time::Duration::from_millis(millis)).await;
}

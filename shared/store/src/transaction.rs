//! Several changes, all or none.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{CancellationReason, Delete, Put, TransactWriteItem};

use crate::error::StoreError;
use crate::item::Item;
use crate::keys::Key;
use crate::store::{Store, back_off};

/// Why DynamoDB cancels a transaction that would go well in a moment.
const PASSING: [&str; 3] = [
    "TransactionConflict",
    "ThrottlingError",
    "ProvisionedThroughputExceeded",
];

/// How often such a transaction is tried.
const TRIES: u32 = 8;

/// What became of a transaction.
pub(crate) enum Transacted {
    /// All of it was made.
    Done,
    /// None of it was made, because the condition of one of the changes does not hold.
    Refused,
}

impl Store {
    /// The change that puts an item where there is none yet.
    pub(crate) fn put_if_new(&self, item: Item) -> TransactWriteItem {
        let put = Put::builder()
            .table_name(&*self.table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(pk)")
            .build()
            .expect("table and item are given");
        TransactWriteItem::builder().put(put).build()
    }

    /// The change that removes an item, if there is one.
    pub(crate) fn removal(&self, key: &Key) -> TransactWriteItem {
        let delete = Delete::builder()
            .table_name(&*self.table)
            .set_key(Some(key.map()))
            .build()
            .expect("table and key are given");
        TransactWriteItem::builder().delete(delete).build()
    }

    /// Makes all of these changes or none, again if others are at the same items in this moment.
    pub(crate) async fn transact(
        &self,
        operation: &'static str,
        items: Vec<TransactWriteItem>,
    ) -> Result<Transacted, StoreError> {
        let refused = self.transact_or_say(operation, items).await?;
        Ok(match refused.is_empty() {
            true => Transacted::Done,
            false => Transacted::Refused,
        })
    }

    /// The same; answers which of the changes have a condition that does not hold, by their places, and so none where all
    /// was made.
    pub(crate) async fn transact_or_say(
        &self,
        operation: &'static str,
        items: Vec<TransactWriteItem>,
    ) -> Result<Vec<usize>, StoreError> {
        for attempt in 1.. {
            let request = self.client.transact_write_items();
            match request.set_transact_items(Some(items.clone())).send().await {
                Ok(_) => return Ok(Vec::new()),
                Err(error) if cancelled(&error, |code| code == CONDITION_FAILED) => {
                    return Ok(places(&error));
                }
                Err(error)
                    if cancelled(&error, |code| PASSING.contains(&code)) && attempt < TRIES =>
                {
                    back_off(attempt).await;
                }
                Err(error) => return Err(StoreError::sdk(operation)(error)),
            }
        }
        unreachable!("the last attempt returns")
    }
}

/// The code of a change whose condition does not hold.
const CONDITION_FAILED: &str = "ConditionalCheckFailed";

fn cancelled<R>(
    error: &SdkError<TransactWriteItemsError, R>,
    because: impl Fn(&str) -> bool,
) -> bool {
    let mut reasons = reasons(error).iter();
    reasons.any(|reason| reason.code().is_some_and(&because))
}

/// The places of the changes whose conditions do not hold: there is a reason for each change.
fn places<R>(error: &SdkError<TransactWriteItemsError, R>) -> Vec<usize> {
    let reasons = reasons(error).iter().enumerate();
    reasons
        .filter(|(_, reason)| reason.code() == Some(CONDITION_FAILED))
        .map(|(place, _)| place)
        .collect()
}

fn reasons<R>(error: &SdkError<TransactWriteItemsError, R>) -> &[CancellationReason] {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
            cancelled.cancellation_reasons()
        }
        _ => &[],
    }
}

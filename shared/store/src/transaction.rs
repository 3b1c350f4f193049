//! Several changes, all or none.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem};

use crate::error::StoreError;
use crate::item::Item;
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

    /// Makes all of these changes or none, again if others are at the same items in this moment.
    pub(crate) async fn transact(
        &self,
        operation: &'static str,
        items: Vec<TransactWriteItem>,
    ) -> Result<Transacted, StoreError> {
        for attempt in 1.. {
            let request = self.client.transact_write_items();
            match request.set_transact_items(Some(items.clone())).send().await {
                Ok(_) => return Ok(Transacted::Done),
                Err(error) if cancelled(&error, |code| code == CONDITION_FAILED) => {
                    return Ok(Transacted::Refused);
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
    let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) =
        error.as_service_error()
    else {
        return false;
    };
    let reasons = cancelled.cancellation_reasons();
    reasons
        .iter()
        .filter_map(|reason| reason.code())
        .any(because)
}

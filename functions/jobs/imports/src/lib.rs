//! Brings contacts in from CSV files, and writes them out.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use openwati_web::{App, sqs};

/// Works one batch of the queue and names the messages that have to come again.
pub async fn handle(_: &App, event: SqsEvent) -> SqsBatchResponse {
    // Nothing puts a job on the queue yet: what is there waits.
    let records = sqs::records(event).into_iter();
    sqs::response(records.map(|record| record.id).collect())
}

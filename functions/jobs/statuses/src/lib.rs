//! Works what WhatsApp reports of messages: sent, delivered, read, failed.

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use openwati_services::statuses::{self, Record};
use openwati_web::App;

/// Works one batch of the queue and names the messages that have to come again.
pub async fn handle(app: &App, event: SqsEvent) -> SqsBatchResponse {
    let records = event.records.into_iter().map(record).collect();
    let failed = statuses::work(app.platform(), records).await;
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = failed.into_iter().map(failure).collect();
    response
}

fn record(message: SqsMessage) -> Record {
    Record {
        id: message.message_id.unwrap_or_default(),
        body: message.body.unwrap_or_default(),
    }
}

fn failure(message_id: String) -> BatchItemFailure {
    let mut failure = BatchItemFailure::default();
    failure.item_identifier = message_id;
    failure
}

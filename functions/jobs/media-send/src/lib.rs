//! Sends messages whose files took longer than a caller waits.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use openwati_services::media_send;
use openwati_web::{App, sqs};

/// Works one batch of the queue and names the messages that have to come again.
pub async fn handle(app: &App, event: SqsEvent) -> SqsBatchResponse {
    sqs::response(media_send::work(app.platform(), sqs::records(event)).await)
}

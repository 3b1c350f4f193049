//! Has the AI answer what no rule does.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use openwati_services::smart_reply;
use openwati_web::{App, sqs};

/// Works one batch of the queue and names the messages that have to come again.
pub async fn handle(app: &App, event: SqsEvent) -> SqsBatchResponse {
    sqs::response(smart_reply::work(app.platform(), sqs::records(event)).await)
}

//! Works through tenants' data: exports, erasures, what is kept no longer, secrets under a new key; and reads templates.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use openwati_services::data;
use openwati_web::{App, sqs};

/// Works one batch of the queue and names the messages that have to come again.
pub async fn handle(app: &App, event: SqsEvent) -> SqsBatchResponse {
    sqs::response(data::work(app.platform(), sqs::records(event)).await)
}

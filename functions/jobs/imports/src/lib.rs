//! Brings contacts in from CSV files, and writes them out.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use openwati_services::imports;
use openwati_web::{App, sqs};

/// Works one batch of the queue and names the messages that have to come again.
pub async fn handle(app: &App, event: SqsEvent) -> SqsBatchResponse {
    sqs::response(imports::work(app.platform(), sqs::records(event)).await)
}

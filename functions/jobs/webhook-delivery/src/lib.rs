//! Brings events to tenants' own servers, and tries again what they did not take.

use std::collections::HashMap;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use openwati_services::deliver::{self, Jobs};
use openwati_web::{App, sqs};

/// Works one batch of either queue and names the messages that have to come again.
pub async fn handle(app: &App, event: SqsEvent) -> SqsBatchResponse {
    let receipts = receipts(&event);
    let jobs = Jobs {
        records: sqs::records(event),
        receipts,
    };
    sqs::response(deliver::work(app.platform(), jobs).await)
}

/// What deletes the first tries, whose queue is the one in order.
fn receipts(event: &SqsEvent) -> HashMap<String, String> {
    let ordered = event.records.iter().filter(|message| {
        let source = message.event_source_arn.as_deref();
        source.is_some_and(|arn| arn.ends_with(".fifo"))
    });
    ordered
        .filter_map(|message| Some((message.message_id.clone()?, message.receipt_handle.clone()?)))
        .collect()
}

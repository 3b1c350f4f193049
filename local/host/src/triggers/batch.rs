//! Messages of a queue as the event that Lambda calls a function with.

use std::collections::BTreeMap;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use aws_sdk_sqs::types::Message;
use serde_json::json;

/// The event for `messages` of the queue `arn`: written as JSON and read again, as on AWS.
pub(super) fn event(
    messages: &[Message],
    arn: &str,
    region: &str,
) -> Result<SqsEvent, serde_json::Error> {
    let records: Vec<_> = messages
        .iter()
        .map(|message| {
            let attributes = message.attributes().into_iter().flatten();
            let attributes: BTreeMap<_, _> = attributes
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect();
            json!({
                "messageId": message.message_id(),
                "receiptHandle": message.receipt_handle(),
                "body": message.body(),
                "attributes": attributes,
                "messageAttributes": {},
                "md5OfBody": message.md5_of_body(),
                "eventSource": "aws:sqs",
                "eventSourceARN": arn,
                "awsRegion": region,
            })
        })
        .collect();
    let event = serde_json::to_string(&json!({ "Records": records }))?;
    serde_json::from_str(&event)
}

/// The messages that are done, which Lambda would delete. A function that names a message that is none of the batch is
/// not understood: then nothing is done.
pub(super) fn done(messages: Vec<Message>, response: &SqsBatchResponse) -> Vec<Message> {
    let failures = &response.batch_item_failures;
    let failed = |message: &Message| {
        let id = message.message_id();
        failures
            .iter()
            .any(|failure| Some(failure.item_identifier.as_str()) == id)
    };
    let known = failures.iter().all(|failure| {
        let id = failure.item_identifier.as_str();
        messages
            .iter()
            .any(|message| message.message_id() == Some(id))
    });
    match known {
        true => messages
            .into_iter()
            .filter(|message| !failed(message))
            .collect(),
        false => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_sqs::types::MessageSystemAttributeName;

    use super::*;

    fn message(id: &str) -> Message {
        Message::builder()
            .message_id(id)
            .receipt_handle(format!("handle-{id}"))
            .body("{}")
            .md5_of_body("99914b932bd37a50b983c5e7c90ae93b")
            .attributes(MessageSystemAttributeName::SentTimestamp, "1783711145766")
            .attributes(MessageSystemAttributeName::ApproximateReceiveCount, "1")
            .build()
    }

    #[test]
    fn an_event_has_what_lambda_sends() {
        let arn = "arn:aws:sqs:us-east-1:000000000000:openwati-statuses";
        let event = event(&[message("a"), message("b")], arn, "us-east-1").unwrap();
        assert_eq!(event.records.len(), 2);
        let record = &event.records[1];
        assert_eq!(record.message_id.as_deref(), Some("b"));
        assert_eq!(record.receipt_handle.as_deref(), Some("handle-b"));
        assert_eq!(record.body.as_deref(), Some("{}"));
        assert_eq!(record.attributes["SentTimestamp"], "1783711145766");
        assert_eq!(record.event_source_arn.as_deref(), Some(arn));
        assert_eq!(record.event_source.as_deref(), Some("aws:sqs"));
        assert_eq!(record.aws_region.as_deref(), Some("us-east-1"));
    }

    #[test]
    fn what_a_function_reports_as_failed_stays() {
        let mut response = SqsBatchResponse::default();
        let ids = |response: &SqsBatchResponse| {
            let done = done(vec![message("a"), message("b")], response);
            done.iter()
                .filter_map(Message::message_id)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(ids(&response), ["a", "b"]);
        response.add_failure("a");
        assert_eq!(ids(&response), ["b"]);
        response.add_failure("stranger");
        assert!(ids(&response).is_empty());
    }
}

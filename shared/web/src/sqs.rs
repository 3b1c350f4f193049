//! What every function behind a queue shares.

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use openwati_services::Record;

/// The jobs of a batch, in its order.
pub fn records(event: SqsEvent) -> Vec<Record> {
    event.records.into_iter().map(record).collect()
}

/// The answer that names the jobs which have to come again.
pub fn response(failed: Vec<String>) -> SqsBatchResponse {
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = failed.into_iter().map(failure).collect();
    response
}

fn record(mut message: SqsMessage) -> Record {
    let receives = message.attributes.get("ApproximateReceiveCount");
    let receives = receives.and_then(|count| count.parse().ok()).unwrap_or(1);
    Record {
        id: message.message_id.unwrap_or_default(),
        body: message.body.unwrap_or_default(),
        group: message.attributes.remove("MessageGroupId"),
        receives,
    }
}

fn failure(message_id: String) -> BatchItemFailure {
    let mut failure = BatchItemFailure::default();
    failure.item_identifier = message_id;
    failure
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_job_is_read_with_its_group_and_how_often_it_came() {
        let event = json!({"Records": [
            {"messageId": "a", "body": "{}", "attributes": {"ApproximateReceiveCount": "3", "MessageGroupId": "g"}},
            {"messageId": "b", "body": "[]", "attributes": {}},
        ]});
        let records = records(serde_json::from_value(event).unwrap());
        let [first, second] = &records[..] else {
            panic!("{records:?}")
        };
        assert_eq!((first.id.as_str(), first.body.as_str()), ("a", "{}"));
        assert_eq!((first.group.as_deref(), first.receives), (Some("g"), 3));
        assert_eq!((second.group.as_deref(), second.receives), (None, 1));
        let answer = response(vec![first.id.clone()]);
        assert_eq!(answer.batch_item_failures[0].item_identifier, "a");
    }
}

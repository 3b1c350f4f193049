//! Batches.

use aws_sdk_sqs::types::{
    ChangeMessageVisibilityBatchRequestEntry, DeleteMessageBatchRequestEntry,
    SendMessageBatchRequestEntry,
};

use crate::harness::{Harness, handle, start, start_strict};

fn entry(id: &str, body: &str) -> SendMessageBatchRequestEntry {
    SendMessageBatchRequestEntry::builder()
        .id(id)
        .message_body(body)
        .build()
        .unwrap()
}

async fn refusal(
    harness: &Harness,
    entries: Vec<SendMessageBatchRequestEntry>,
) -> aws_sdk_sqs::operation::send_message_batch::SendMessageBatchError {
    let url = harness.queue(&[]).await;
    let call = harness.client.send_message_batch().queue_url(url);
    let result = call.set_entries(Some(entries)).send().await;
    result.unwrap_err().into_service_error()
}

#[tokio::test]
async fn an_entry_that_fails_does_not_fail_the_others() {
    let Some(harness) = start_strict("takes a delay of more than 15 minutes").await else {
        return;
    };
    let url = harness.queue(&[]).await;
    let delayed = SendMessageBatchRequestEntry::builder()
        .id("delay")
        .message_body("x")
        .delay_seconds(901)
        .build()
        .unwrap();
    let call = harness.client.send_message_batch().queue_url(&url);
    let call = call.set_entries(Some(vec![entry("good", "x"), delayed, entry("fine", "y")]));
    let output = call.send().await.unwrap();
    let good: Vec<_> = output.successful().iter().map(|done| done.id()).collect();
    assert_eq!(good, ["good", "fine"]);
    let failed = output.failed();
    assert_eq!(failed.len(), 1);
    assert_eq!((failed[0].id(), failed[0].sender_fault()), ("delay", true));
    assert_eq!(failed[0].code(), "InvalidParameterValue");
    harness.receive_all(&url, 2).await;
}

#[tokio::test]
async fn deleting_and_hiding_in_batches_fail_by_entry() {
    let harness = start().await;
    let url = harness.queue(&[]).await;
    harness.send(&url, "x").await;
    let message = harness.receive_one(&url).await;
    let hide = |id: &str, handle: &str| {
        ChangeMessageVisibilityBatchRequestEntry::builder()
            .id(id)
            .receipt_handle(handle)
            .visibility_timeout(60)
            .build()
            .unwrap()
    };
    let call = harness.client.change_message_visibility_batch();
    let call = call
        .queue_url(&url)
        .entries(hide("good", handle(&message)))
        .entries(hide("bad", "nonsense"));
    let output = call.send().await.unwrap();
    assert_eq!(output.successful()[0].id(), "good");
    assert_eq!(output.failed()[0].id(), "bad");
    assert_eq!(output.failed()[0].code(), "ReceiptHandleIsInvalid");
    let delete = |id: &str, handle: &str| {
        DeleteMessageBatchRequestEntry::builder()
            .id(id)
            .receipt_handle(handle)
            .build()
            .unwrap()
    };
    let call = harness.client.delete_message_batch().queue_url(&url);
    let call = call
        .entries(delete("good", handle(&message)))
        .entries(delete("bad", "nonsense"));
    let output = call.send().await.unwrap();
    assert_eq!(output.successful()[0].id(), "good");
    assert_eq!(output.failed()[0].id(), "bad");
    assert_eq!(harness.counts(&url).await, [0, 0, 0]);
}

#[tokio::test]
async fn malformed_batches_are_refused_whole() {
    let harness = start().await;
    let error = refusal(&harness, vec![]).await;
    assert!(error.is_empty_batch_request(), "{error:?}");
    let error = refusal(&harness, vec![entry("a", "x"), entry("a", "y")]).await;
    assert!(error.is_batch_entry_ids_not_distinct(), "{error:?}");
    let eleven = (0..11).map(|id| entry(&id.to_string(), "x")).collect();
    let error = refusal(&harness, eleven).await;
    assert!(error.is_too_many_entries_in_batch_request(), "{error:?}");
    let error = refusal(&harness, vec![entry("a b", "x")]).await;
    assert!(error.is_invalid_batch_entry_id(), "{error:?}");
    let half = "x".repeat(600_000);
    let error = refusal(&harness, vec![entry("a", &half), entry("b", &half)]).await;
    assert!(error.is_batch_request_too_long(), "{error:?}");
}

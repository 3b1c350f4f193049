//! FIFO queues.

use aws_sdk_sqs::{
    error::ProvideErrorMetadata,
    types::{MessageSystemAttributeName, QueueAttributeName},
};

use crate::harness::{attribute, bodies, handle, start};

#[tokio::test]
async fn a_group_is_in_order_and_blocked_while_one_is_in_flight() {
    let harness = start().await;
    let url = harness.fifo(&[]).await;
    for body in ["a1", "a2", "a3"] {
        harness.send_in(&url, "a", body).await;
    }
    let first = harness.receive_one(&url).await;
    assert_eq!(first.body(), Some("a1"));
    assert!(harness.receive(&url, 10, 0).await.is_empty());
    harness.send_in(&url, "b", "b1").await;
    assert_eq!(bodies(&harness.receive(&url, 10, 0).await), ["b1"]);
    harness.delete(&url, &first).await;
    assert_eq!(bodies(&harness.receive(&url, 10, 0).await), ["a2", "a3"]);
}

#[tokio::test]
async fn after_a_failure_the_order_is_kept() {
    let harness = start().await;
    let url = harness.fifo(&[]).await;
    for body in ["1", "2", "3"] {
        harness.send_in(&url, "g", body).await;
    }
    let batch = harness.receive(&url, 10, 0).await;
    assert_eq!(bodies(&batch), ["1", "2", "3"]);
    harness.delete(&url, &batch[0]).await;
    // The second failed, the third is still held: nothing comes before it is free too.
    harness.hide(&url, &batch[1], 0).await;
    assert!(harness.receive(&url, 10, 0).await.is_empty());
    harness.hide(&url, &batch[2], 0).await;
    assert_eq!(bodies(&harness.receive(&url, 10, 0).await), ["2", "3"]);
}

#[tokio::test]
async fn a_receiver_that_waits_gets_the_next_of_the_group_when_it_is_free() {
    let harness = start().await;
    let url = harness.fifo(&[]).await;
    harness.send_in(&url, "g", "1").await;
    harness.send_in(&url, "g", "2").await;
    let first = harness.receive_one(&url).await;
    let (second, ()) = tokio::join!(harness.receive_one(&url), harness.delete(&url, &first));
    assert_eq!(second.body(), Some("2"));
}

#[tokio::test]
async fn the_same_deduplication_id_is_sent_once() {
    let harness = start().await;
    let url = harness.fifo(&[]).await;
    let send = |body: &str| {
        let call = harness.client.send_message().queue_url(&url);
        call.message_group_id("g")
            .message_deduplication_id("once")
            .message_body(body)
            .send()
    };
    let first = send("first").await.unwrap();
    let second = send("second").await.unwrap();
    assert_eq!(first.message_id(), second.message_id());
    assert_eq!(first.sequence_number(), second.sequence_number());
    let message = harness.receive_one(&url).await;
    harness.delete(&url, &message).await;
    // Also when the first is long done.
    send("third").await.unwrap();
    assert!(harness.receive(&url, 1, 0).await.is_empty());
}

#[tokio::test]
async fn content_deduplicates_where_the_queue_says_so() {
    let harness = start().await;
    let url = harness
        .fifo(&[(QueueAttributeName::ContentBasedDeduplication, "true")])
        .await;
    for body in ["same", "same", "other"] {
        let call = harness.client.send_message().queue_url(&url);
        let call = call.message_group_id("g").message_body(body);
        call.send().await.unwrap();
    }
    let messages = harness.receive(&url, 10, 0).await;
    assert_eq!(bodies(&messages), ["same", "other"]);
    let id = attribute(
        &messages[0],
        MessageSystemAttributeName::MessageDeduplicationId,
    );
    // SHA-256 of the body.
    assert_eq!(id.len(), 64);
}

#[tokio::test]
async fn with_the_scope_of_a_group_another_group_may_use_the_same_id() {
    let harness = start().await;
    let url = harness
        .fifo(&[
            (QueueAttributeName::DeduplicationScope, "messageGroup"),
            (QueueAttributeName::FifoThroughputLimit, "perMessageGroupId"),
        ])
        .await;
    for group in ["a", "b", "b"] {
        let call = harness.client.send_message().queue_url(&url);
        let call = call
            .message_group_id(group)
            .message_deduplication_id("same")
            .message_body(group);
        call.send().await.unwrap();
    }
    let messages = harness.receive_all(&url, 2).await;
    assert_eq!(bodies(&messages), ["a", "b"]);
}

#[tokio::test]
async fn sequence_numbers_grow() {
    let harness = start().await;
    let url = harness.fifo(&[]).await;
    for body in ["1", "2"] {
        harness.send_in(&url, "g", body).await;
    }
    let messages = harness.receive(&url, 10, 0).await;
    let [first, second] =
        [0, 1].map(|index| attribute(&messages[index], MessageSystemAttributeName::SequenceNumber));
    assert!(first < second, "{first} {second}");
    assert_eq!(
        attribute(&messages[0], MessageSystemAttributeName::MessageGroupId),
        "g"
    );
}

#[tokio::test]
async fn what_a_fifo_queue_cannot_do_is_refused() {
    let harness = start().await;
    let url = harness.fifo(&[]).await;
    let send = || {
        let call = harness.client.send_message().queue_url(&url);
        call.message_body("x")
    };
    let group = send().message_deduplication_id("d").send().await;
    assert_eq!(group.unwrap_err().code(), Some("MissingParameter"));
    let id = send().message_group_id("g").send().await;
    assert_eq!(id.unwrap_err().code(), Some("InvalidParameterValue"));
    let delay = send()
        .message_group_id("g")
        .message_deduplication_id("d")
        .delay_seconds(5)
        .send()
        .await;
    assert_eq!(delay.unwrap_err().code(), Some("InvalidParameterValue"));
}

#[tokio::test]
async fn a_handle_that_has_expired_deletes_nothing_and_says_so() {
    let harness = start().await;
    let url = harness.fifo(&[]).await;
    harness.send_in(&url, "g", "x").await;
    let message = harness.receive_for(&url, 0).await;
    let call = harness.client.delete_message().queue_url(&url);
    let result = call.receipt_handle(handle(&message)).send().await;
    if harness.local.is_some() {
        assert_eq!(result.unwrap_err().code(), Some("InvalidParameterValue"));
    }
}

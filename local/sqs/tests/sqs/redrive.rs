//! Dead-letter queues.

use aws_sdk_sqs::types::{MessageSystemAttributeName, QueueAttributeName};

use crate::harness::{Harness, attribute, start};

/// A queue and its dead-letter queue, which messages reach after two receives.
async fn pair(harness: &Harness, count: &str) -> (String, String) {
    let dead = harness.queue(&[]).await;
    let arn = harness.attributes(&dead).await[&QueueAttributeName::QueueArn].clone();
    let policy = format!(r#"{{"deadLetterTargetArn":"{arn}","maxReceiveCount":{count}}}"#);
    let url = harness
        .queue(&[(QueueAttributeName::RedrivePolicy, &policy)])
        .await;
    (url, dead)
}

async fn goes_to_the_dead_letter_queue(count: &str) {
    let harness = start().await;
    let (url, dead) = pair(&harness, count).await;
    let id = harness.send(&url, "poison").await;
    for _ in 0..2 {
        let message = harness.receive_one(&url).await;
        harness.hide(&url, &message, 0).await;
    }
    assert!(harness.receive(&url, 1, 0).await.is_empty());
    let message = harness.receive_one(&dead).await;
    assert_eq!(message.message_id(), Some(id.as_str()));
    assert_eq!(message.body(), Some("poison"));
    if harness.local.is_some() {
        let source = attribute(
            &message,
            MessageSystemAttributeName::DeadLetterQueueSourceArn,
        );
        assert!(url.ends_with(source.rsplit(':').next().unwrap()));
    }
    assert_eq!(harness.counts(&url).await, [0, 0, 0]);
}

#[tokio::test]
async fn a_message_received_too_often_goes_to_the_dead_letter_queue() {
    goes_to_the_dead_letter_queue("2").await;
}

#[tokio::test]
async fn max_receive_count_may_be_text() {
    goes_to_the_dead_letter_queue("\"2\"").await;
}

#[tokio::test]
async fn a_receiver_that_waits_at_the_dead_letter_queue_is_woken() {
    let harness = start().await;
    let (url, dead) = pair(&harness, "1").await;
    harness.send(&url, "poison").await;
    let message = harness.receive_one(&url).await;
    let waiting = harness.receive_one(&dead);
    let failing = async {
        harness.hide(&url, &message, 0).await;
        assert!(harness.receive(&url, 1, 0).await.is_empty());
    };
    let (message, ()) = tokio::join!(waiting, failing);
    assert_eq!(message.body(), Some("poison"));
}

#[tokio::test]
async fn a_dead_letter_queue_has_to_be_there() {
    let harness = start().await;
    let policy = r#"{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:nowhere","maxReceiveCount":1}"#;
    let call = harness.client.create_queue().queue_name("source");
    let call = call.attributes(QueueAttributeName::RedrivePolicy, policy);
    assert!(call.send().await.is_err());
}

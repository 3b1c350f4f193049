//! What goes in comes out.

use std::time::{Duration, Instant};

use aws_sdk_sqs::{
    primitives::Blob,
    types::{MessageAttributeValue, MessageSystemAttributeName, QueueAttributeName},
};

use crate::harness::{attribute, start, start_local};

#[tokio::test]
async fn a_message_arrives_with_its_attributes_and_digests() {
    let harness = start().await;
    let url = harness.queue(&[]).await;
    let text = MessageAttributeValue::builder()
        .data_type("String")
        .string_value("test_attribute_value")
        .build()
        .unwrap();
    let bytes = MessageAttributeValue::builder()
        .data_type("Binary.png")
        .binary_value(Blob::new([1, 2, 3]))
        .build()
        .unwrap();
    let call = harness.client.send_message().queue_url(&url);
    let sent = call
        .message_body("hello")
        .message_attributes("test_attribute_name_1", text.clone())
        .message_attributes("picture", bytes.clone())
        .send()
        .await
        .unwrap();
    assert_eq!(
        sent.md5_of_message_body().unwrap(),
        "5d41402abc4b2a76b9719d911017c592"
    );
    let message = harness.receive_one(&url).await;
    assert_eq!(message.body(), Some("hello"));
    assert_eq!(message.message_id(), sent.message_id());
    assert_eq!(message.md5_of_body(), sent.md5_of_message_body());
    assert_eq!(
        message.md5_of_message_attributes(),
        sent.md5_of_message_attributes()
    );
    let attributes = message.message_attributes().unwrap();
    assert_eq!(attributes["test_attribute_name_1"], text);
    assert_eq!(attributes["picture"], bytes);
}

/// The digest of this attribute stands in the tests of several AWS SDKs.
#[tokio::test]
async fn the_digest_of_attributes_is_the_one_that_other_clients_expect() {
    let harness = start().await;
    let url = harness.queue(&[]).await;
    let value = MessageAttributeValue::builder()
        .data_type("Number")
        .string_value("1493147359900")
        .build()
        .unwrap();
    let call = harness.client.send_message().queue_url(&url);
    let call = call
        .message_body("x")
        .message_attributes("timestamp", value);
    let sent = call.send().await.unwrap();
    assert_eq!(
        sent.md5_of_message_attributes(),
        Some("235c5c510d26fb653d073faed50ae77c")
    );
}

#[tokio::test]
async fn only_the_attributes_that_were_asked_for_are_given() {
    let harness = start().await;
    let url = harness.queue(&[]).await;
    let value = MessageAttributeValue::builder()
        .data_type("String")
        .string_value("v")
        .build()
        .unwrap();
    let call = harness.client.send_message().queue_url(&url);
    let call = call
        .message_body("x")
        .message_attributes("trace.id", value.clone())
        .message_attributes("other", value);
    call.send().await.unwrap();
    let call = harness.client.receive_message().queue_url(&url);
    let output = call
        .message_attribute_names("trace.*")
        .message_system_attribute_names(MessageSystemAttributeName::SentTimestamp)
        .send()
        .await
        .unwrap();
    let message = &output.messages()[0];
    let names: Vec<_> = message.message_attributes().unwrap().keys().collect();
    assert_eq!(names, ["trace.id"]);
    let names: Vec<_> = message.attributes().unwrap().keys().collect();
    assert_eq!(names, [&MessageSystemAttributeName::SentTimestamp]);
}

#[tokio::test]
async fn system_attributes_tell_when_and_how_often() {
    let harness = start().await;
    let url = harness.queue(&[]).await;
    harness.send(&url, "x").await;
    let first = harness.receive_one(&url).await;
    harness.hide(&url, &first, 0).await;
    let second = harness.receive_one(&url).await;
    let count = MessageSystemAttributeName::ApproximateReceiveCount;
    assert_eq!(attribute(&first, count.clone()), "1");
    assert_eq!(attribute(&second, count), "2");
    for name in [
        MessageSystemAttributeName::SentTimestamp,
        MessageSystemAttributeName::ApproximateFirstReceiveTimestamp,
    ] {
        assert_eq!(
            attribute(&first, name.clone()),
            attribute(&second, name.clone())
        );
        assert_eq!(attribute(&first, name).len(), 13, "milliseconds");
    }
    assert!(!attribute(&first, MessageSystemAttributeName::SenderId).is_empty());
}

#[tokio::test]
async fn a_delayed_message_comes_when_its_delay_is_over() {
    let harness = start().await;
    let url = harness.queue(&[]).await;
    let begun = Instant::now();
    let call = harness.client.send_message().queue_url(&url);
    let call = call.message_body("later").delay_seconds(1);
    call.send().await.unwrap();
    assert_eq!(harness.counts(&url).await, [0, 0, 1]);
    assert!(harness.receive(&url, 1, 0).await.is_empty());
    harness.receive_one(&url).await;
    assert!(begun.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn the_delay_of_a_queue_is_for_messages_that_name_none() {
    let harness = start().await;
    let url = harness
        .queue(&[(QueueAttributeName::DelaySeconds, "900")])
        .await;
    harness.send(&url, "the queue's delay").await;
    let call = harness.client.send_message().queue_url(&url);
    let call = call.message_body("its own delay").delay_seconds(0);
    call.send().await.unwrap();
    let message = harness.receive_one(&url).await;
    assert_eq!(message.body(), Some("its own delay"));
    assert_eq!(harness.counts(&url).await, [0, 1, 1]);
}

#[tokio::test]
async fn speed_divides_delays_and_nothing_else() {
    let Some(harness) = start_local(1_000.0).await else {
        return;
    };
    let url = harness.queue(&[]).await;
    let begun = Instant::now();
    let call = harness.client.send_message().queue_url(&url);
    let call = call.message_body("later").delay_seconds(900);
    call.send().await.unwrap();
    let message = harness.receive_one(&url).await;
    let passed = begun.elapsed();
    assert!(passed >= Duration::from_millis(900), "{passed:?}");
    assert!(passed < Duration::from_secs(5), "{passed:?}");
    // 30 seconds of visibility would be over after 30 ms.
    assert!(harness.receive(&url, 1, 1).await.is_empty());
    harness.delete(&url, &message).await;
}

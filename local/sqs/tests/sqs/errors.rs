//! Refusals that the SDK knows by type, and limits.

use aws_sdk_sqs::{
    error::ProvideErrorMetadata,
    types::{MessageAttributeValue, QueueAttributeName},
};

use crate::harness::{name, start, start_strict};

#[tokio::test]
async fn a_queue_that_is_not_there_is_known_by_type() {
    let harness = start().await;
    let url = "http://localhost/000000000000/no-such-queue";
    let call = harness.client.send_message().queue_url(url);
    let error = call.message_body("x").send().await.unwrap_err();
    assert_eq!(
        error.code(),
        Some("AWS.SimpleQueueService.NonExistentQueue")
    );
    assert!(error.into_service_error().is_queue_does_not_exist());
    let call = harness.client.receive_message().queue_url(url);
    let error = call.send().await.unwrap_err().into_service_error();
    assert!(error.is_queue_does_not_exist());
}

#[tokio::test]
async fn a_handle_that_is_none_is_known_by_type() {
    let harness = start().await;
    let url = harness.queue(&[]).await;
    let call = harness.client.delete_message().queue_url(&url);
    let call = call.receipt_handle("nonsense");
    let error = call.send().await.unwrap_err().into_service_error();
    assert!(error.is_receipt_handle_is_invalid(), "{error:?}");
}

#[tokio::test]
async fn a_message_of_a_mebibyte_is_taken_and_one_more_byte_is_not() {
    let harness = start().await;
    let url = harness.queue(&[]).await;
    let most = "x".repeat(1_048_576);
    harness.send(&url, &most).await;
    let message = harness.receive_one(&url).await;
    assert_eq!(message.body().map(str::len), Some(most.len()));
    let call = harness.client.send_message().queue_url(&url);
    let error = call.message_body(format!("{most}x")).send().await;
    assert_eq!(error.unwrap_err().code(), Some("InvalidParameterValue"));
}

#[tokio::test]
async fn attributes_count_towards_the_size_of_a_message() {
    let Some(harness) = start_strict("counts the body alone").await else {
        return;
    };
    let url = harness.queue(&[]).await;
    let value = MessageAttributeValue::builder()
        .data_type("String")
        .string_value("v")
        .build()
        .unwrap();
    let call = harness.client.send_message().queue_url(&url);
    // Name, type and value are 8 bytes.
    let body = "x".repeat(1_048_576 - 7);
    let call = call.message_body(body).message_attributes("n", value);
    assert!(call.send().await.is_err());
}

#[tokio::test]
async fn characters_that_xml_cannot_carry_are_refused() {
    let harness = start().await;
    let url = harness.queue(&[]).await;
    let call = harness.client.send_message().queue_url(&url);
    let call = call.message_body("a\u{1}b");
    let error = call.send().await.unwrap_err().into_service_error();
    assert!(error.is_invalid_message_contents(), "{error:?}");
}

#[tokio::test]
async fn numbers_beyond_their_limits_are_refused() {
    let Some(harness) = start_strict("takes any number").await else {
        return;
    };
    let url = harness.queue(&[]).await;
    let receive = || harness.client.receive_message().queue_url(&url);
    for call in [
        receive().max_number_of_messages(11),
        receive().max_number_of_messages(0),
        receive().wait_time_seconds(21),
        receive().visibility_timeout(43_201),
    ] {
        let error = call.send().await.unwrap_err();
        assert_eq!(error.code(), Some("InvalidParameterValue"));
    }
    let send = harness.client.send_message().queue_url(&url);
    let error = send.message_body("x").delay_seconds(901).send().await;
    assert_eq!(error.unwrap_err().code(), Some("InvalidParameterValue"));
}

#[tokio::test]
async fn a_queue_with_a_wrong_name_or_attribute_is_not_made() {
    let Some(harness) = start_strict("takes any name").await else {
        return;
    };
    for name in ["with space", "a.b", "plain.fifo", &"x".repeat(81)] {
        let call = harness.client.create_queue().queue_name(name);
        assert!(call.send().await.is_err(), "{name}");
    }
    let call = harness.client.create_queue().queue_name(name("wrong"));
    let call = call.attributes(QueueAttributeName::DelaySeconds, "901");
    let error = call.send().await.unwrap_err().into_service_error();
    assert!(error.is_invalid_attribute_value(), "{error:?}");
    let call = harness.client.create_queue().queue_name(name("wrong"));
    let call = call.attributes(QueueAttributeName::from("Colour"), "red");
    let error = call.send().await.unwrap_err().into_service_error();
    assert!(error.is_invalid_attribute_name(), "{error:?}");
}

#[tokio::test]
async fn a_standard_queue_takes_no_deduplication_id() {
    let Some(harness) = start_strict("takes one, and leaves it aside").await else {
        return;
    };
    let url = harness.queue(&[]).await;
    let call = harness.client.send_message().queue_url(&url);
    let call = call.message_body("x").message_deduplication_id("d");
    let error = call.send().await.unwrap_err();
    assert_eq!(error.code(), Some("InvalidParameterValue"));
}

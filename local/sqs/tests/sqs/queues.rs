//! Queues as such.

use aws_sdk_sqs::types::QueueAttributeName;

use crate::harness::{name, start, start_local};

#[tokio::test]
async fn creating_a_queue_again_gives_the_same_queue() {
    let harness = start().await;
    let name = name("twice");
    let delay = (QueueAttributeName::DelaySeconds, "5");
    let url = harness.create(&name, std::slice::from_ref(&delay)).await;
    assert_eq!(harness.create(&name, &[]).await, url);
    assert_eq!(harness.create(&name, &[delay]).await, url);
    let found = harness.client.get_queue_url().queue_name(&name).send();
    assert_eq!(found.await.unwrap().queue_url.unwrap(), url);
    let call = harness.client.create_queue().queue_name(&name);
    let call = call.attributes(QueueAttributeName::DelaySeconds, "6");
    let error = call.send().await.unwrap_err().into_service_error();
    assert!(error.is_queue_name_exists(), "{error:?}");
}

#[tokio::test]
async fn attributes_have_awss_defaults_and_can_be_set() {
    let harness = start().await;
    let url = harness.queue(&[]).await;
    let attributes = harness.attributes(&url).await;
    for (name, value) in [
        (QueueAttributeName::VisibilityTimeout, "30"),
        (QueueAttributeName::DelaySeconds, "0"),
        (QueueAttributeName::MessageRetentionPeriod, "345600"),
        (QueueAttributeName::MaximumMessageSize, "1048576"),
        (QueueAttributeName::ReceiveMessageWaitTimeSeconds, "0"),
    ] {
        assert_eq!(attributes[&name], value, "{name}");
    }
    let arn = &attributes[&QueueAttributeName::QueueArn];
    assert!(arn.starts_with("arn:aws:sqs:us-east-1:000000000000:queue-"));
    assert!(!attributes.contains_key(&QueueAttributeName::FifoQueue));
    let call = harness.client.set_queue_attributes().queue_url(&url);
    let call = call.attributes(QueueAttributeName::VisibilityTimeout, "77");
    call.send().await.unwrap();
    let attributes = harness.attributes(&url).await;
    assert_eq!(attributes[&QueueAttributeName::VisibilityTimeout], "77");
}

#[tokio::test]
async fn lists_go_by_prefix_and_in_pages() {
    let harness = start().await;
    let prefix = name("list");
    for end in ["a", "b", "c"] {
        harness.create(&format!("{prefix}-{end}"), &[]).await;
    }
    let list = || {
        let call = harness.client.list_queues();
        call.queue_name_prefix(&prefix).max_results(2)
    };
    let first = list().send().await.unwrap();
    assert_eq!(first.queue_urls().len(), 2);
    let second = list().set_next_token(first.next_token.clone());
    let second = second.send().await.unwrap();
    assert_eq!(second.queue_urls().len(), 1);
    assert!(second.queue_urls()[0].ends_with("-c"));
}

#[tokio::test]
async fn a_deleted_queue_is_gone_with_its_messages() {
    let harness = start().await;
    let name = name("gone");
    let url = harness.create(&name, &[]).await;
    harness.send(&url, "x").await;
    let call = harness.client.delete_queue().queue_url(&url);
    call.send().await.unwrap();
    let call = harness.client.get_queue_url().queue_name(&name);
    let error = call.send().await.unwrap_err().into_service_error();
    assert!(error.is_queue_does_not_exist(), "{error:?}");
    let url = harness.create(&name, &[]).await;
    assert_eq!(harness.counts(&url).await, [0, 0, 0]);
}

#[tokio::test]
async fn a_purged_queue_is_empty_of_all_kinds_of_messages() {
    let harness = start().await;
    let url = harness.queue(&[]).await;
    for body in ["in flight", "visible"] {
        harness.send(&url, body).await;
    }
    let call = harness.client.send_message().queue_url(&url);
    let call = call.message_body("delayed").delay_seconds(900);
    call.send().await.unwrap();
    harness.receive_one(&url).await;
    assert_eq!(harness.counts(&url).await, [1, 1, 1]);
    let call = harness.client.purge_queue().queue_url(&url);
    call.send().await.unwrap();
    assert_eq!(harness.counts(&url).await, [0, 0, 0]);
}

#[tokio::test]
async fn a_url_names_the_callers_own_address_and_any_address_is_taken() {
    let Some(harness) = start_local(1.0).await else {
        return;
    };
    let name = name("address");
    let url = harness.create(&name, &[]).await;
    let address = harness.local.as_ref().unwrap().address;
    assert_eq!(url, format!("http://{address}/000000000000/{name}"));
    let earlier = format!("http://127.0.0.1:1/000000000000/{name}");
    harness.send(&earlier, "x").await;
    assert_eq!(harness.receive_one(&url).await.body(), Some("x"));
}

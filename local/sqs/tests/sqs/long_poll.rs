//! Receivers that wait.

use std::time::{Duration, Instant};

use aws_sdk_sqs::types::QueueAttributeName;

use crate::harness::{start, start_local, start_strict};

/// How soon a receiver that waits has what was sent.
const AT_ONCE: Duration = Duration::from_millis(100);

#[tokio::test]
async fn a_receiver_that_waits_is_woken_at_once() {
    let harness = start().await;
    let url = harness.queue(&[]).await;
    // The first exchange opens the connections.
    harness.send(&url, "first").await;
    harness.receive_one(&url).await;
    for _ in 0..5 {
        let receiver = async {
            harness.receive_one(&url).await;
            Instant::now()
        };
        let sender = async {
            // By then the receiver waits: nothing is there for it to find.
            assert!(harness.receive(&url, 1, 1).await.is_empty());
            harness.send(&url, "x").await;
            Instant::now()
        };
        let (received, sent) = tokio::join!(receiver, sender);
        let passed = received.saturating_duration_since(sent);
        assert!(harness.local.is_none() || passed < AT_ONCE, "{passed:?}");
    }
}

#[tokio::test]
async fn every_receiver_gets_its_message_also_through_delay_and_visibility() {
    let harness = start().await;
    let url = harness.queue(&[]).await;
    harness.send(&url, "hidden").await;
    harness.receive_for(&url, 1).await;
    for _ in 0..4 {
        let call = harness.client.send_message().queue_url(&url);
        let call = call.message_body("delayed").delay_seconds(1);
        call.send().await.unwrap();
    }
    let begun = Instant::now();
    let receivers = (0..5).map(|_| harness.receive_one(&url));
    futures::future::join_all(receivers).await;
    let passed = begun.elapsed();
    assert!(passed < Duration::from_secs(4), "{passed:?}");
}

#[tokio::test]
async fn a_receiver_that_gave_up_takes_no_message_and_no_wake_up_with_it() {
    let Some(harness) = start_strict("hands a message to a receiver that has gone").await else {
        return;
    };
    let url = harness.queue(&[]).await;
    let gone = tokio::time::timeout(Duration::from_millis(300), harness.receive_one(&url));
    let staying = harness.receive_one(&url);
    let sending = async {
        assert!(harness.receive(&url, 1, 1).await.is_empty());
        harness.send(&url, "x").await;
    };
    let begun = Instant::now();
    let (gone, message, ()) = tokio::join!(gone, staying, sending);
    assert!(gone.is_err());
    assert_eq!(message.body(), Some("x"));
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_wait_ends_empty_when_its_time_is_over() {
    let harness = start().await;
    let url = harness
        .queue(&[(QueueAttributeName::ReceiveMessageWaitTimeSeconds, "1")])
        .await;
    let begun = Instant::now();
    let call = harness.client.receive_message().queue_url(&url);
    assert!(call.send().await.unwrap().messages().is_empty());
    let passed = begun.elapsed();
    assert!(passed >= Duration::from_secs(1), "{passed:?}");
    assert!(passed < Duration::from_secs(3), "{passed:?}");
}

#[tokio::test]
async fn shutting_down_ends_the_waits() {
    let Some(mut harness) = start_local(1.0).await else {
        return;
    };
    let url = harness.queue(&[]).await;
    let local = harness.local.take().unwrap();
    let receiving = async { harness.receive(&url, 1, 20).await };
    let stopping = async {
        // By then the receiver waits too.
        assert!(harness.receive(&url, 1, 1).await.is_empty());
        local.stop().await
    };
    let (messages, took) = tokio::join!(receiving, stopping);
    assert!(messages.is_empty());
    assert!(took < Duration::from_secs(2), "{took:?}");
}

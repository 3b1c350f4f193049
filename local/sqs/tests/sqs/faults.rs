//! The fault that delivers messages twice.

use std::collections::HashMap;

use crate::harness::{handle, start_local};

fn queue_of(url: &str) -> &str {
    url.rsplit('/').next().unwrap()
}

#[tokio::test]
async fn a_message_is_delivered_a_second_time_at_once() {
    let Some(harness) = start_local(1.0).await else {
        return;
    };
    let server = &harness.local.as_ref().unwrap().server;
    for url in [harness.queue(&[]).await, harness.fifo(&[]).await] {
        server.inject_duplicates(queue_of(&url), 1.0);
        harness.send_in(&url, "g", "x").await;
        let first = harness.receive_one(&url).await;
        // The first receiver is done before the second begins, and still there is a second.
        harness.delete(&url, &first).await;
        let second = harness.receive_one(&url).await;
        assert_eq!(first.message_id(), second.message_id());
        assert_ne!(handle(&first), handle(&second));
        harness.delete(&url, &second).await;
        assert_eq!(harness.counts(&url).await, [0, 0, 0]);
    }
}

#[tokio::test]
async fn the_second_delivery_is_in_nobodys_way() {
    let Some(harness) = start_local(1.0).await else {
        return;
    };
    let server = &harness.local.as_ref().unwrap().server;
    let url = harness.queue(&[]).await;
    server.inject_duplicates(queue_of(&url), 1.0);
    harness.send(&url, "x").await;
    let first = harness.receive_one(&url).await;
    let second = harness.receive_one(&url).await;
    // It is not repeated when it fails.
    harness.hide(&url, &second, 0).await;
    assert!(harness.receive(&url, 1, 0).await.is_empty());
    harness.delete(&url, &first).await;
    assert_eq!(harness.counts(&url).await, [0, 0, 0]);
}

#[tokio::test]
async fn half_of_the_messages_come_twice_and_none_when_the_fault_ends() {
    let Some(harness) = start_local(1.0).await else {
        return;
    };
    let server = &harness.local.as_ref().unwrap().server;
    let url = harness.queue(&[]).await;
    server.inject_duplicates(queue_of(&url), 0.5);
    for _ in 0..60 {
        harness.send(&url, "x").await;
    }
    let mut seen: HashMap<String, u32> = HashMap::new();
    loop {
        let messages = harness.receive(&url, 10, 0).await;
        if messages.is_empty() {
            break;
        }
        for message in messages {
            harness.delete(&url, &message).await;
            *seen.entry(message.message_id.unwrap()).or_default() += 1;
        }
    }
    assert_eq!(seen.len(), 60);
    assert!(seen.values().all(|count| *count <= 2));
    let twice = seen.values().filter(|count| **count == 2).count();
    assert!((10..=50).contains(&twice), "{twice}");
    server.inject_duplicates(queue_of(&url), 0.0);
    harness.send(&url, "x").await;
    harness.receive_one(&url).await;
    assert!(harness.receive(&url, 1, 0).await.is_empty());
}

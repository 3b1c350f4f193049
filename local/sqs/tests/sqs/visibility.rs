//! Messages in flight.

use std::time::{Duration, Instant};

use crate::harness::{handle, start, start_strict};

#[tokio::test]
async fn a_message_in_flight_comes_back_when_its_visibility_ends() {
    let harness = start().await;
    let url = harness.queue(&[]).await;
    let id = harness.send(&url, "x").await;
    let begun = Instant::now();
    harness.receive_for(&url, 1).await;
    assert_eq!(harness.counts(&url).await, [0, 1, 0]);
    let again = harness.receive_one(&url).await;
    assert!(begun.elapsed() >= Duration::from_secs(1));
    assert_eq!(again.message_id(), Some(id.as_str()));
}

#[tokio::test]
async fn a_message_that_is_hidden_for_longer_stays_away() {
    let harness = start().await;
    let url = harness.queue(&[]).await;
    harness.send(&url, "x").await;
    let message = harness.receive_for(&url, 1).await;
    harness.hide(&url, &message, 60).await;
    assert!(harness.receive(&url, 1, 2).await.is_empty());
    harness.hide(&url, &message, 0).await;
    harness.receive_one(&url).await;
}

#[tokio::test]
async fn an_old_handle_deletes_nothing_though_the_call_succeeds() {
    let Some(harness) = start_strict("refuses an old handle").await else {
        return;
    };
    let url = harness.queue(&[]).await;
    harness.send(&url, "x").await;
    let first = harness.receive_one(&url).await;
    harness.hide(&url, &first, 0).await;
    let second = harness.receive_one(&url).await;
    assert_ne!(handle(&first), handle(&second));
    harness.delete(&url, &first).await;
    assert_eq!(harness.counts(&url).await, [0, 1, 0]);
    harness.delete(&url, &second).await;
    assert_eq!(harness.counts(&url).await, [0, 0, 0]);
    // Deleting what is gone succeeds.
    harness.delete(&url, &second).await;
}

#[tokio::test]
async fn the_latest_handle_deletes_after_its_visibility_has_ended() {
    let harness = start().await;
    let url = harness.queue(&[]).await;
    harness.send(&url, "x").await;
    let message = harness.receive_for(&url, 0).await;
    harness.delete(&url, &message).await;
    assert_eq!(harness.counts(&url).await, [0, 0, 0]);
}

#[tokio::test]
async fn changing_a_message_that_is_not_in_flight_is_refused() {
    let Some(harness) = start_strict("takes the change").await else {
        return;
    };
    let url = harness.queue(&[]).await;
    harness.send(&url, "x").await;
    let message = harness.receive_for(&url, 0).await;
    let call = harness.client.change_message_visibility().queue_url(&url);
    let call = call.receipt_handle(handle(&message)).visibility_timeout(5);
    let error = call.send().await.unwrap_err().into_service_error();
    assert!(error.is_message_not_inflight(), "{error:?}");
}

#[tokio::test]
async fn a_message_is_hidden_for_twelve_hours_at_most() {
    let Some(harness) = start_strict("adds up to more than 12 hours").await else {
        return;
    };
    let url = harness.queue(&[]).await;
    harness.send(&url, "x").await;
    let message = harness.receive_one(&url).await;
    let call = harness.client.change_message_visibility().queue_url(&url);
    let call = call
        .receipt_handle(handle(&message))
        .visibility_timeout(43_201);
    assert!(call.send().await.is_err());
    harness.hide(&url, &message, 43_000).await;
}

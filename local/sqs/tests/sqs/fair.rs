//! Groups on standard queues: one that sends a lot does not hold up the others.

use aws_sdk_sqs::types::{MessageSystemAttributeName, SendMessageBatchRequestEntry};

use crate::harness::{Harness, attribute, start_local};

async fn flood(harness: &Harness, url: &str, group: &str, batches: usize) {
    for batch in 0..batches {
        let entries = (0..10).map(|index| {
            SendMessageBatchRequestEntry::builder()
                .id(index.to_string())
                .message_group_id(group)
                .message_body(format!("{group} {batch} {index}"))
                .build()
                .unwrap()
        });
        let call = harness.client.send_message_batch().queue_url(url);
        let call = call.set_entries(Some(entries.collect()));
        call.send().await.unwrap();
    }
}

#[tokio::test]
async fn a_noisy_group_does_not_starve_the_others() {
    let Some(harness) = start_local(1.0).await else {
        return;
    };
    let url = harness.queue(&[]).await;
    flood(&harness, &url, "noisy", 20).await;
    // Some of the flood is gone already when the others come.
    for _ in 0..5 {
        harness.receive(&url, 10, 0).await;
    }
    harness.send_in(&url, "quiet", "q1").await;
    harness.send_in(&url, "quiet", "q2").await;
    harness.send_in(&url, "calm", "c1").await;
    let groups: Vec<_> = harness
        .receive(&url, 10, 0)
        .await
        .iter()
        .map(|message| attribute(message, MessageSystemAttributeName::MessageGroupId).to_owned())
        .collect();
    let count = |group: &str| groups.iter().filter(|found| *found == group).count();
    assert_eq!(
        [count("quiet"), count("calm"), count("noisy")],
        [2, 1, 7],
        "{groups:?}"
    );
}

#[tokio::test]
async fn groups_take_turns() {
    let Some(harness) = start_local(1.0).await else {
        return;
    };
    let url = harness.queue(&[]).await;
    flood(&harness, &url, "a", 1).await;
    flood(&harness, &url, "b", 1).await;
    let groups: Vec<_> = harness
        .receive_all(&url, 20)
        .await
        .iter()
        .map(|message| attribute(message, MessageSystemAttributeName::MessageGroupId).to_owned())
        .collect();
    assert!(
        groups.chunks(2).all(|turn| turn[0] != turn[1]),
        "{groups:?}"
    );
}

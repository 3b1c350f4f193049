//! Events on their way to a tenant's own server, and which of them came.

use std::collections::{BTreeMap, BTreeSet};

use openwati_tests::{Receiver, Reply, Tenant, Webhook, eventually};
use serde_json::Value;
use tokio::time::Instant;

use super::SETTLED;
use super::customers::Written;

/// What is told of: the kind of event, WhatsApp's id of the message, and its stage if it has any.
type Cause = (String, String, String);

/// A server that has trouble of its own: it fails one event in ten at first.
pub(super) async fn receiver() -> Receiver {
    let receiver = Receiver::start().await;
    let replies = (0..10_000).map(|n| Reply::Status(if n % 10 == 9 { 500 } else { 200 }));
    receiver.answers(replies);
    receiver
}

/// Whatever happened is told of under one id, nothing else is told of, and no delivery is open.
pub(super) async fn look_at_events(
    tenant: &Tenant,
    receiver: &Receiver,
    webhook: &Webhook,
    written: &[Written],
) -> usize {
    let expected = expected(tenant, written).await;
    let deadline = Instant::now() + SETTLED;
    let missing = eventually("every event comes", SETTLED * 2, || async {
        let told = told(receiver);
        let missing: Vec<_> = expected
            .iter()
            .filter(|cause| !told.contains_key(cause))
            .collect();
        (missing.is_empty() || Instant::now() > deadline).then_some(missing)
    })
    .await;
    assert!(
        missing.is_empty(),
        "{} of {}: {missing:?}",
        missing.len(),
        expected.len()
    );
    eventually("no delivery is open", SETTLED, || async {
        webhook
            .deliveries("?state=pending")
            .await
            .is_empty()
            .then_some(())
    })
    .await;
    assert!(webhook.deliveries("?state=dropped").await.is_empty());

    let told = told(receiver);
    let mut ids = BTreeSet::new();
    for (cause, told) in &told {
        assert!(expected.contains(cause), "{cause:?} did not happen");
        assert_eq!(told.len(), 1, "{cause:?} is told of as {told:?}");
        ids.extend(told);
    }
    assert_eq!(ids.len(), expected.len());
    expected.len()
}

/// Each message that was written, and each stage of each message that was read.
async fn expected(tenant: &Tenant, written: &[Written]) -> BTreeSet<Cause> {
    let received = written.iter().flat_map(|written| written.messages.keys());
    let mut expected: BTreeSet<_> = received
        .map(|wamid| ("message.received".to_owned(), wamid.clone(), String::new()))
        .collect();
    for sent in tenant
        .client
        .all(&[("direction", "out"), ("status", "read")])
        .await
    {
        let wamid = sent["message_id"].as_str().unwrap();
        for stage in ["sent", "delivered", "read"] {
            expected.insert((
                "message.status".to_owned(),
                wamid.to_owned(),
                stage.to_owned(),
            ));
        }
    }
    expected
}

/// The ids under which each cause was told of.
fn told(receiver: &Receiver) -> BTreeMap<Cause, BTreeSet<String>> {
    let mut told: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for event in receiver.events() {
        let body = event.json();
        let text = |body: &Value, name: &str| body[name].as_str().unwrap_or_default().to_owned();
        let cause = (
            text(&body, "event"),
            text(&body, "messageId"),
            text(&body, "status"),
        );
        told.entry(cause)
            .or_default()
            .insert(event.header("webhook-id").to_owned());
    }
    told
}

//! What happens because time goes by.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use openwati_core::{id::Id, message::Outgoing, time::Clock};
use openwati_services::{
    Error, Gate, authenticate,
    send::{self, Request},
};
use openwati_store::message::NewMessage;
use openwati_tests::{Running, eventually, someone};

/// A deployed schedule's minute, and the time for what it starts.
const A_MINUTE: Duration = Duration::from_secs(120);

#[tokio::test]
async fn a_message_whose_sender_died_is_unknown_within_a_minute() {
    let tenant = Running::shared().tenant().make().await;
    let now = tenant.services().now();
    let id = Id::new(now, tenant.services().entropy());
    let to = someone();
    let content = serde_json::to_string(&Outgoing::text("Hello")).unwrap();
    let message = NewMessage {
        id,
        channel: tenant.channel().id,
        peer: &to,
        content: &content,
        media: None,
    };
    let lapsed = now.minus(Duration::from_secs(1));
    let claimed = tenant.store().claim_message(&tenant.id, message, lapsed);
    assert!(claimed.await.unwrap());
    eventually("the message is unknown", A_MINUTE, || async {
        let answer = tenant.client.message(&id.uuid()).await.ok();
        (answer.body["message"]["status"] == "unknown").then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_sender_that_was_held_up_past_its_lease_hands_nothing_over() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    // Each look at the clock shows it a minute later than the one before, and no lease lasts that long.
    let looks = AtomicU64::new(0);
    let clock = Clock::new(move || {
        let minutes = looks.fetch_add(1, Ordering::Relaxed);
        Clock::system()
            .now()
            .plus(Duration::from_secs(60 * minutes))
    });
    let services = platform.services_with(|parts| parts.clock = clock);
    let caller = authenticate::by_api_key(&services, tenant.client.key(), Gate::RestApi).await;
    let to = someone();
    let request = Request {
        to: to.clone(),
        message: Outgoing::text("Hello"),
        channel: None,
        idempotency: None,
    };
    let sent = send::send(&services, &caller.unwrap(), request).await;
    let Err(Error::Unreachable { message }) = sent else {
        panic!("{sent:?}")
    };
    let kept = tenant.client.message(&message.uuid()).await.ok();
    assert_eq!(kept.body["message"]["status"], "failed");
    assert_eq!(platform.whatsapp().phone(&to).texts().await, [""; 0]);
    assert_eq!(tenant.places_taken().await, 0);
}

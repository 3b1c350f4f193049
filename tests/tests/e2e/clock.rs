//! What happens because time goes by.

use std::time::Duration;

use openwati_core::{id::Id, message::Outgoing};
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

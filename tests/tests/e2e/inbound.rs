//! What customers write.

mod amendments;
mod answers;
mod contacts;
mod dead_letters;
mod echoes;
mod kinds;
pub(crate) mod notices;
mod order;
mod round_trips;

use openwati_tests::{Running, SOON, Tenant, eventually, someone};
use serde_json::{Value, json};

/// What a customer wrote to a tenant, newest first, once it is so much.
pub(crate) async fn received(tenant: &Tenant, customer: &str, count: usize) -> Vec<Value> {
    eventually("what a customer wrote is there", SOON, || async {
        let query = [("peer", customer), ("direction", "in")];
        let messages = tenant.client.all(&query).await;
        assert!(messages.len() <= count, "{messages:?}");
        (messages.len() == count).then_some(messages)
    })
    .await
}

#[tokio::test]
async fn what_a_customer_writes_is_found_by_peer_and_by_either_id() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let customer = someone();
    let wamid = platform
        .whatsapp()
        .phone(&customer)
        .writes(&tenant.channel().phone_number_id, "Is it open today?")
        .await;
    let messages = received(&tenant, &customer, 1).await;
    let message = &messages[0];
    assert_eq!(message["message_id"], wamid.as_str());
    assert_eq!(message["direction"], "in");
    assert_eq!(message["peer"], customer.as_str());
    assert_eq!(message["type"], "text");
    assert_eq!(message["text"], "Is it open today?");
    assert_eq!(message["status"], "delivered");
    assert_eq!(message["device_id"], tenant.channel().id.uuid());
    assert_eq!(message["payload"], json!(null));
    for id in [&wamid, message["id"].as_str().unwrap()] {
        let one = tenant.client.message(id).await.ok();
        assert_eq!(&one.body["message"], message);
    }
    let sent = [("peer", customer.as_str()), ("direction", "out")];
    assert!(tenant.client.all(&sent).await.is_empty());
}

//! What answers customers by itself, however often it is told of them.

use openwati_tests::{Needs, Running, SOON, eventually, lacks, someone};
use serde_json::json;

use super::received;

#[tokio::test]
async fn a_message_is_answered_once_however_often_it_is_told_and_worked() {
    if lacks(Needs::OwnPlatform) || lacks(Needs::ServiceFaults) {
        return;
    }
    let platform = Running::start(|_| ()).await;
    let tenant = platform.tenant().make().await;
    tenant.answers("ping 1", &["pong 1", "pong 1 again"]).await;
    tenant.answers("ping", &["pong"]).await;
    let customer = someone();
    let phone = platform.whatsapp().phone(&customer);
    let number = &tenant.channel().phone_number_id;
    let trouble = json!({"duplicate_webhooks": 3});
    platform.whatsapp().trouble(&customer, trouble).await;
    for queue in ["inbound.fifo", "automation-step"] {
        let jobs_twice = json!({"queue": queue, "duplicate": 1.0});
        platform.whatsapp().post("/faults", &jobs_twice).await;
    }
    phone.writes(number, "ping 1").await;
    phone.writes(number, "no answer to this").await;
    eventually("the answers come", SOON, || async {
        (phone.texts().await.len() > 1).then_some(())
    })
    .await;

    let now = tenant.services().now().seconds();
    let old = json!({"type": "text", "text": "ping too late", "timestamp": now - 16 * 60});
    phone.does(number, old).await;
    let emoji = json!({"type": "reaction", "reaction": {"message_id": "wamid.x", "emoji": "ping"}});
    phone.does(number, emoji).await;
    phone.writes(number, "ping 2").await;
    received(&tenant, &customer, 5).await;
    // What is behind the others in its group was worked after them.
    eventually("the last answer comes", SOON, || async {
        let texts = phone.texts().await;
        texts.contains(&"pong".to_owned()).then_some(())
    })
    .await;
    tenant.automation_log(2).await;
    assert_eq!(phone.texts().await, ["pong 1", "pong 1 again", "pong"]);
    let sent = [("peer", customer.as_str()), ("direction", "out")];
    let sent = tenant.client.all(&sent).await;
    assert_eq!(sent.len(), 3, "{sent:?}");
    assert_eq!(tenant.places_taken().await, 3);
    platform.stop().await;
}

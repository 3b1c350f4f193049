//! What the business itself writes by WhatsApp's own app.

use openwati_tests::{Running, SOON, Tenant, eventually, someone};
use serde_json::{Value, json};

use super::contacts::conversation;

async fn echo(tenant: &Tenant, message: Value) {
    let channel = tenant.channel();
    let value = json!({
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": channel.phone_number, "phone_number_id": channel.phone_number_id},
        "message_echoes": [message],
    });
    let body = json!({"object": "whatsapp_business_account",
        "entry": [{"id": channel.waba_id, "changes": [{"field": "smb_message_echoes", "value": value}]}]});
    tenant.callback(&body).await.ok();
}

#[tokio::test]
async fn what_was_written_on_the_phone_stands_among_what_was_sent() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let (customer, wamid) = (someone(), format!("wamid.{}", someone()));
    let now = tenant.services().now().seconds();
    let message = json!({"from": tenant.channel().phone_number, "to": customer, "id": wamid,
        "timestamp": now.to_string(), "type": "text", "text": {"body": "From my phone"}});
    for _ in 0..2 {
        echo(&tenant, message.clone()).await;
    }
    let sent = eventually("the echo is kept", SOON, || async {
        let answer = tenant.client.message(&wamid).await;
        (answer.status == 200).then(|| answer.body["message"].clone())
    })
    .await;
    assert_eq!(
        (&sent["direction"], &sent["status"]),
        (&json!("out"), &json!("sent"))
    );
    assert_eq!(
        (&sent["peer"], &sent["text"]),
        (&json!(customer), &json!("From my phone"))
    );
    let sum = conversation(&tenant, &customer).await.summary;
    assert_eq!((sum.unread, sum.last_is_ours), (0, true));
    assert_eq!(sum.last_inbound_at, None);
    assert_eq!(tenant.client.with(&customer).await.len(), 1);
    // Its statuses find it.
    let read = openwati_tests::Status {
        wamid: &wamid,
        status: "read",
        at: now,
    };
    tenant
        .callback(&openwati_tests::statuses(tenant.channel(), &[read]))
        .await
        .ok();
    tenant.client.reaches(&wamid, "read").await;
}

#[tokio::test]
async fn an_echo_of_what_was_sent_through_the_platform_changes_nothing() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let customer = someone();
    let sent = tenant.client.send(&customer, "Hello").await.ok();
    let message = json!({"from": tenant.channel().phone_number, "to": customer, "id": sent.wamid(),
        "timestamp": "1790000000", "type": "text", "text": {"body": "Hello"}});
    echo(&tenant, message).await;
    // What comes behind it in its group is kept after it.
    let number = &tenant.channel().phone_number_id;
    platform
        .whatsapp()
        .phone(&customer)
        .writes(number, "Hi")
        .await;
    super::received(&tenant, &customer, 1).await;
    let out = [("peer", customer.as_str()), ("direction", "out")];
    let out = tenant.client.all(&out).await;
    assert_eq!(out.len(), 1, "{out:?}");
    assert_eq!(out[0]["id"], sent.id());
}

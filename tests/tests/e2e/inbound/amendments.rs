//! What is done to messages after they were sent.

use openwati_tests::{Running, SOON, Tenant, eventually, someone};
use serde_json::{Value, json};

/// A message once it is as `is` says.
async fn becomes(tenant: &Tenant, wamid: &str, is: impl Fn(&Value) -> bool) -> Value {
    eventually("the message is amended", SOON, || async {
        let answer = tenant.client.message(wamid).await;
        let message = answer.body["message"].clone();
        (answer.status == 200 && is(&message)).then_some(message)
    })
    .await
}

fn reaction(to: &str, emoji: &str, at: i64) -> Value {
    json!({"type": "reaction", "reaction": {"message_id": to, "emoji": emoji}, "timestamp": at})
}

fn edit(of: &str, text: &str, at: i64) -> Value {
    let message = json!({"type": "text", "text": {"body": text}});
    json!({"type": "edit", "edit": {"original_message_id": of, "message": message}, "timestamp": at})
}

#[tokio::test]
async fn an_emoji_on_a_message_is_shown_until_it_is_taken_back() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let customer = someone();
    let phone = platform.whatsapp().phone(&customer);
    let number = &tenant.channel().phone_number_id;
    let sent = tenant.client.send(&customer, "Tea?").await.ok();
    // Its status is not to change between two looks.
    tenant.client.reaches(sent.id(), "delivered").await;
    let now = tenant.services().now().seconds();
    phone
        .does(number, reaction(sent.wamid(), "❤️", now - 10))
        .await;
    let shown = becomes(&tenant, sent.wamid(), |m| !m["reactions"].is_null()).await;
    assert_eq!(shown["reactions"][0]["emoji"], "❤️");
    assert_eq!(shown["reactions"][0]["direction"], "in");
    assert_eq!(shown["text"], "Tea?");
    let listed = tenant.client.with(&customer).await;
    assert!(listed.contains(&shown), "{listed:?}");
    // An older one comes late: it changes nothing.
    phone
        .does(number, reaction(sent.wamid(), "👎", now - 20))
        .await;
    phone
        .does(number, reaction(sent.wamid(), "", now - 5))
        .await;
    becomes(&tenant, sent.wamid(), |m| m["reactions"].is_null()).await;
}

#[tokio::test]
async fn a_message_has_its_last_words_whatever_comes_first() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let phone = platform.whatsapp().phone(&someone());
    let number = &tenant.channel().phone_number_id;
    let now = tenant.services().now().seconds();
    let text = json!({"type": "text", "text": "fisrt", "timestamp": now - 30, "deliver": false});
    let held = phone.holds(number, text).await;
    let wamid = held["messages"][0]["id"].as_str().unwrap();
    // Both edits come before the message, and the last one first.
    phone.does(number, edit(wamid, "first!", now - 10)).await;
    phone.does(number, edit(wamid, "first", now - 20)).await;
    let event = json!({"field": "messages", "value": held, "channel": number});
    platform.whatsapp().post("/events", &event).await;
    let shown = becomes(&tenant, wamid, |message| message["text"] == "first!").await;
    assert!(shown["edited_at"].is_string(), "{shown}");
    assert_eq!(shown["type"], "text");
}

#[tokio::test]
async fn what_was_taken_back_is_not_shown_any_more() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let phone = platform.whatsapp().phone(&someone());
    let number = &tenant.channel().phone_number_id;
    let location = json!({"type": "location", "location": {"latitude": 1, "longitude": 2}});
    let wamid = phone.does(number, location).await;
    let revoke = json!({"type": "revoke", "revoke": {"original_message_id": wamid}});
    phone.does(number, revoke).await;
    let shown = becomes(&tenant, &wamid, |message| !message["revoked_at"].is_null()).await;
    assert_eq!(
        (&shown["text"], &shown["payload"]),
        (&json!(""), &json!(null))
    );
}

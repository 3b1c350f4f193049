//! Emojis of the business on messages, and messages that are marked as read.

use http::Method;
use openwati_core::role::Role;
use openwati_tests::{Client, Running, SOON, eventually, someone};
use serde_json::{Value, json};

use crate::inbound::received;
use crate::sends_kinds::post;

const NOBODYS: &str = "6a297f98-8000-8d5e-9b7c-2f1d3a5e7c90";

#[tokio::test]
async fn a_reaction_stands_on_the_message_until_it_is_taken_back() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let customer = someone();
    let phone = platform.whatsapp().phone(&customer);
    let wamid = phone
        .writes(&tenant.channel().phone_number_id, "Thank you")
        .await;
    let message = received(&tenant, &customer, 1).await.remove(0);
    let ours = message["id"].as_str().unwrap();
    // By WhatsApp's id, by ours, and with what need not be said.
    for (id, emoji, to) in [
        (wamid.as_str(), "👍", None),
        (ours, "❤️", Some(format!("+{customer}"))),
        (ours, "", None),
    ] {
        let body = json!({"messageId": id, "emoji": emoji, "to": to});
        let sent = post(&tenant.client, "send-reaction", &body).await.ok();
        assert_eq!(sent.body["to"], customer.as_str());
        let shown = phone.shows().await;
        let raw = &shown.last().unwrap()["raw"];
        assert_eq!(
            raw["reaction"],
            json!({"message_id": wamid, "emoji": emoji})
        );
        let message = tenant.client.message(ours).await.ok();
        let reactions = message.body["message"]["reactions"].clone();
        match emoji {
            "" => assert!(
                reactions.as_array().is_none_or(Vec::is_empty),
                "{reactions}"
            ),
            _ => {
                assert_eq!(reactions[0]["emoji"], emoji);
                assert_eq!(reactions[0]["direction"], "out");
            }
        }
    }
    assert_eq!(
        tenant.places_taken().await,
        3,
        "a reaction counts as a message"
    );
}

#[tokio::test]
async fn a_reaction_goes_by_the_device_and_to_the_customer_of_its_message() {
    let platform = Running::shared();
    let tenant = platform.tenant().channels(2).make().await;
    let customer = someone();
    let phone = platform.whatsapp().phone(&customer);
    let second = &tenant.channels[1];
    let wamid = phone.writes(&second.phone_number_id, "Hello").await;
    received(&tenant, &customer, 1).await;
    let body = json!({"messageId": wamid, "emoji": "👍"});
    let sent = post(&tenant.client, "send-reaction", &body).await.ok();
    let message = tenant.client.message(sent.id()).await.ok();
    assert_eq!(message.body["message"]["device_id"], second.id.uuid());

    for (named, error) in [
        (
            json!({"deviceId": tenant.channels[0].id.uuid()}),
            "deviceId: the message went over another device",
        ),
        (
            json!({"to": someone()}),
            "to: the message is with another customer",
        ),
    ] {
        let mut body = body.clone();
        let (name, value) = named.as_object().unwrap().iter().next().unwrap();
        body[name] = value.clone();
        let answer = post(&tenant.client, "send-reaction", &body).await;
        assert_eq!(answer.refused(400, "invalid_message").error(), error);
    }
    let nowhere = json!({"messageId": wamid, "emoji": "👍", "deviceId": NOBODYS});
    let answer = post(&tenant.client, "send-reaction", &nowhere).await;
    answer.refused(404, "not_found");
}

#[tokio::test]
async fn nobody_reacts_to_what_is_not_there() {
    let platform = Running::shared();
    let (tenant, other) = (
        platform.tenant().make().await,
        platform.tenant().make().await,
    );
    let theirs = other.client.send(&someone(), "Hi").await.ok();
    for id in [NOBODYS, "wamid.none", "", theirs.id(), theirs.wamid()] {
        let body = json!({"messageId": id, "emoji": "👍"});
        let answer = post(&tenant.client, "send-reaction", &body).await;
        answer.refused(404, "not_found");
        let answer = post(&tenant.client, "mark-read", &json!({"messageId": id})).await;
        answer.refused(404, "not_found");
    }
    for emoji in ["ok", "1", "👍 👍"] {
        let body = json!({"messageId": NOBODYS, "emoji": emoji});
        let answer = post(&tenant.client, "send-reaction", &body).await;
        let answer = answer.refused(400, "invalid_message");
        assert_eq!(answer.error(), "emoji: must be one emoji, or empty");
    }
    // WhatsApp never took it, so that nothing can be put on it.
    let to = someone();
    let trouble = json!({"error": {"code": 131_026}, "times": 1});
    platform.whatsapp().trouble(&to, trouble).await;
    let failed = tenant.client.send(&to, "Hi").await;
    let body = json!({"messageId": failed.id(), "emoji": "👍"});
    let answer = post(&tenant.client, "send-reaction", &body).await;
    answer.refused(409, "message_not_sent");
    assert_eq!(tenant.places_taken().await, 0);
}

#[tokio::test]
async fn a_reaction_is_sent_once_under_its_idempotency_key() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let to = someone();
    let text = tenant.client.send(&to, "Your order").await.ok();
    let body = json!({"messageId": text.id(), "emoji": "🎉"});
    let once = async || {
        let path = "/api/public/v1/send-reaction";
        let request = tenant.client.request(Method::POST, path).json(&body);
        Client::answer(request.header("idempotency-key", "r")).await
    };
    let first = once().await.ok();
    let again = once().await.ok();
    assert!(again.replayed());
    assert_eq!(again.body, first.body);
    assert_eq!(platform.whatsapp().phone(&to).shows().await.len(), 2);
}

#[tokio::test]
async fn an_agent_reacts_to_and_reads_the_own_conversations_alone() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let customer = someone();
    let phone = platform.whatsapp().phone(&customer);
    let wamid = phone
        .writes(&tenant.channel().phone_number_id, "Hello")
        .await;
    received(&tenant, &customer, 1).await;
    let agent = tenant.person().role(Role::Agent).make().await;
    let agent = agent.logged_in().await;
    let reaction = json!({"messageId": wamid, "emoji": "👍"});
    let answer = post(&agent, "send-reaction", &reaction).await;
    answer.refused(403, "not_your_conversation");
    let answer = post(&agent, "mark-read", &json!({"messageId": wamid})).await;
    answer.refused(403, "not_your_conversation");
}

/// What WhatsApp was last told about a message that was read.
async fn receipts(platform: &Running, wamid: &str) -> Vec<Value> {
    let calls = platform.whatsapp().get("/requests").await;
    let calls = calls.as_array().cloned().unwrap_or_default();
    let bodies = calls.into_iter().map(|mut call| call["body"].take());
    bodies
        .filter(|body| body["status"] == "read" && body["message_id"] == wamid)
        .collect()
}

#[tokio::test]
async fn a_customers_message_is_marked_as_read_by_the_device_it_came_over() {
    let platform = Running::shared();
    let tenant = platform.tenant().channels(2).cap(0).make().await;
    let customer = someone();
    let phone = platform.whatsapp().phone(&customer);
    let wamid = phone
        .writes(&tenant.channels[1].phone_number_id, "Is it open?")
        .await;
    let message = received(&tenant, &customer, 1).await.remove(0);
    let ours = message["id"].as_str().unwrap();
    for (body, typing) in [
        (json!({"messageId": wamid}), Value::Null),
        (json!({"messageId": ours, "typing": false}), Value::Null),
        (
            json!({"messageId": ours, "typing": true}),
            json!({"type": "text"}),
        ),
    ] {
        let answer = post(&tenant.client, "mark-read", &body).await.ok();
        assert_eq!(answer.body, json!({"ok": true}));
        let newest = receipts(&platform, &wamid).await.remove(0);
        assert_eq!(newest["typing_indicator"], typing);
    }
    let shown = phone.shows().await;
    assert_eq!(shown[0]["read_by_business"], true);
    assert_eq!(shown.len(), 1, "a receipt is no message");
    assert_eq!(tenant.client.with(&customer).await.len(), 1);
    assert_eq!(tenant.places_taken().await, 0);
}

#[tokio::test]
async fn only_a_customers_message_can_be_marked_as_read() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let sent = tenant.client.send(&someone(), "Hi").await.ok();
    let answer = post(
        &tenant.client,
        "mark-read",
        &json!({"messageId": sent.id()}),
    )
    .await;
    let answer = answer.refused(400, "invalid_message");
    assert!(answer.error().starts_with("messageId: "), "{}", answer.text);
}

#[tokio::test]
async fn whatsapps_word_about_a_receipt_is_passed_on() {
    let platform = Running::start(|_| ()).await;
    let tenant = platform.tenant().make().await;
    let customer = someone();
    let phone = platform.whatsapp().phone(&customer);
    let number = &tenant.channel().phone_number_id;
    let wamid = phone.writes(number, "Hello").await;
    received(&tenant, &customer, 1).await;
    let path = format!("/{number}/messages");
    for (trouble, status, code) in [
        (json!({"error": {"code": 131_009}}), 422, "whatsapp_refused"),
        (json!({"error": {"code": 130_429}}), 429, "whatsapp_busy"),
        (
            json!({"error": {"code": 131_000}}),
            503,
            "whatsapp_unreachable",
        ),
        (json!({"drop": true}), 503, "whatsapp_unreachable"),
    ] {
        let mut trouble = trouble;
        trouble["match"] = json!({"path": path});
        trouble["times"] = json!(1);
        platform.whatsapp().post("/faults", &trouble).await;
        let answer = post(&tenant.client, "mark-read", &json!({"messageId": wamid})).await;
        answer.refused(status, code);
    }
    let token_gone = json!({"match": {"path": path}, "error": {"code": 190}, "times": 1});
    platform.whatsapp().post("/faults", &token_gone).await;
    let answer = post(&tenant.client, "mark-read", &json!({"messageId": wamid})).await;
    answer.refused(422, "whatsapp_refused");
    eventually("the device is disconnected", SOON, || async {
        let answer = post(&tenant.client, "mark-read", &json!({"messageId": wamid})).await;
        (answer.status == 409).then(|| answer.refused(409, "no_device"))
    })
    .await;
    platform.stop().await;
}

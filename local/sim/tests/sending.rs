//! A message's way: accepted, on the phone, sent, delivered, read; and how its callbacks look.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use openwati_sim::Window;
use serde_json::{Value, json};
use support::*;

#[tokio::test]
async fn a_text_walks_from_accepted_to_read() {
    let whatsapp = Whatsapp::start().await;
    let mut body = text("+92 300 1234567", "Grüße 👋");
    body["biz_opaque_callback_data"] = json!("our-id");
    let (status, answer) = whatsapp.send(&body).await;
    assert_eq!(status, 200, "{answer}");
    let id = answer["messages"][0]["id"].as_str().unwrap();
    assert!(id.starts_with("wamid.HBg"), "{id}");
    assert_eq!(
        answer,
        json!({
            "messaging_product": "whatsapp",
            "contacts": [{"input": "+92 300 1234567", "wa_id": CUSTOMER}],
            "messages": [{"id": id}],
        })
    );
    assert_eq!(
        whatsapp.platform.statuses(id, 2).await,
        ["sent", "delivered"]
    );
    let phone = whatsapp.phone(CUSTOMER).await;
    assert_eq!(phone.len(), 1);
    assert_eq!(phone[0]["id"], id);
    assert_eq!(phone[0]["direction"], "out");
    assert_eq!(phone[0]["type"], "text");
    assert_eq!(phone[0]["text"], "Grüße 👋");
    assert_eq!(phone[0]["status"], "delivered");
    assert_eq!(phone[0]["media_url"], Value::Null);
    assert_eq!(phone[0]["raw"], body);
    let at = phone[0]["at"].as_str().unwrap();
    assert!(at.len() == 24 && at.ends_with('Z'), "{at}");

    let (_, read) = whatsapp
        .post("/customers/%2B923001234567/read", json!({}))
        .await;
    assert_eq!(read, json!({"read": 1}));
    assert_eq!(whatsapp.platform.statuses(id, 3).await[2], "read");
    assert_eq!(whatsapp.phone(CUSTOMER).await[0]["status"], "read");
    let (_, again) = whatsapp
        .post("/customers/923001234567/read", json!({}))
        .await;
    assert_eq!(again, json!({"read": 0}));
}

#[tokio::test]
async fn statuses_have_metas_shape_and_signature() {
    let whatsapp = Whatsapp::start().await;
    let mut body = text(CUSTOMER, "hi");
    body["biz_opaque_callback_data"] = json!("ключ/1");
    let (_, answer) = whatsapp.send(&body).await;
    let id = answer["messages"][0]["id"].as_str().unwrap();
    let received = whatsapp.platform.wait(2).await;
    let sent = &received[0];
    for callback in &received {
        assert_eq!(callback.signature, hmac(SECRET, &callback.raw));
        assert!(callback.raw.is_ascii(), "other characters are escaped");
    }
    let user = sent.value()["contacts"][0]["user_id"].clone();
    assert!(user.as_str().unwrap().starts_with("PK."), "{user}");
    let timestamp = sent.value()["statuses"][0]["timestamp"].clone();
    assert!(timestamp.as_str().unwrap().parse::<i64>().unwrap() > 1_700_000_000);
    assert_eq!(
        sent.body,
        json!({"object": "whatsapp_business_account", "entry": [{"id": WABA, "changes": [{
            "field": "messages",
            "value": {
                "messaging_product": "whatsapp",
                "metadata": {"display_phone_number": BUSINESS, "phone_number_id": NUMBER},
                "contacts": [{"wa_id": CUSTOMER, "user_id": user}],
                "statuses": [{
                    "id": id,
                    "status": "sent",
                    "timestamp": timestamp,
                    "recipient_id": CUSTOMER,
                    "recipient_user_id": user,
                    "biz_opaque_callback_data": "ключ/1",
                    "pricing": {"billable": false, "pricing_model": "PMP",
                        "type": "free_customer_service", "category": "service"},
                }],
            },
        }]}]})
    );
}

#[tokio::test]
async fn versions_before_24_have_a_conversation() {
    let whatsapp = Whatsapp::start().await;
    let url = format!("{}/graph/v23.0/{NUMBER}/messages", whatsapp.base);
    let answer = whatsapp
        .client
        .post(url)
        .bearer_auth(TOKEN)
        .json(&text(CUSTOMER, "hi"));
    assert_eq!(answer.send().await.unwrap().status(), 200);
    let received = whatsapp.platform.wait(2).await;
    let conversation = |index: usize| &received[index].value()["statuses"][0]["conversation"];
    assert!(conversation(0)["expiration_timestamp"].is_string());
    assert!(conversation(1)["expiration_timestamp"].is_null());
    assert_eq!(conversation(0)["id"], conversation(1)["id"]);
}

#[tokio::test]
async fn a_user_id_serves_as_address_and_hides_the_number() {
    let whatsapp = Whatsapp::start().await;
    whatsapp.send_text(CUSTOMER, "first").await;
    let received = whatsapp.platform.wait(2).await;
    let user = received[0].value()["contacts"][0]["user_id"]
        .as_str()
        .unwrap();
    let body =
        json!({"messaging_product": "whatsapp", "recipient": user, "text": {"body": "second"}});
    let (_, answer) = whatsapp.send(&body).await;
    assert_eq!(
        answer["contacts"],
        json!([{"input": user, "user_id": user}])
    );
    let received = whatsapp.platform.wait(4).await;
    assert_eq!(received[2].value()["contacts"], json!([{"user_id": user}]));
    assert_eq!(
        received[2].value()["statuses"][0]["recipient_id"],
        Value::Null
    );
    assert_eq!(
        received[2].value()["statuses"][0]["recipient_user_id"],
        user
    );
    let by_user = whatsapp.phone(user).await;
    assert_eq!(by_user.len(), 2);
    assert_eq!(by_user, whatsapp.phone(CUSTOMER).await);
}

#[tokio::test]
async fn a_user_id_that_nobody_has_fails_afterwards() {
    let whatsapp = Whatsapp::start().await;
    let body =
        json!({"messaging_product": "whatsapp", "recipient": "US.abc", "text": {"body": "x"}});
    let (status, answer) = whatsapp.send(&body).await;
    assert_eq!(status, 200, "{answer}");
    let received = whatsapp.platform.wait(1).await;
    assert_eq!(
        received[0].value()["statuses"][0]["errors"][0]["code"],
        131_026
    );
}

#[tokio::test]
async fn three_countries_are_answered_with_another_id() {
    let whatsapp = Whatsapp::start().await;
    for (to, wa_id) in [
        ("5511987654321", "551187654321"),
        ("525512345678", "5215512345678"),
        ("541123456789", "5491123456789"),
    ] {
        let (_, answer) = whatsapp.send(&text(to, "hi")).await;
        assert_eq!(answer["contacts"], json!([{"input": to, "wa_id": wa_id}]));
        assert_eq!(whatsapp.phone(to).await.len(), 1);
        assert_eq!(whatsapp.phone(wa_id).await.len(), 1);
    }
}

#[tokio::test]
async fn a_closed_window_lets_templates_pass_alone() {
    for (window, prepare) in [(Window::Strict, false), (Window::Lenient, true)] {
        let whatsapp = Whatsapp::with(|config| config.window = window).await;
        let path = format!("/customers/{CUSTOMER}/window");
        if prepare {
            let (_, answer) = whatsapp.post(&path, json!({"open": false})).await;
            assert_eq!(answer, json!({"open": false}));
        }
        let id = whatsapp.send_text(CUSTOMER, "too late").await;
        assert_eq!(whatsapp.platform.statuses(&id, 1).await, ["failed"]);
        let received = whatsapp.platform.received();
        let failed = &received[0].value()["statuses"][0];
        assert_eq!(failed["errors"][0]["code"], 131_047);
        assert_eq!(failed["recipient_id"], CUSTOMER);
        assert_eq!(failed["recipient_user_id"], Value::Null);
        assert_eq!(received[0].value()["contacts"], Value::Null);
        assert!(failed["errors"][0]["error_data"]["details"].is_string());
        assert_eq!(whatsapp.phone(CUSTOMER).await.len(), 0, "it never arrived");

        let template = json!({"messaging_product": "whatsapp", "to": CUSTOMER, "type": "template",
            "template": {"name": "hello_world", "language": {"code": "en_US"}}});
        let (_, answer) = whatsapp.send(&template).await;
        assert_eq!(answer["messages"][0]["message_status"], "accepted");
        let id = answer["messages"][0]["id"].as_str().unwrap();
        assert_eq!(
            whatsapp.platform.statuses(id, 2).await,
            ["sent", "delivered"]
        );

        whatsapp.post(&path, json!({"open": true})).await;
        let id = whatsapp.send_text(CUSTOMER, "opened").await;
        assert_eq!(
            whatsapp.platform.statuses(&id, 2).await,
            ["sent", "delivered"]
        );
    }
}

#[tokio::test]
async fn the_business_reads_and_the_customer_sees_it() {
    let whatsapp = Whatsapp::start().await;
    let path = format!("/customers/{CUSTOMER}/messages");
    let (_, first) = whatsapp
        .post(&path, json!({"type": "text", "text": "one"}))
        .await;
    let (_, second) = whatsapp
        .post(&path, json!({"type": "text", "text": "two"}))
        .await;
    let (_, third) = whatsapp
        .post(&path, json!({"type": "text", "text": "three"}))
        .await;
    let read = json!({"messaging_product": "whatsapp", "status": "read", "message_id": second["id"],
        "typing_indicator": {"type": "text"}});
    assert_eq!(whatsapp.send(&read).await, (200, json!({"success": true})));
    whatsapp.quiet().await;
    let phone = whatsapp.phone(CUSTOMER).await;
    let ids: Vec<&Value> = phone.iter().map(|message| &message["id"]).collect();
    assert_eq!(ids, [&first["id"], &second["id"], &third["id"]]);
    assert_eq!(
        phone[0]["status"], "read",
        "messages before it are read too"
    );
    assert_eq!(phone[1]["status"], "read");
    assert_ne!(phone[2]["status"], "read");
    let seen = |name: &str| phone.iter().map(|message| message[name] == true).collect();
    let read_by_business: Vec<bool> = seen("read_by_business");
    assert_eq!(read_by_business, [true, true, false]);
    let typing: Vec<bool> = seen("typing");
    assert_eq!(typing, [false, true, false]);
    whatsapp.send_text(CUSTOMER, "the answer").await;
    let phone = whatsapp.phone(CUSTOMER).await;
    assert_eq!(phone[1]["typing"], false, "an answer ends it");
    assert_eq!(
        phone[3]["typing"],
        Value::Null,
        "the business's own has none"
    );
    let unknown =
        json!({"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.x"});
    let (status, answer) = whatsapp.send(&unknown).await;
    assert_eq!((status, &answer["error"]["code"]), (400, &json!(131_009)));
}

#[tokio::test]
async fn a_reaction_is_only_ever_sent() {
    let whatsapp = Whatsapp::start().await;
    let body = json!({"messaging_product": "whatsapp", "to": CUSTOMER, "type": "reaction",
        "reaction": {"message_id": "wamid.x", "emoji": "👍"}});
    whatsapp.send(&body).await;
    whatsapp.quiet().await;
    let received = whatsapp.platform.wait(1).await;
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].status().unwrap().1, "sent");
    assert_eq!(whatsapp.phone(CUSTOMER).await[0]["text"], "👍");
}

#[tokio::test]
async fn a_number_has_its_messages_a_second_and_a_customer_theirs() {
    let whatsapp = Whatsapp::with(|config| {
        config.numbers[0].throughput_per_second = 5;
        config.check_pair_rate = true;
    })
    .await;
    let sends = (0..20).map(|index| {
        let body = text(&format!("1555010{index:04}"), "hi");
        let whatsapp = &whatsapp;
        async move { whatsapp.send(&body).await }
    });
    let answers = futures::future::join_all(sends).await;
    let refused: Vec<_> = answers
        .iter()
        .filter(|(status, _)| *status == 429)
        .collect();
    assert!(refused.len() >= 10, "{} were refused", refused.len());
    assert_eq!(refused[0].1["error"]["code"], 130_429);

    let whatsapp = Whatsapp::with(|config| config.check_pair_rate = true).await;
    for _ in 0..45 {
        whatsapp.send_text(CUSTOMER, "hi").await;
    }
    let (status, answer) = whatsapp.send(&text(CUSTOMER, "one too many")).await;
    assert_eq!((status, &answer["error"]["code"]), (429, &json!(131_056)));
    whatsapp.send_text("15550100000", "another customer").await;
}

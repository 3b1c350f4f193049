//! One curl, one message on the phone.

use openwati_tests::{Client, Needs, Running, lacks, someone};
use serde_json::json;

/// Whether a text is a UUID as it is written.
fn is_uuid(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    let hex = text
        .chars()
        .all(|c| c == '-' || c.is_ascii_digit() || ('a'..='f').contains(&c));
    lengths == [8, 4, 4, 4, 12] && hex
}

#[tokio::test]
async fn the_first_curl_of_the_documentation_reaches_the_phone_and_is_read() {
    if lacks(Needs::OwnPlatform) {
        return;
    }
    let platform = Running::start(|_| {}).await;
    first_curl(&platform, &platform.client(), "923001234567").await;
    platform.stop().await;
}

#[tokio::test]
async fn the_first_curl_of_a_new_tenant_reaches_the_phone_and_is_read() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    first_curl(&platform, &tenant.client, &someone()).await;
}

async fn first_curl(platform: &Running, client: &Client, to: &str) {
    let phone = platform.whatsapp().phone(to);
    let answer = client.send(&format!("+{to}"), "Hi from API").await.ok();
    assert_eq!(
        answer.body,
        json!({
            "ok": true,
            "id": answer.id(),
            "messageId": answer.wamid(),
            "status": "sent",
            "to": to,
        })
    );
    assert!(is_uuid(answer.id()), "{}", answer.text);
    assert_eq!(phone.texts().await, ["Hi from API"]);

    for id in [answer.id(), answer.wamid()] {
        let message = client.reaches(id, "delivered").await;
        assert_eq!(message["id"], answer.id());
        assert_eq!(message["message_id"], answer.wamid());
        assert_eq!(message["direction"], "out");
        assert_eq!(message["peer"], to);
        assert_eq!(message["text"], "Hi from API");
    }
    phone.reads().await;
    for id in [answer.id(), answer.wamid()] {
        let message = client.reaches(id, "read").await;
        let times = ["created_at", "delivered_at", "read_at"].map(|name| {
            message[name]
                .as_str()
                .unwrap_or_else(|| panic!("no {name}"))
                .to_owned()
        });
        assert!(times.is_sorted(), "{times:?}");
        assert!(times[0].ends_with('Z') && times[0].len() == 20, "{times:?}");
        assert_eq!(message["error"], json!(null));
    }
    assert_eq!(phone.texts().await.len(), 1, "it is there once");
}

#[tokio::test]
async fn every_sample_of_the_documentation_that_sends_is_taken() {
    let platform = Running::shared();
    let tenant = platform.tenant().country("PK").make().await;
    let samples = [
        json!({"to": "+923001234567", "message": "Hi from API"}),
        json!({"to": "+923001234567", "message": "Your OTP is 123456"}),
        json!({"to": "+923001234567", "message": "Hello from Cloud API"}),
        json!({"to": "+923001234567", "message": "Hi from Node"}),
        json!({"to": "+923001234567", "message": "Hi from PHP"}),
        // WooCommerce's billing phone, as a customer in Pakistan writes it.
        json!({"to": "0300 1234567", "message": "Order #1 confirmed. Thank you!"}),
        json!({"to": "923001234567", "message": "Hello from WATI", "deviceId": tenant.channel().id.uuid()}),
        json!({"to": "+923001234567", "message": "Hello from WATI", "deviceId": null}),
    ];
    for body in samples {
        let answer = tenant.client.send_body(&body).await.ok();
        assert_eq!(answer.body["to"], "923001234567", "{body}");
        let message = tenant.client.message(answer.id()).await.ok();
        assert_eq!(message.body["message"]["text"], body["message"]);
    }
}

#[tokio::test]
async fn a_body_counts_as_json_whatever_its_type_says() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    for content_type in [
        "application/json",
        "application/json; charset=utf-8",
        "text/plain",
        "application/x-www-form-urlencoded",
    ] {
        let to = someone();
        let body = json!({"to": to, "message": content_type}).to_string();
        let request = tenant
            .client
            .request(http::Method::POST, "/api/public/v1/send");
        let answer = Client::answer(request.header("content-type", content_type).body(body)).await;
        assert_eq!(answer.ok().body["to"], to.as_str());
        assert_eq!(platform.whatsapp().phone(&to).texts().await, [content_type]);
    }
}

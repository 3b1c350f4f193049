//! Events reach a tenant's own server, signed.

use std::process::Stdio;

use http::Method;
use openwati_core::signature::verify_sha256;
use openwati_tests::{Event, Receiver, Running, someone};
use serde_json::{Value, json};
use tokio::process::Command;

/// The documentation's own verification, read from standard input: body, header and secret as JSON.
const NODE: &str = r#"
import crypto from "crypto";
function verify(rawBody, signatureHeader, secret) {
const expected = "sha256=" + crypto
.createHmac("sha256", secret)
.update(rawBody)
.digest("hex");
return crypto.timingSafeEqual(
Buffer.from(signatureHeader),
Buffer.from(expected)
);
}
const [body, header, secret] = JSON.parse(process.argv[1]);
process.exit(verify(body, header, secret) ? 0 : 1);
"#;

/// Holds both signatures against the libraries that a tenant would use.
async fn verify(event: &Event, secret: &str) {
    let standard = standardwebhooks::Webhook::new(secret).unwrap();
    standard
        .verify(event.body.as_bytes(), &event.headers)
        .unwrap();
    let signature = event.header("x-wati-signature");
    assert!(verify_sha256(signature, event.body.as_bytes(), secret));
    let timestamp: i64 = event.header("x-wati-timestamp").parse().unwrap();
    assert_eq!(timestamp.to_string(), event.header("webhook-timestamp"));
    node(&event.body, signature, secret).await;
}

/// Runs the documentation's snippet where there is a Node.js.
async fn node(body: &str, signature: &str, secret: &str) {
    let arguments = json!([body, signature, secret]).to_string();
    let node = Command::new("node")
        .args(["--input-type=module", "-e", NODE, &arguments])
        .stdin(Stdio::null())
        .status()
        .await;
    match node {
        Ok(status) => assert!(status.success(), "the documentation's snippet refuses it"),
        Err(_) => println!("skipped: there is no Node.js here"),
    }
}

#[tokio::test]
async fn what_becomes_of_a_message_is_told_and_told_again_on_request() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let receiver = Receiver::start().await;
    let webhook = tenant
        .client
        .webhook(receiver.url(), &["message.status"])
        .await;
    let to = someone();
    let sent = tenant.client.send(&to, "Hello").await.ok();

    let is = |stage: &'static str| move |body: &Value| body["status"] == stage;
    let event = receiver.gets_one("delivered", is("delivered")).await;
    receiver.gets_one("sent", is("sent")).await;
    verify(&event, &webhook.secret).await;
    let body = event.json();
    assert_eq!(body["event"], "message.status");
    assert_eq!(body["deviceId"], tenant.channel().id.uuid());
    assert_eq!(body["messageId"], sent.wamid());
    assert_eq!(body["id"], sent.id());
    assert_eq!(body["to"], to.as_str());
    assert!(body["timestamp"].is_i64());
    assert_eq!(event.header("content-type"), "application/json");

    let deliveries = webhook.deliveries("?state=delivered").await;
    let told = event.header("webhook-id");
    let delivery = deliveries.iter().find(|d| d["eventId"] == told).unwrap();
    let id = delivery["id"].as_str().unwrap();
    let before = receiver.events().len();
    let path = format!("/api/deliveries/{id}/resend");
    let answer = tenant.client.call(Method::POST, &path).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    let again = receiver.gets(before + 1).await.pop().unwrap();
    assert_eq!(again.header("webhook-id"), told);
    assert_eq!(again.body, event.body);
    verify(&again, &webhook.secret).await;

    let log = webhook.reaches(id, "delivered").await;
    assert_eq!(log["attempts"], 2);
    assert_eq!(log["body"], event.body);
    for (attempt, event) in log["log"].as_array().unwrap().iter().zip([&event, &again]) {
        assert_eq!(attempt["status"], 200);
        for name in [
            "webhook-id",
            "webhook-signature",
            "x-wati-signature",
            "x-wati-timestamp",
        ] {
            assert_eq!(attempt["headers"][name], event.header(name));
        }
    }
}

#[tokio::test]
async fn both_secrets_sign_for_a_while_after_a_rotation() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let receiver = Receiver::start().await;
    let webhook = tenant.client.webhook(receiver.url(), &[]).await;
    webhook.test().await;
    verify(&receiver.gets(1).await[0], &webhook.secret).await;
    let path = webhook.path("/rotate-secret");
    let rotated = tenant.client.call(Method::POST, &path).await.ok();
    let new = rotated.body["webhook"]["secret"].as_str().unwrap();
    webhook.test().await;
    let event = &receiver.gets(2).await[1];
    verify(event, new).await;
    // Who has not got the new one yet verifies by the one before.
    let before = standardwebhooks::Webhook::new(&webhook.secret).unwrap();
    before
        .verify(event.body.as_bytes(), &event.headers)
        .unwrap();
    let signature = event.header("x-wati-signature");
    let body = event.body.as_bytes();
    assert!(!verify_sha256(signature, body, &webhook.secret));
}

#[tokio::test]
async fn a_webhook_gets_the_events_that_it_asked_for() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let (all, none, off) = (
        Receiver::start().await,
        Receiver::start().await,
        Receiver::start().await,
    );
    let client = &tenant.client;
    client.webhook(all.url(), &[]).await;
    client.webhook(none.url(), &["endpoint.disabled"]).await;
    let disabled = client.webhook(off.url(), &[]).await;
    let path = disabled.path("");
    let change = json!({"enabled": false});
    client.call_with(Method::PATCH, &path, &change).await.ok();
    client.send(&someone(), "Hello").await.ok();
    all.gets_one("delivered", |body| body["status"] == "delivered")
        .await;
    assert!(none.events().is_empty() && off.events().is_empty());
}

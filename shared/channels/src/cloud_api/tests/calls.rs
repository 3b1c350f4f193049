//! The requests, and the calls that send no message.

use std::time::Duration;

use axum::http::Method;
use openwati_core::message::{Outgoing, ReadReceipt, Recipient};
use serde_json::json;

use super::graph::{ACCEPTED, CREDENTIALS, Graph, TOKEN, client, recipient, send};
use crate::cloud_api::{
    BadConfig, CallError, CloudApi, CloudApiConfig, Credentials, Outcome, PhoneNumberInfo, Refusal,
};

const EXPIRED: &str = r#"{"error":{"message":"Session has expired","type":"OAuthException",
    "code":190,"error_subcode":463,"fbtrace_id":"A"}}"#;

fn receipt(typing: bool) -> ReadReceipt {
    let message_id = "wamid.A".to_owned();
    ReadReceipt { message_id, typing }
}

#[tokio::test]
async fn a_send_is_one_authorised_post_below_the_number() {
    let graph = Graph::new(200, ACCEPTED);
    send(&client(graph.start().await)).await;
    let [seen] = graph.seen().try_into().unwrap();
    assert_eq!(seen.method, Method::POST);
    assert_eq!(seen.path, "/graph/v23.0/106540352242922/messages");
    assert_eq!(seen.headers["authorization"], "Bearer EAAB-secret");
    assert_eq!(seen.headers["content-type"], "application/json");
    assert!(
        seen.headers["user-agent"]
            .to_str()
            .unwrap()
            .starts_with("openwati/")
    );
}

#[tokio::test]
async fn a_user_id_travels_as_recipient() {
    let graph = Graph::new(200, ACCEPTED);
    let api = client(graph.start().await);
    let to = Recipient::parse_peer("US.13491208655302741918").unwrap();
    api.send(&CREDENTIALS, &to, &Outgoing::text("hello"), "our-id")
        .await;
    let expected = json!({"messaging_product": "whatsapp", "recipient_type": "individual",
        "recipient": "US.13491208655302741918", "biz_opaque_callback_data": "our-id",
        "type": "text", "text": {"body": "hello"}});
    assert_eq!(graph.seen()[0].body, expected);
}

#[tokio::test]
async fn reading_and_typing_are_told() {
    let graph = Graph::new(200, r#"{"success":true}"#);
    let api = client(graph.start().await);
    api.mark_read(&CREDENTIALS, &receipt(false)).await.unwrap();
    api.mark_read(&CREDENTIALS, &receipt(true)).await.unwrap();
    let read = json!({"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.A"});
    let mut typing = read.clone();
    typing["typing_indicator"] = json!({"type": "text"});
    let bodies: Vec<_> = graph.seen().into_iter().map(|seen| seen.body).collect();
    assert_eq!(bodies, [read, typing]);
    assert_eq!(
        graph.seen()[0].path,
        "/graph/v23.0/106540352242922/messages"
    );
}

#[tokio::test]
async fn other_calls_tell_refused_from_unknown_too() {
    let graph = Graph::new(401, EXPIRED);
    let api = client(graph.start().await);
    for error in [
        api.mark_read(&CREDENTIALS, &receipt(false))
            .await
            .unwrap_err(),
        api.phone_number(&CREDENTIALS).await.unwrap_err(),
        api.subscribe_app("1", TOKEN, None).await.unwrap_err(),
    ] {
        let CallError::Refused(Refusal::Graph(error)) = error else {
            panic!("{error}");
        };
        assert!(error.class.disconnects_channel);
    }
    let api = client(Graph::new(200, r#"{"success":false}"#).start().await);
    let error = api
        .mark_read(&CREDENTIALS, &receipt(false))
        .await
        .unwrap_err();
    assert!(matches!(error, CallError::Unknown(_)), "{error}");
}

#[tokio::test]
async fn a_number_is_described() {
    let body = json!({"id": "106540352242922", "display_phone_number": "+1 555-010-0000",
        "verified_name": "Cats", "quality_rating": "GREEN", "throughput": {"level": "STANDARD"},
        "status": "CONNECTED", "new": {}, "platform_type": null});
    let graph = Graph::new(200, body.to_string());
    let info = client(graph.start().await)
        .phone_number(&CREDENTIALS)
        .await
        .unwrap();
    let expected = PhoneNumberInfo {
        id: "106540352242922".into(),
        display_phone_number: Some("+1 555-010-0000".into()),
        verified_name: Some("Cats".into()),
        quality_rating: Some("GREEN".into()),
        throughput: Some("STANDARD".into()),
        status: Some("CONNECTED".into()),
        ..PhoneNumberInfo::default()
    };
    assert_eq!(info, expected);
    let [seen] = graph.seen().try_into().unwrap();
    assert_eq!(seen.method, Method::GET);
    assert!(
        seen.path
            .starts_with("/graph/v23.0/106540352242922?fields=id%2Cdisplay_phone_number")
    );
    assert!(!seen.path.contains(TOKEN));
}

#[tokio::test]
async fn warming_opens_a_connection_and_bears_failure() {
    let graph = Graph::new(200, ACCEPTED);
    let url = graph.start().await;
    let api = client(url);
    api.warm().await;
    assert_eq!(graph.seen()[0].method, Method::HEAD);
    assert!(!graph.seen()[0].headers.contains_key("authorization"));
    client("http://127.0.0.1:1".parse().unwrap()).warm().await;
}

#[tokio::test]
async fn a_malformed_token_is_refused_before_anything_is_sent() {
    let graph = Graph::new(200, ACCEPTED);
    let credentials = Credentials {
        access_token: "line\nbreak",
        ..CREDENTIALS
    };
    let api = client(graph.start().await);
    let outcome = api
        .send(&credentials, &recipient(), &Outgoing::text("x"), "")
        .await;
    assert_eq!(outcome, Outcome::Refused(Refusal::MalformedToken));
    assert!(graph.seen().is_empty());
}

#[test]
fn a_token_is_not_printed() {
    assert!(!format!("{CREDENTIALS:?}").contains(TOKEN));
}

#[test]
fn a_configuration_that_can_not_work_is_refused() {
    for url in [
        "ftp://example.com",
        "http://user@example.com",
        "http://example.com?a=b",
        "data:x",
    ] {
        let config = CloudApiConfig::new(url.parse().unwrap());
        assert!(
            matches!(CloudApi::new(config), Err(BadConfig::GraphUrl)),
            "{url}"
        );
    }
    let mut config = CloudApiConfig::new("http://example.com".parse().unwrap());
    config.connect_timeout = Duration::from_secs(20);
    assert!(matches!(CloudApi::new(config), Err(BadConfig::Timeouts)));
}

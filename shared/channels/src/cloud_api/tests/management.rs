//! What somebody who connects a number asks.

use axum::http::Method;
use serde_json::{Value, json};

use super::graph::{CREDENTIALS, Graph, TOKEN, client};
use crate::cloud_api::{
    CallError, CallbackOverride, MANAGEMENT, MESSAGING, SubscribedApp, TokenInfo, demands_secret,
    is_unconfirmed, is_wrong_secret,
};

fn refusal(code: i64, message: &str) -> Graph {
    let body = json!({"error": {"message": message, "type": "GraphMethodException", "code": code,
        "fbtrace_id": "A"}});
    Graph::new(400, body.to_string())
}

async fn numbers_at(graph: &Graph) -> Result<Vec<String>, CallError> {
    let numbers = client(graph.start().await)
        .phone_numbers("215", TOKEN, "secret")
        .await?;
    Ok(numbers.into_iter().map(|number| number.id).collect())
}

#[tokio::test]
async fn an_app_is_subscribed_at_its_own_address_or_at_another() {
    let graph = Graph::new(200, r#"{"success":true}"#);
    let api = client(graph.start().await);
    let instead = CallbackOverride {
        callback_url: "https://example.com/hook",
        verify_token: "known",
    };
    api.subscribe_app("215", TOKEN, None).await.unwrap();
    api.subscribe_app("215", TOKEN, Some(instead))
        .await
        .unwrap();
    api.unsubscribe_app("215", TOKEN).await.unwrap();
    let seen = graph.seen();
    let methods: Vec<_> = seen.iter().map(|seen| seen.method.clone()).collect();
    assert_eq!(methods, [Method::POST, Method::POST, Method::DELETE]);
    assert!(
        seen.iter()
            .all(|seen| seen.path == "/graph/v23.0/215/subscribed_apps"
                && seen.headers["authorization"] == "Bearer EAAB-secret")
    );
    assert_eq!(seen[0].body, Value::Null);
    assert_eq!(
        seen[1].body,
        json!({"override_callback_uri": "https://example.com/hook", "verify_token": "known"})
    );
}

#[tokio::test]
async fn subscribed_apps_are_listed() {
    let body = json!({"data": [
        {"whatsapp_business_api_data": {"id": "67", "name": "A", "link": "x"}},
        {"whatsapp_business_api_data": {"id": 68}, "override_callback_uri": "https://example.com"},
    ]});
    let graph = Graph::new(200, body.to_string());
    let apps = client(graph.start().await)
        .subscribed_apps("215", TOKEN)
        .await;
    let app = |id: &str, uri: Option<&str>| SubscribedApp {
        app_id: id.to_owned(),
        override_callback_uri: uri.map(str::to_owned),
    };
    let expected = [app("67", None), app("68", Some("https://example.com"))];
    assert_eq!(apps.unwrap(), expected);
}

#[tokio::test]
async fn a_token_tells_what_it_is_good_for() {
    let body = json!({"data": {"app_id": "67", "type": "SYSTEM_USER", "is_valid": true,
        "expires_at": 1_800_000_000, "scopes": [MANAGEMENT, "public_profile"],
        "granular_scopes": [{"scope": MANAGEMENT, "target_ids": ["215"]}, {"scope": MESSAGING}]}});
    let graph = Graph::new(200, body.to_string());
    let info = client(graph.start().await).debug_token(TOKEN).await;
    let info = info.unwrap();
    assert!(info.is_valid);
    assert_eq!(info.expires_at, Some(1_800_000_000));
    assert!(info.has(MANAGEMENT) && info.has(MESSAGING) && info.has("public_profile"));
    assert!(!info.has("ads_read"));
    let [seen] = graph.seen().try_into().unwrap();
    assert_eq!(
        seen.path,
        format!("/graph/v23.0/debug_token?input_token={TOKEN}")
    );
}

#[tokio::test]
async fn a_token_that_never_ends_and_one_that_is_none_are_told_apart() {
    let body = json!({"data": {"is_valid": false, "expires_at": 0, "scopes": [],
        "error": {"code": 190, "message": "Malformed access token", "subcode": 0}}});
    let graph = Graph::new(200, body.to_string());
    let info = client(graph.start().await).debug_token(TOKEN).await;
    let expected = TokenInfo {
        error: Some("Malformed access token".into()),
        ..TokenInfo::default()
    };
    assert_eq!(info.unwrap(), expected);
}

#[tokio::test]
async fn an_accounts_numbers_are_asked_for_with_the_proof_of_the_secret() {
    let body = json!({"data": [{"id": "1"}, {"id": 2}], "paging": {"cursors": {"after": "x"}}});
    let graph = Graph::new(200, body.to_string());
    assert_eq!(numbers_at(&graph).await.unwrap(), ["1", "2"]);
    let [seen] = graph.seen().try_into().unwrap();
    // HMAC-SHA256 of the token under the secret.
    let proof = openwati_core::signature::sign_sha256(TOKEN.as_bytes(), "secret");
    let proof = proof.strip_prefix("sha256=").unwrap();
    assert_eq!(
        seen.path,
        format!("/graph/v23.0/215/phone_numbers?limit=100&appsecret_proof={proof}")
    );
}

#[tokio::test]
async fn pages_end() {
    let body = json!({"data": [{"id": "1"}], "paging": {"cursors": {"after": "x"},
        "next": "https://example.com"}});
    let graph = Graph::new(200, body.to_string());
    assert_eq!(numbers_at(&graph).await.unwrap().len(), 10);
    assert!(graph.seen()[1].path.ends_with("&after=x"));
}

#[tokio::test]
async fn what_is_wrong_is_told_apart_by_metas_words() {
    type Test = fn(&CallError) -> bool;
    let cases: [(i64, &str, [bool; 3]); 4] = [
        (
            100,
            "Invalid appsecret_proof provided in the API argument",
            [true, false, false],
        ),
        (
            100,
            "API calls from the server require an appsecret_proof argument",
            [false, true, false],
        ),
        (
            2200,
            "(#2200) Callback verification failed with the following errors: x",
            [false, false, true],
        ),
        (100, "(#100) Invalid parameter", [false; 3]),
    ];
    for (code, message, expected) in cases {
        let error = numbers_at(&refusal(code, message)).await.unwrap_err();
        let tests: [Test; 3] = [is_wrong_secret, demands_secret, is_unconfirmed];
        assert_eq!(tests.map(|test| test(&error)), expected, "{message}");
    }
}

#[tokio::test]
async fn a_graph_that_does_not_know_the_limit_is_asked_without_it() {
    let message = "(#100) Tried accessing nonexisting field (whatsapp_business_manager_messaging_limit) on node type (X)";
    let graph = refusal(100, message);
    let api = client(graph.start().await);
    api.phone_number(&CREDENTIALS).await.unwrap_err();
    let [first, second] = graph.seen().try_into().unwrap();
    assert!(first.path.contains("messaging_limit"));
    assert!(!second.path.contains("messaging_limit"));
}

#[tokio::test]
async fn no_failure_shows_an_address() {
    let api = client("http://127.0.0.1:1".parse().unwrap());
    let errors = [
        api.debug_token(TOKEN).await.unwrap_err(),
        api.phone_numbers("215", TOKEN, "secret").await.unwrap_err(),
    ];
    for error in errors {
        let printed = format!("{error} {error:?}");
        assert!(
            !printed.contains(TOKEN) && !printed.contains("proof"),
            "{printed}"
        );
    }
}

//! Whole answers, good and bad.

use std::time::Duration;

use serde_json::{Value, json};

use super::graph::{ACCEPTED, Graph, TOKEN, client, send};
use crate::cloud_api::{GraphError, Outcome, Refusal, UnknownReason};

async fn outcome(status: u16, body: impl Into<String>) -> Outcome {
    let graph = Graph::new(status, body);
    let outcome = send(&client(graph.start().await)).await;
    assert_eq!(graph.seen().len(), 1, "{outcome:?}");
    outcome
}

async fn refused(graph: Graph) -> GraphError {
    match send(&client(graph.start().await)).await {
        Outcome::Refused(Refusal::Graph(error)) => *error,
        other => panic!("{other:?}"),
    }
}

fn graph_error(code: Value) -> String {
    let message = "(#131030) Recipient phone number not in allowed list";
    json!({"error": {"message": message, "type": "OAuthException", "code": code,
        "error_data": {"messaging_product": "whatsapp", "details": "Add it first."},
        "error_subcode": 2_655_007, "fbtrace_id": "A1", "new": []}})
    .to_string()
}

#[tokio::test]
async fn an_id_means_that_the_message_was_taken() {
    let accepted = |wamid: &str| Outcome::Accepted {
        wamid: wamid.into(),
        wa_id: Some("923001234567".into()),
        user_id: None,
        message_status: None,
    };
    assert_eq!(outcome(200, ACCEPTED).await, accepted("wamid.A"));
    assert_eq!(outcome(202, ACCEPTED).await, accepted("wamid.A"));
}

#[tokio::test]
async fn a_taken_message_tells_who_gets_it_and_how_it_stands() {
    let full = json!({"contacts": [{"input": "US.1", "user_id": "US.1", "username": "ana"}],
        "messages": [{"id": "wamid.B", "message_status": "held_for_quality_assessment"}]});
    let expected = Outcome::Accepted {
        wamid: "wamid.B".into(),
        wa_id: None,
        user_id: Some("US.1".into()),
        message_status: Some("held_for_quality_assessment".into()),
    };
    assert_eq!(outcome(200, full.to_string()).await, expected);

    let id_as_number = json!({"contacts": [{"wa_id": "US.2"}], "messages": [{"id": "wamid.C"}]});
    let expected = Outcome::Accepted {
        wamid: "wamid.C".into(),
        wa_id: None,
        user_id: Some("US.2".into()),
        message_status: None,
    };
    assert_eq!(outcome(200, id_as_number.to_string()).await, expected);
}

#[tokio::test]
async fn an_error_in_graphs_json_is_a_refusal_whatever_the_status() {
    for status in [200, 400, 401, 403, 404, 429, 500, 503] {
        let error = refused(Graph::new(status, graph_error(json!(131_030)))).await;
        assert_eq!(error.http_status, status);
        assert_eq!(error.class.meaning, "recipient not on test list");
    }
}

#[tokio::test]
async fn a_refusal_tells_what_meta_said() {
    let error = refused(Graph::new(400, graph_error(json!("131030")))).await;
    assert_eq!((error.code, error.subcode), (131_030, Some(2_655_007)));
    assert_eq!(error.title, "Recipient phone number not in allowed list");
    assert_eq!(
        error.message,
        "(#131030) Recipient phone number not in allowed list"
    );
    assert_eq!(error.details.as_deref(), Some("Add it first."));
    assert_eq!(error.fbtrace_id.as_deref(), Some("A1"));
    assert_eq!(error.retry_after, None);
}

#[tokio::test]
async fn a_refusal_that_quotes_the_token_is_kept_without_it() {
    let body = json!({"error": {
        "message": format!("Malformed access token {TOKEN}"), "type": "OAuthException", "code": 190,
        "error_data": {"details": format!("{TOKEN} is none, {TOKEN}!")},
    }});
    let error = refused(Graph::new(401, body.to_string())).await;
    assert_eq!(error.message, "Malformed access token …");
    assert_eq!(error.title, "Malformed access token …");
    assert_eq!(error.details.as_deref(), Some("… is none, …!"));
}

#[tokio::test]
async fn meta_may_ask_for_patience() {
    let busy = || Graph::new(429, graph_error(json!(130_429)));
    let usage = r#"{"1":[{"type":"whatsapp","estimated_time_to_regain_access":5}]}"#;
    for (header, value, expected) in [
        ("retry-after", "7", Some(Duration::from_secs(7))),
        (
            "retry-after",
            "999999999",
            Some(Duration::from_secs(86_400)),
        ),
        ("retry-after", "soon", None),
        (
            "x-business-use-case-usage",
            usage,
            Some(Duration::from_secs(300)),
        ),
        ("x-business-use-case-usage", "{\"1\":3}", None),
        ("x-business-use-case-usage", "nonsense", None),
    ] {
        let error = refused(busy().header(header, value)).await;
        assert_eq!(error.retry_after, expected, "{header}: {value}");
        assert!(error.class.is_throttle());
    }
}

#[tokio::test]
async fn an_answer_that_is_not_graphs_leaves_the_outcome_unknown() {
    let cut = &ACCEPTED[..ACCEPTED.len() - 1];
    let long = format!("{{\"messages\":[{{\"id\":\"{}\"}}]}}", "a".repeat(1 << 20));
    for (status, body) in [
        (200, ""),
        (200, "{}"),
        (200, "[]"),
        (200, r#"{"messages":[]}"#),
        (200, r#"{"messages":[{"id":""}]}"#),
        (200, r#"{"messages":[{"id":null}]}"#),
        (200, cut),
        (200, &long),
        (204, ""),
        (302, ""),
        (400, "Bad Request"),
        (401, r#"{"error":"unauthorized"}"#),
        (
            500,
            r#"{"error":{"message":"no code","type":"OAuthException"}}"#,
        ),
        (502, "<html>Bad Gateway</html>"),
        (502, r#"{"error":{"code":502,"message":"a proxy's"}}"#),
        (504, r#"{"message":"Endpoint request timed out"}"#),
    ] {
        let reason = UnknownReason::NotGraph {
            http_status: status,
        };
        assert_eq!(
            outcome(status, body).await,
            Outcome::Unknown { reason },
            "{status} {body:.60}"
        );
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Graph::new(200, ACCEPTED);
    let there = elsewhere.start().await;
    for status in [301, 302, 307, 308] {
        let graph = Graph::new(status, "").header("location", there.as_str());
        let outcome = send(&client(graph.start().await)).await;
        let reason = UnknownReason::NotGraph {
            http_status: status,
        };
        assert_eq!(outcome, Outcome::Unknown { reason });
    }
    assert!(elsewhere.seen().is_empty());
}

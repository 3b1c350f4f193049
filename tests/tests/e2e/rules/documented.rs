//! The documentation's own requests, as they stand there.

use http::Method;
use openwati_core::role::Role;
use openwati_tests::{Client, Running};
use serde_json::{Value, json};

use super::{RULES, listed, path, plain};

/// The body of the documentation's POST.
const DOCUMENTED: &str = r#"{
"keyword": "price",
"match_type": "contains",
"response": "Our pricing: https://wati.pro/pricing",
"responses": [
"Our pricing: https://wati.pro/pricing",
"Need a custom quote? Reply YES."
],
"step_delay_seconds": 2,
"active": true
}"#;

#[tokio::test]
async fn the_documented_requests_make_list_and_delete_a_rule() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    assert!(listed(client).await.is_empty());

    let request = client.request(Method::POST, RULES);
    let request = request
        .header("content-type", "application/json")
        .body(DOCUMENTED);
    let made = Client::answer(request).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let rule = &made.body["rule"];
    let moment = rule["created_at"].as_str().unwrap();
    assert_eq!(
        made.body,
        json!({"rule": {
            "id": rule["id"],
            "keyword": "price",
            "match_type": "contains",
            "response": "Our pricing: https://wati.pro/pricing",
            "responses": ["Our pricing: https://wati.pro/pricing", "Need a custom quote? Reply YES."],
            "step_delay_seconds": 2,
            "active": true,
            "order": 0,
            "created_at": moment,
            "updated_at": moment,
        }})
    );
    assert!(moment.ends_with('Z'), "{moment}");

    let list = client.call(Method::GET, RULES).await.ok();
    assert_eq!(list.body, json!({"rules": [rule], "nextCursor": null}));
    let shown = client.call(Method::GET, &path(rule)).await.ok();
    assert_eq!(shown.body, made.body);

    let id = json!({"id": rule["id"]});
    let deleted = client.call_with(Method::DELETE, RULES, &id).await.ok();
    assert_eq!(deleted.body, json!({"ok": true, "deleted": 1}));
    assert!(listed(client).await.is_empty());
    client
        .call(Method::GET, &path(rule))
        .await
        .refused(404, "not_found");
    client
        .call_with(Method::DELETE, RULES, &id)
        .await
        .refused(404, "not_found");
}

#[tokio::test]
async fn managers_run_rules_as_programs_do() {
    let tenant = Running::shared().tenant().make().await;
    let manager = tenant.person().role(Role::Manager).make().await;
    let manager = manager.logged_in().await;
    let rule = plain(&manager, "hi").await;
    assert_eq!(listed(&tenant.client).await, std::slice::from_ref(&rule));
    let deleted = manager.call(Method::DELETE, &path(&rule)).await.ok();
    assert_eq!(deleted.body, json!({"ok": true, "deleted": 1}));
}

#[tokio::test]
async fn several_are_deleted_at_once_and_what_is_not_there_is_skipped() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    let (one, two, three) = (
        plain(client, "one").await,
        plain(client, "two").await,
        plain(client, "three").await,
    );
    let ids = json!({"ids": [
        one["id"], three["id"], one["id"], "6a297f98-8000-8d5e-9b7c-2f1d3a5e7c90", "no id at all",
    ]});
    let deleted = client.call_with(Method::DELETE, RULES, &ids).await.ok();
    assert_eq!(deleted.body, json!({"ok": true, "deleted": 2}));
    assert_eq!(listed(client).await, [two]);
    let again = client.call_with(Method::DELETE, RULES, &ids).await.ok();
    assert_eq!(again.body, json!({"ok": true, "deleted": 0}));
    for body in [
        json!({}),
        json!({"id": one["id"], "ids": []}),
        json!({"id": 5}),
    ] {
        client
            .call_with(Method::DELETE, RULES, &body)
            .await
            .refused(400, "invalid_request");
    }
    let many: Vec<Value> = (0..1_001).map(|_| one["id"].clone()).collect();
    client
        .call_with(Method::DELETE, RULES, &json!({"ids": many}))
        .await
        .refused(400, "invalid_request");
}

#[tokio::test]
async fn a_repeated_request_makes_one_rule() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    let create = async |key: &str, body: &Value| {
        let request = client.request(Method::POST, RULES).json(body);
        Client::answer(request.header("idempotency-key", key)).await
    };
    let body = json!({"keyword": "hi", "response": "Hi"});
    let all = futures::future::join_all((0..5).map(|_| create("one", &body))).await;
    let first = create("one", &body).await;
    assert_eq!(first.status, 201, "{}", first.text);
    assert!(first.replayed());
    for answer in all {
        match answer.status {
            201 => assert_eq!(answer.body, first.body),
            _ => drop(answer.refused(409, "in_progress")),
        }
    }
    assert_eq!(listed(client).await, [first.body["rule"].clone()]);

    let other = json!({"keyword": "hello", "response": "Hi"});
    create("one", &other)
        .await
        .refused(422, "idempotency_key_reused");
    // A refusal leaves the key as it was.
    let bad = json!({"keyword": "", "response": "Hi"});
    create("two", &bad).await.refused(400, "invalid_rule");
    assert_eq!(create("two", &other).await.status, 201);
    let gone = path(&first.body["rule"]);
    client.call(Method::DELETE, &gone).await.ok();
    create("one", &body).await.refused(409, "deleted_since");
    assert_eq!(listed(client).await.len(), 1);
}

#[tokio::test]
async fn another_tenants_rules_are_not_there() {
    let platform = Running::shared();
    let (mine, other) = (
        platform.tenant().make().await,
        platform.tenant().make().await,
    );
    let theirs = plain(&other.client, "hi").await;
    let change = json!({"active": false});
    let client = &mine.client;
    for answer in [
        client.call(Method::GET, &path(&theirs)).await,
        client.call_with(Method::PUT, &path(&theirs), &change).await,
        client.call(Method::DELETE, &path(&theirs)).await,
        client
            .call_with(Method::DELETE, RULES, &json!({"id": theirs["id"]}))
            .await,
    ] {
        answer.refused(404, "not_found");
    }
    let ids = json!({"ids": [theirs["id"]]});
    let deleted = client.call_with(Method::DELETE, RULES, &ids).await.ok();
    assert_eq!(deleted.body["deleted"], 0);
    assert!(listed(client).await.is_empty());
    assert_eq!(listed(&other.client).await, [theirs]);
}

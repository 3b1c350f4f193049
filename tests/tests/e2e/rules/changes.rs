//! A change changes what it names.

use http::Method;
use openwati_tests::{Answer, Client, Running};
use serde_json::{Value, json};

use super::{listed, path, plain, rule};

async fn change(client: &Client, rule: &Value, body: Value) -> Answer {
    client.call_with(Method::PUT, &path(rule), &body).await
}

#[tokio::test]
async fn a_change_changes_what_it_names_and_leaves_the_rest() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    let body = json!({
        "keyword": "Preis", "match_type": "starts_with", "responses": ["Eins", "Zwei"],
        "step_delay_seconds": 7, "active": false, "order": 4,
    });
    let mut expected = rule(client, body).await;
    for (field, value) in [
        ("keyword", json!("Straße 🛍")),
        ("match_type", json!("exact")),
        ("step_delay_seconds", json!(3600)),
        ("active", json!(true)),
        ("order", json!(-4)),
        ("responses", json!(["Drei"])),
    ] {
        let answer = change(client, &expected, json!({field: value})).await.ok();
        expected[field] = value;
        expected["response"] = expected["responses"][0].clone();
        expected["updated_at"] = answer.body["rule"]["updated_at"].clone();
        assert_eq!(answer.body["rule"], expected, "{field}");
        assert_eq!(listed(client).await, [expected.clone()]);
    }
    // One answer takes the place of all; several count where both are given.
    let answer = change(client, &expected, json!({"response": "Vier"})).await;
    assert_eq!(answer.ok().body["rule"]["responses"], json!(["Vier"]));
    let both = json!({"response": "Vier", "responses": ["Fünf", "Sechs"]});
    let answer = change(client, &expected, both).await;
    assert_eq!(
        answer.ok().body["rule"]["responses"],
        json!(["Fünf", "Sechs"])
    );
    // `null` and what nobody knows say nothing.
    let nothing = json!({"keyword": null, "responses": null, "id": "x", "colour": "red"});
    let answer = change(client, &expected, nothing).await.ok();
    assert_eq!(answer.body["rule"]["keyword"], "Straße 🛍");
    assert_eq!(answer.body["rule"]["id"], expected["id"]);
}

#[tokio::test]
async fn a_change_that_is_refused_changes_nothing() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    let rule = plain(client, "hi").await;
    for (body, code) in [
        (json!({"active": false, "keyword": ""}), "invalid_rule"),
        (json!({"active": false, "responses": []}), "invalid_rule"),
        (
            json!({"active": false, "responses": ["a", ""]}),
            "invalid_rule",
        ),
        (
            json!({"active": false, "step_delay_seconds": 3601}),
            "invalid_rule",
        ),
        (
            json!({"active": false, "match_type": "fuzzy"}),
            "invalid_rule",
        ),
        (json!({"active": "no"}), "invalid_request"),
        (json!({"active": false, "order": "1"}), "invalid_request"),
    ] {
        change(client, &rule, body).await.refused(400, code);
    }
    assert_eq!(listed(client).await, [rule]);
    for id in ["6a297f98-8000-8d5e-9b7c-2f1d3a5e7c90", "none"] {
        let nowhere = json!({"id": id});
        change(client, &nowhere, json!({"active": false}))
            .await
            .refused(404, "not_found");
    }
}

#[tokio::test]
async fn changes_at_the_same_time_are_all_made() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    let rule = plain(client, "hi").await;
    let changes = [
        json!({"keyword": "hello"}),
        json!({"order": 9}),
        json!({"active": false}),
    ];
    let answers = changes.map(|body| change(client, &rule, body));
    for answer in futures::future::join_all(answers).await {
        answer.ok();
    }
    let rules = listed(client).await;
    let seen = ["keyword", "order", "active"].map(|field| rules[0][field].clone());
    assert_eq!(seen, [json!("hello"), json!(9), json!(false)]);
}

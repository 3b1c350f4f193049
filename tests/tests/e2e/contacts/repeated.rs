//! Requests that are repeated under an idempotency key.

use http::Method;
use openwati_tests::{Answer, Client, Running, someone};
use serde_json::{Value, json};

use super::{all, change, id, plus};

async fn once(client: &Client, key: &str, path: &str, body: &Value) -> Answer {
    let request = client.request(Method::POST, path).json(body);
    Client::answer(request.header("idempotency-key", key)).await
}

#[tokio::test]
async fn contacts_are_saved_once_per_key_and_the_answer_counts_as_it_did() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    let known = plus(&someone());
    super::saved(client, json!({"phone": known})).await;
    let body = json!({"contacts": [
        {"phone": plus(&someone()), "tags": ["a"]}, {"phone": "12"}, {"phone": known, "tags": ["b"]},
    ]});
    let first = once(client, "k1", "/api/contacts", &body).await.ok();
    assert!(!first.replayed());
    assert_eq!(
        (&first.body["created"], &first.body["updated"]),
        (&json!(1), &json!(1))
    );
    let again = once(client, "k1", "/api/contacts", &body).await.ok();
    assert!(again.replayed());
    assert_eq!(again.body, first.body);

    // What happened since is not undone.
    let made = &first.body["contacts"][0];
    change(client, id(made), json!({"tags": ["other"]}))
        .await
        .ok();
    let again = once(client, "k1", "/api/contacts", &body).await.ok();
    assert_eq!(again.body["contacts"][0]["tags"], json!(["other"]));
    assert_eq!(
        (&again.body["created"], &again.body["updated"]),
        (&json!(1), &json!(1))
    );

    let other = json!({"contacts": [{"phone": known}]});
    let reused = once(client, "k1", "/api/contacts", &other).await;
    reused.refused(422, "idempotency_key_reused");
    assert_eq!(all(client, &[]).await.len(), 2);
}

#[tokio::test]
async fn many_requests_under_one_key_at_the_same_time_save_once() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    let body = json!({"contacts": (0..20).map(|_| json!({"phone": plus(&someone())})).collect::<Vec<_>>()});
    let many = (0..8).map(|_| once(client, "k", "/api/contacts", &body));
    for answer in futures::future::join_all(many).await {
        match answer.status {
            200 => assert_eq!(answer.body["created"], 20, "{}", answer.text),
            _ => drop(answer.refused(409, "in_progress")),
        }
    }
    assert_eq!(all(client, &[]).await.len(), 20);
}

#[tokio::test]
async fn the_same_numbers_at_the_same_time_without_a_key_are_one_contact_each() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    let contacts: Vec<Value> = (0..10)
        .map(|_| json!({"phone": plus(&someone())}))
        .collect();
    let many = (0..6).map(|_| super::save(client, json!(contacts)));
    let answers = futures::future::join_all(many).await;
    let created: u64 = answers
        .into_iter()
        .map(|answer| answer.ok().body["created"].as_u64().unwrap())
        .sum();
    assert_eq!(created, 10);
    assert_eq!(all(client, &[]).await.len(), 10);
}

#[tokio::test]
async fn a_list_is_made_once_per_key() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    let body = json!({"name": "Newsletter"});
    let path = "/api/contact-lists";
    let first = once(client, "k", path, &body).await;
    let again = once(client, "k", path, &body).await;
    assert_eq!((first.status, again.status), (201, 201), "{}", again.text);
    assert_eq!(first.body, again.body);
    assert!(!first.replayed() && again.replayed());
    once(client, "other", path, &body)
        .await
        .refused(409, "contact_list_exists");
    let list = id(&first.body["contact_list"]).to_owned();
    client
        .call(Method::DELETE, &format!("{path}/{list}"))
        .await
        .ok();
    once(client, "k", path, &body)
        .await
        .refused(409, "deleted_since");
}

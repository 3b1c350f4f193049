//! A webhook that is asked for again under its idempotency key is made once.

use std::time::Duration;

use http::Method;
use openwati_core::{id::Id, idempotency::request_hash};
use openwati_store::idempotency::IdempotencyRecord;
use openwati_tests::{Answer, Client, Running, Tenant};
use serde_json::{Value, json};

const WEBHOOKS: &str = "/api/webhooks";

/// Nothing listens there, and nobody has to.
const NOWHERE: &str = "http://127.0.0.1:47009/hook";

async fn make(client: &Client, key: &str, body: &Value) -> Answer {
    let request = client.request(Method::POST, WEBHOOKS).json(body);
    Client::answer(request.header("idempotency-key", key)).await
}

async fn count(client: &Client) -> usize {
    let listed = client.call(Method::GET, WEBHOOKS).await.ok();
    listed.body["webhooks"].as_array().unwrap().len()
}

/// Leaves a key as a first try that began some time ago does which did not come to make anything. Answers what it was to
/// make.
async fn leave(tenant: &Tenant, key: &str, body: &Value, lease_ended: bool) -> Id {
    let services = tenant.services();
    let now = services.now();
    let id = Id::new(now, services.entropy());
    let hash = request_hash("POST", WEBHOOKS, body.to_string().as_bytes());
    let minute = Duration::from_secs(60);
    let (began, lease_until) = match lease_ended {
        true => (now.minus(minute), now),
        false => (now, now.plus(minute)),
    };
    let record = IdempotencyRecord::new(hash, id, began, lease_until);
    let store = tenant.store();
    let claimed = store.claim_idempotency_key(&tenant.id, key, &record, None, now);
    assert!(claimed.await.unwrap().is_none());
    id
}

#[tokio::test]
async fn a_webhook_is_made_once_and_its_answer_is_given_again() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    let body = json!({"url": NOWHERE, "events": ["message.status"]});
    let first = make(client, "k", &body).await;
    assert_eq!(first.status, 201, "{}", first.text);
    assert!(!first.replayed());
    for _ in 0..2 {
        let again = make(client, "k", &body).await;
        assert_eq!((again.status, again.replayed()), (201, true));
        assert_eq!(again.body, first.body, "with its secret");
    }
    let other = json!({"url": NOWHERE});
    make(client, "k", &other)
        .await
        .refused(422, "idempotency_key_reused");
    client
        .send_once("k", "15550001111", "Hello")
        .await
        .refused(422, "idempotency_key_reused");
    assert_eq!(count(client).await, 1);
    assert!(!make(client, "other", &body).await.replayed());
    assert_eq!(count(client).await, 2);

    // What was deleted does not come back by a repeat that is late.
    let path = format!(
        "{WEBHOOKS}/{}",
        first.body["webhook"]["id"].as_str().unwrap()
    );
    client.call(Method::DELETE, &path).await.ok();
    make(client, "k", &body).await.refused(409, "deleted_since");
    assert_eq!(count(client).await, 1);
}

#[tokio::test]
async fn of_many_at_once_under_one_key_one_makes_the_webhook() {
    let tenant = Running::shared().tenant().make().await;
    let body = json!({"url": NOWHERE});
    let tries = (0..10).map(|_| make(&tenant.client, "k", &body));
    let answers = futures::future::join_all(tries).await;
    let made = answers.iter().filter(|a| a.status == 201 && !a.replayed());
    assert_eq!(made.count(), 1);
    for answer in answers {
        if answer.status != 201 {
            answer.refused(409, "in_progress");
        }
    }
    assert_eq!(count(&tenant.client).await, 1);
}

#[tokio::test]
async fn a_try_that_died_before_it_made_the_webhook_is_taken_up_by_the_repeat() {
    let tenant = Running::shared().tenant().make().await;
    let body = json!({"url": NOWHERE});
    leave(&tenant, "running", &body, false).await;
    make(&tenant.client, "running", &body)
        .await
        .refused(409, "in_progress");
    assert_eq!(count(&tenant.client).await, 0);

    let id = leave(&tenant, "died", &body, true).await;
    let other = json!({"url": format!("{NOWHERE}?")});
    make(&tenant.client, "died", &other)
        .await
        .refused(422, "idempotency_key_reused");
    let made = make(&tenant.client, "died", &body).await;
    assert_eq!(
        (made.status, made.replayed()),
        (201, false),
        "{}",
        made.text
    );
    // Under the id of the first try: if that one lives after all, it makes no second one.
    assert_eq!(made.body["webhook"]["id"], id.uuid());
    let again = make(&tenant.client, "died", &body).await;
    assert_eq!((again.replayed(), &again.body), (true, &made.body));
    assert_eq!(count(&tenant.client).await, 1);
}

#[tokio::test]
async fn what_was_refused_is_judged_anew() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    let body = json!({"url": NOWHERE});
    let bad = json!({"url": "nothing"});
    make(client, "k", &bad).await.refused(400, "invalid_url");
    let first = make(client, "k", &body).await;
    assert_eq!((first.status, first.replayed()), (201, false));
    for _ in 1..20 {
        client.webhook(NOWHERE, &[]).await;
    }
    make(client, "full", &body)
        .await
        .refused(409, "too_many_webhooks");
    // What was made is shown, however many there are by now.
    assert!(make(client, "k", &body).await.replayed());
    let path = format!(
        "{WEBHOOKS}/{}",
        first.body["webhook"]["id"].as_str().unwrap()
    );
    client.call(Method::DELETE, &path).await.ok();
    let made = make(client, "full", &body).await;
    assert_eq!((made.status, made.replayed()), (201, false));
}

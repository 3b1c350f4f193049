//! Trouble with files on their way to the platform.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::time::{Duration, Instant};

use futures::StreamExt as _;
use serde_json::{Value, json};
use support::*;

/// A file of a customer's: its id and a link to it.
async fn file(whatsapp: &Whatsapp) -> (String, String) {
    let message = whatsapp.hears(json!({"type": "image"})).await;
    let text = |name: &str| message["image"][name].as_str().unwrap().to_owned();
    (text("id"), text("url"))
}

async fn fault(whatsapp: &Whatsapp, fault: Value) {
    let (status, answer) = whatsapp.post("/faults", fault).await;
    assert_eq!(status, 200, "{answer}");
}

#[tokio::test]
async fn look_ups_and_downloads_fail_as_told() {
    let whatsapp = Whatsapp::start().await;
    let (id, url) = file(&whatsapp).await;
    let by_path = json!({"path": format!("/{id}")});
    let by_customer = json!({"to": CUSTOMER, "method": "get"});
    for matches in [by_path, by_customer] {
        fault(
            &whatsapp,
            json!({"match": matches, "error": {"code": 131_000}, "times": 2}),
        )
        .await;
        assert_eq!(whatsapp.ask("GET", &id).await.0, 500);
        let answer = whatsapp.fetch(&url, TOKEN).await;
        assert_eq!(read(answer).await.1["error"]["code"], 131_000);
    }
    fault(
        &whatsapp,
        json!({"match": {"path": "/media/"}, "http": 502, "times": 1}),
    )
    .await;
    assert_eq!(
        whatsapp.ask("GET", &id).await.0,
        200,
        "this path is another"
    );
    assert_eq!(whatsapp.fetch(&url, TOKEN).await.status(), 502);

    fault(
        &whatsapp,
        json!({"match": {"method": "GET"}, "drop": true, "times": 2}),
    )
    .await;
    whatsapp.send_text(CUSTOMER, "a POST").await;
    for url in [whatsapp.graph(&id), url.clone()] {
        let request = whatsapp.client.get(url).bearer_auth(TOKEN);
        assert!(request.send().await.is_err());
    }
    fault(
        &whatsapp,
        json!({"match": {"path": "/media/"}, "delay_ms": 200, "times": 1}),
    )
    .await;
    let start = Instant::now();
    assert_eq!(whatsapp.fetch(&url, TOKEN).await.status(), 200);
    assert!(start.elapsed() >= Duration::from_millis(200));
}

#[tokio::test]
async fn a_download_is_cut_changed_slow_or_endless_when_told() {
    let whatsapp = Whatsapp::start().await;
    let (_, url) = file(&whatsapp).await;
    let whole = whatsapp.fetch(&url, TOKEN).await.bytes().await.unwrap();

    fault(&whatsapp, json!({"truncate": 100, "times": 1})).await;
    whatsapp.send_text(CUSTOMER, "nothing to cut here").await;
    let answer = whatsapp.fetch(&url, TOKEN).await;
    assert_eq!(answer.content_length(), Some(whole.len() as u64));
    assert!(answer.bytes().await.is_err(), "it ends too early");

    fault(&whatsapp, json!({"corrupt": true, "times": 1})).await;
    let changed = whatsapp.fetch(&url, TOKEN).await.bytes().await.unwrap();
    assert_eq!(changed.len(), whole.len());
    assert_ne!(changed, whole);

    fault(&whatsapp, json!({"bytes_per_second": 2_000, "times": 1})).await;
    let start = Instant::now();
    let slow = whatsapp.fetch(&url, TOKEN).await.bytes().await.unwrap();
    assert_eq!(slow, whole);
    assert!(start.elapsed() >= Duration::from_millis(300), "670 bytes");

    fault(&whatsapp, json!({"endless": true, "times": 1})).await;
    let answer = whatsapp.fetch(&url, TOKEN).await;
    assert_eq!(answer.content_length(), None);
    let mut stream = answer.bytes_stream();
    let mut length = 0;
    while length < 100 * whole.len() {
        length += stream.next().await.unwrap().unwrap().len();
    }
    drop(stream);
    assert_eq!(
        whatsapp.fetch(&url, TOKEN).await.bytes().await.unwrap(),
        whole
    );
}

#[tokio::test]
async fn trouble_can_be_there_before_the_message() {
    let whatsapp = Whatsapp::start().await;
    let (_, made) = whatsapp.post("/media", json!({"type": "image"})).await;
    let id = made["id"].as_str().unwrap();
    fault(
        &whatsapp,
        json!({"match": {"path": format!("/{id}")}, "http": 500, "times": 1}),
    )
    .await;
    let message = whatsapp
        .hears(json!({"type": "image", "image": {"id": id}}))
        .await;
    assert_eq!(message["image"]["id"], id);
    assert_eq!(whatsapp.ask("GET", id).await.0, 500);
    assert_eq!(whatsapp.ask("GET", id).await.0, 200);
}

#[tokio::test]
async fn faults_of_files_that_cannot_be_are_told() {
    let whatsapp = Whatsapp::start().await;
    for (fault, named) in [
        (json!({"bytes_per_second": 0}), "bytes_per_second"),
        (json!({"truncate": 1, "smell": 1}), "smell"),
        (json!({"match": {"smell": 1}, "truncate": 1}), "smell"),
    ] {
        let (status, answer) = whatsapp.post("/faults", fault).await;
        assert_eq!(status, 400, "{answer}");
        assert!(
            answer["error"].as_str().unwrap().contains(named),
            "{answer}"
        );
    }
}

//! A worker beside a platform that leaves its queues alone.

use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::time::{Instant, sleep, timeout};

use super::Worker;
use crate::{Host, Options};

fn options(folder: &std::path::Path) -> Options {
    Options {
        port: 0,
        data_dir: folder.to_owned(),
        ..Options::default()
    }
}

async fn status(host: &Host, id: &str) -> String {
    let url = format!("{}/api/public/v1/messages/{id}", host.base_url());
    let request = reqwest::Client::new().get(url);
    let answer = request
        .bearer_auth(host.seed().api_key.expose())
        .send()
        .await
        .unwrap();
    let answer: Value = answer.json().await.unwrap();
    answer["message"]["status"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_worker_does_what_the_platform_leaves() {
    let folder = tempfile::tempdir().unwrap();
    let mut host = Host::start(options(folder.path())).await.unwrap();
    host.stop_triggers().await;
    let client = reqwest::Client::new();
    let sent = client
        .post(format!("{}/api/public/v1/send", host.base_url()))
        .bearer_auth(host.seed().api_key.expose())
        .json(&json!({"to": "923001234567", "message": "Hello"}))
        .send();
    let sent: Value = sent.await.unwrap().json().await.unwrap();
    let id = sent["id"].as_str().unwrap();

    let channel = &host.seed().channel;
    let callback = json!({
        "object": "whatsapp_business_account",
        "entry": [{"id": channel.waba_id, "changes": [{"field": "messages", "value": {
            "messaging_product": "whatsapp",
            "metadata": {
                "display_phone_number": channel.phone_number,
                "phone_number_id": channel.phone_number_id
            },
            "statuses": [{
                "id": sent["messageId"],
                "status": "read",
                "timestamp": jiff::Timestamp::now().as_second().to_string(),
                "recipient_id": "923001234567"
            }]
        }}]}]
    })
    .to_string();
    let secret = channel.app_secret.expose().as_bytes();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
    mac.update(callback.as_bytes());
    let signature = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
    let tenant = &host.ready().tenant_id;
    let answer = client
        .post(format!(
            "{}/api/public/cloud-api-webhook/{tenant}",
            host.base_url()
        ))
        .header("X-Hub-Signature-256", signature)
        .header("Content-Type", "application/json")
        .body(callback)
        .send();
    assert_eq!(answer.await.unwrap().status(), 200);
    assert_eq!(status(&host, id).await, "sent");

    let worker = Worker::start(options(folder.path())).await.unwrap();
    assert_eq!(worker.base_url(), host.base_url());
    let deadline = Instant::now() + Duration::from_secs(20);
    while status(&host, id).await != "read" {
        assert!(Instant::now() < deadline, "nobody worked the queue");
        sleep(Duration::from_millis(20)).await;
    }
    worker.shutdown().await;
    host.shutdown().await;
}

#[tokio::test]
async fn a_worker_needs_a_platform_that_runs() {
    let folder = tempfile::tempdir().unwrap();
    let error = Worker::start(options(folder.path())).await.unwrap_err();
    assert!(error.to_string().contains("no openwati runs on"), "{error}");
}

#[tokio::test]
async fn a_worker_does_not_outlive_the_start_that_it_works_for() {
    let folder = tempfile::tempdir().unwrap();
    let patience = Duration::from_secs(20);
    let host = Host::start(options(folder.path())).await.unwrap();
    let first = Worker::start(options(folder.path())).await.unwrap();
    let second = Worker::start(options(folder.path())).await.unwrap();
    let left = first.left_alone();
    host.shutdown().await;
    let error = timeout(patience, left).await.unwrap().to_string();
    assert!(error.contains("no openwati runs on"), "{error}");

    let host = Host::start(options(folder.path())).await.unwrap();
    let error = timeout(patience, second.left_alone()).await.unwrap();
    assert!(error.to_string().contains("was started anew"), "{error}");
    first.shutdown().await;
    second.shutdown().await;
    host.shutdown().await;
}

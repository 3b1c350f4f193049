use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use openwati_services::data;
use openwati_tests::{Answer, Client, Needs, Running, lacks, someone};
use serde_json::{Value, json};

use super::{items, operator, over, services};

/// A platform on this folder.
async fn started(folder: &Path) -> Running {
    Running::start(|options| options.data_dir = folder.to_owned()).await
}

/// Changes the key ring of a folder.
pub(crate) fn change_ring(folder: &Path, change: impl FnOnce(&mut Value)) {
    let path = folder.join("seed.json");
    let mut seed: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    change(&mut seed["key_ring"]);
    fs::write(path, seed.to_string()).unwrap();
}

/// How many values in the table are sealed by each of two keys.
async fn sealed(platform: &Running) -> (usize, usize) {
    let items = items(&platform.aws(), platform.ready()).await;
    let values = || items.iter().flat_map(|item| item.values());
    let by = |key: &str| {
        let texts = values().filter_map(|value| value.as_s().ok());
        texts.filter(|text| text.starts_with(key)).count()
    };
    (by("k1."), by("k2."))
}

/// Makes a key under an idempotency key, or gets the one that was made.
async fn make_key(client: Client) -> Answer {
    let request = client.request(Method::POST, "/api/keys");
    let request = request.header("idempotency-key", "one");
    let answer = Client::answer(request.json(&json!({"name": "Once"}))).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer
}

#[tokio::test]
async fn secrets_are_sealed_anew_while_sends_go_on() {
    if lacks(Needs::OwnPlatform) || lacks(Needs::Embedded("its folder is taken up again")) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let platform = started(folder.path()).await;
    let client = platform.client();
    let webhook = client
        .webhook("http://127.0.0.1:8099/hook", &["endpoint.disabled"])
        .await;
    let rotated = client
        .call(Method::POST, &webhook.path("/rotate-secret"))
        .await;
    assert_eq!(rotated.status, 200, "{}", rotated.text);
    let made = make_key(client).await;
    // Three of the channel, two of the endpoint, and the new key's text, for who asks again.
    assert_eq!(sealed(&platform).await, (6, 0));
    platform.stop().await;

    change_ring(folder.path(), |ring| {
        ring["keys"]["k2"] = STANDARD.encode([7; 32]).into();
        ring["current"] = json!("k2");
    });
    let platform = started(folder.path()).await;
    let client = platform.client();
    let is_over = AtomicBool::new(false);
    let sending = async {
        let mut sent = 0;
        while !is_over.load(Ordering::Relaxed) {
            let answer = client.send(&someone(), "Hello").await;
            assert_eq!(answer.status, 200, "{}", answer.text);
            sent += 1;
        }
        sent
    };
    let sealing = async {
        let services = services(&platform);
        let tenant = platform.ready().tenant_id.parse().unwrap();
        let caller = operator(&services, &tenant);
        let job = data::reseal_all(&services, &caller).await.unwrap();
        let job = over(&services, &tenant, job.id).await;
        is_over.store(true, Ordering::Relaxed);
        job
    };
    let (sent, job) = tokio::join!(sending, sealing);
    assert!(sent > 0);
    assert_eq!(job.counts["resealed"], 6, "{job:?}");
    assert_eq!(sealed(&platform).await, (0, 6));
    platform.stop().await;

    change_ring(folder.path(), |ring| {
        ring["keys"].as_object_mut().unwrap().remove("k1");
    });
    let platform = started(folder.path()).await;
    let answer = platform.client().send(&someone(), "Hello").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let again = make_key(platform.client()).await;
    assert_eq!(again.body["key"]["secret"], made.body["key"]["secret"]);
    platform.stop().await;
}

//! What is kept over a restart, also one that nobody announced.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use openwati_sim::{Simulator, Window};
use serde_json::json;
use support::*;
use tempfile::TempDir;

#[tokio::test]
async fn phones_windows_names_and_subscriptions_are_kept() {
    let folder = TempDir::new().unwrap();
    let (platform, url) = Platform::start().await;
    let mut settings = config(folder.path(), &url);
    settings.window = Window::Strict;
    let whatsapp = Whatsapp::open(settings.clone(), platform.clone()).await;
    let path = format!("/customers/{CUSTOMER}/messages");
    whatsapp
        .post(&path, json!({"type": "text", "text": "hi", "name": "Ana"}))
        .await;
    let id = whatsapp.send_text(CUSTOMER, "hello").await;
    platform.statuses(&id, 2).await;
    whatsapp.quiet().await;
    let before = whatsapp.phone(CUSTOMER).await;
    whatsapp.crash().await;

    let whatsapp = Whatsapp::open(settings.clone(), platform.clone()).await;
    assert_eq!(whatsapp.phone(CUSTOMER).await, before);
    let id = whatsapp
        .send_text(CUSTOMER, "the window is still open")
        .await;
    assert_eq!(platform.statuses(&id, 2).await, ["sent", "delivered"]);
    whatsapp
        .post(&path, json!({"type": "text", "text": "again"}))
        .await;
    let received = platform.wait(6).await;
    let names = received
        .iter()
        .map(|callback| &callback.value()["contacts"][0]["profile"]["name"]);
    assert_eq!(
        names.filter(|name| *name == "Ana").count(),
        2,
        "the name is kept"
    );
    let window = format!("/customers/{CUSTOMER}/window");
    assert_eq!(whatsapp.post(&window, json!({"open": false})).await.0, 200);
    let subscription = whatsapp.graph(&format!("{WABA}/subscribed_apps"));
    whatsapp
        .client
        .delete(subscription)
        .bearer_auth(TOKEN)
        .send()
        .await
        .unwrap();
    whatsapp.quiet().await;
    whatsapp.crash().await;

    let count = platform.received().len();
    let whatsapp = Whatsapp::open(settings, platform.clone()).await;
    whatsapp.send_text(CUSTOMER, "shut and unheard").await;
    whatsapp.quiet().await;
    let texts: Vec<_> = whatsapp.phone(CUSTOMER).await;
    assert!(
        texts
            .iter()
            .all(|message| message["text"] != "shut and unheard")
    );
    assert_eq!(platform.received().len(), count, "nobody is subscribed");
}

#[tokio::test]
async fn a_crash_loses_no_callback_and_the_new_address_counts() {
    let folder = TempDir::new().unwrap();
    // Nobody listens on the port of the first address: nothing gets through before the crash.
    let settings = config(folder.path(), "http://127.0.0.1:9/callback");
    let (platform, url) = Platform::start().await;
    let whatsapp = Whatsapp::open(settings, platform.clone()).await;
    let first = whatsapp.send_text(CUSTOMER, "one").await;
    let second = whatsapp.send_text(CUSTOMER, "two").await;
    whatsapp
        .post(&format!("/customers/{CUSTOMER}/read"), json!({}))
        .await;
    until("an attempt", || async {
        let (_, callbacks) = whatsapp.get("/callbacks").await;
        (callbacks["last"][0]["status"] == json!(null) && callbacks["last"][0].is_object())
            .then_some(())
    })
    .await;
    whatsapp.crash().await;

    let whatsapp = Whatsapp::open(config(folder.path(), &url), platform.clone()).await;
    for id in [first, second] {
        assert_eq!(
            platform.statuses(&id, 3).await,
            ["sent", "delivered", "read"]
        );
    }
    whatsapp.quiet().await;
    assert_eq!(platform.received().len(), 6);
    let bytes: Vec<u8> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .flat_map(|file| std::fs::read(file).unwrap())
        .collect();
    assert!(
        !bytes.windows(9).any(|part| part == b"127.0.0.1"),
        "no address is on disk"
    );
}

#[tokio::test]
async fn what_was_accepted_but_never_delivered_waits_for_a_deliverer() {
    let folder = TempDir::new().unwrap();
    let (platform, url) = Platform::start().await;
    let simulator = Simulator::open(config(folder.path(), &url)).await.unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let router = simulator.router();
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let path = format!("{base}/customers/{CUSTOMER}/messages");
    let request = reqwest::Client::new()
        .post(path)
        .json(&json!({"type": "text", "text": "hi"}));
    assert_eq!(request.send().await.unwrap().status(), 200);
    server.abort();
    drop(simulator);

    let _whatsapp = Whatsapp::open(config(folder.path(), &url), platform.clone()).await;
    assert_eq!(
        platform.wait(1).await[0].value()["messages"][0]["text"]["body"],
        "hi"
    );
}

#[tokio::test]
async fn a_shutdown_ends_the_deliverer() {
    let (platform, url) = Platform::start().await;
    let folder = TempDir::new().unwrap();
    let simulator = Simulator::open(config(folder.path(), &url)).await.unwrap();
    let task = simulator.start(async {});
    task.await.unwrap();
    simulator.start(std::future::pending()).await.unwrap();
    drop(platform);
}

#[tokio::test]
async fn a_speed_that_is_none_is_refused() {
    let folder = TempDir::new().unwrap();
    for speed in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let mut settings = config(folder.path(), "http://127.0.0.1:9/");
        settings.speed = speed;
        assert!(Simulator::open(settings).await.is_err());
    }
}

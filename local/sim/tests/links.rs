//! Files that businesses send by link: fetched once the message is accepted.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::{fs, path::Path};

use serde_json::{Value, json};
use support::{
    files::{Files, content},
    refused::of,
    *,
};
use tempfile::TempDir;

/// Sends a message; answers its id.
async fn send(whatsapp: &Whatsapp, kind: &str, content: Value) -> String {
    let (status, answer) = whatsapp.send(&of(kind, content)).await;
    assert_eq!(status, 200, "{answer}");
    answer["messages"][0]["id"].as_str().unwrap().to_owned()
}

/// The error with which a message failed.
async fn error_of(whatsapp: &Whatsapp, message: &str) -> Value {
    assert_eq!(whatsapp.platform.statuses(message, 1).await, ["failed"]);
    let received = whatsapp.platform.received();
    let mut statuses = received
        .iter()
        .map(|callback| &callback.value()["statuses"][0]);
    let status = statuses.find(|status| status["id"] == message);
    status.unwrap()["errors"][0].clone()
}

/// What an address of the phone's leads to.
async fn open(whatsapp: &Whatsapp, url: &Value) -> (String, String) {
    let answer = whatsapp.client.get(url.as_str().unwrap()).send().await;
    let answer = answer.unwrap();
    let content_type = answer.headers()["content-type"]
        .to_str()
        .unwrap()
        .to_owned();
    (content_type, answer.text().await.unwrap())
}

async fn fetches(whatsapp: &Whatsapp) -> Vec<Value> {
    let (_, fetches) = whatsapp.get("/fetches").await;
    fetches.as_array().unwrap().clone()
}

#[tokio::test]
async fn a_link_is_fetched_and_the_phone_shows_its_own_copy() {
    let files = Files::start().await;
    let whatsapp = Whatsapp::start().await;
    for (kind, name, content_type) in [
        ("image", "a.jpg", "image/jpeg"),
        ("image", "moved.png", "image/png"),
        ("video", "a.mp4", "video/mp4"),
        ("audio", "a.ogg", "audio/ogg; codecs=opus"),
        ("sticker", "a.webp", "image/webp"),
        ("document", "a.zip", "application/zip"),
        ("document", "untyped", "application/octet-stream"),
    ] {
        let link = files.link(name);
        let message = send(&whatsapp, kind, json!({"link": link})).await;
        let statuses = whatsapp.platform.statuses(&message, 2).await;
        assert_eq!(statuses, ["sent", "delivered"], "{name}");
        let phone = whatsapp.phone(CUSTOMER).await;
        let shown = phone.last().unwrap();
        assert_eq!(
            (&shown["id"], &shown["type"]),
            (&json!(message), &json!(kind))
        );
        assert_eq!(shown["raw"][kind]["link"], link);
        let url = &shown["media_url"];
        assert!(url.as_str().unwrap().starts_with(&whatsapp.base), "{url}");
        let (found, body) = open(&whatsapp, url).await;
        assert_eq!(found, content_type);
        let right = match name {
            "untyped" => "x".to_owned(),
            name => content(&name.replace("moved", "a")),
        };
        assert_eq!(body, right);
        let fetch = &fetches(&whatsapp).await[0];
        assert_eq!(
            (&fetch["url"], &fetch["status"]),
            (&json!(link), &json!(200))
        );
        assert_eq!(fetch["file_size"], right.len());
        let id = url.as_str().unwrap().rsplit('/').nth(1).unwrap();
        let unknown = whatsapp.ask("GET", id).await;
        assert_eq!(unknown.0, 400, "nobody was told this id");
    }
}

#[tokio::test]
async fn what_cannot_be_fetched_or_sent_fails_and_leaves_nothing() {
    let files = Files::start().await;
    let folder = TempDir::new().unwrap();
    let whatsapp = Whatsapp::with(|config| config.data_dir = folder.path().into()).await;
    for (kind, name, status, named) in [
        ("image", "missing.jpg", Some(404), "404"),
        ("image", "loop.jpg", None, "led on"),
        ("image", "cut.jpg", Some(200), "broke off"),
        ("image", "empty.jpg", Some(200), "empty"),
        ("image", "large.jpg", Some(200), "5 MB"),
        ("image", "long.jpg", Some(200), "5 MB"),
        ("audio", "endless.mp3", Some(200), "16 MB"),
        ("image", "a.webp", Some(200), "image/webp"),
        ("image", "a.html", Some(200), "text/html"),
        ("video", "untyped", Some(200), "application/octet-stream"),
    ] {
        let message = send(&whatsapp, kind, json!({"link": files.link(name)})).await;
        let error = error_of(&whatsapp, &message).await;
        assert_eq!(error["code"], 131_053);
        let details = error["error_data"]["details"].as_str().unwrap();
        assert!(details.contains(named), "{name}: {details}");
        let fetch = &fetches(&whatsapp).await[0];
        assert_eq!(
            (&fetch["status"], &fetch["problem"]),
            (&json!(status), &json!(details)),
            "{name}"
        );
    }
    let nobody = json!({"link": "http://127.0.0.1:9/a.jpg"});
    let message = send(&whatsapp, "image", nobody).await;
    let error = error_of(&whatsapp, &message).await;
    assert!(
        error["error_data"]["details"]
            .as_str()
            .unwrap()
            .contains("no connection")
    );
    assert!(whatsapp.phone(CUSTOMER).await.is_empty());
    let left = std::fs::read_dir(folder.path().join("media")).unwrap();
    assert_eq!(left.count(), 0);
}

#[tokio::test]
async fn every_file_of_a_message_is_fetched_in_its_order() {
    let files = Files::start().await;
    let whatsapp = Whatsapp::start().await;
    let card = |index: u32, name: &str| {
        json!({"card_index": index, "type": "cta_url",
            "header": {"type": "image", "image": {"link": files.link(name)}},
            "body": {"text": "x"},
            "action": {"name": "cta_url",
                "parameters": {"display_text": "x", "url": "https://example.com"}}})
    };
    let carousel = json!({"type": "carousel", "body": {"text": "x"},
        "action": {"cards": [card(0, "first.jpg"), card(1, "second.png")]}});
    let message = send(&whatsapp, "interactive", carousel).await;
    whatsapp.platform.statuses(&message, 2).await;
    let shown = &whatsapp.phone(CUSTOMER).await[0];
    let urls = shown["media_urls"].as_array().unwrap();
    assert_eq!(shown["media_url"], urls[0]);
    let mut bodies = Vec::new();
    for url in urls {
        bodies.push(open(&whatsapp, url).await.1);
    }
    assert_eq!(bodies, [content("first.jpg"), content("second.png")]);

    let header = |name: &str| {
        json!({"type": "cta_url", "body": {"text": "x"},
            "header": {"type": "document", "document": {"link": files.link(name)}},
            "action": {"name": "cta_url",
                "parameters": {"display_text": "x", "url": "https://example.com"}}})
    };
    let message = send(&whatsapp, "interactive", header("a.pdf")).await;
    whatsapp.platform.statuses(&message, 2).await;
    let message = send(&whatsapp, "interactive", header("missing.pdf")).await;
    assert_eq!(error_of(&whatsapp, &message).await["code"], 131_053);
}

#[tokio::test]
async fn the_headers_of_templates_show_the_phones_own_copies() {
    let files = Files::start().await;
    let whatsapp = Whatsapp::start().await;
    whatsapp.learn_templates().await;
    for (name, header) in [
        ("template_media_header", "/template/header"),
        ("template_document_header", "/template/header"),
        ("template_carousel", "/template/cards/1/header"),
    ] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/outgoing");
        let body = fs::read_to_string(folder.join(format!("{name}.json"))).unwrap();
        let body = body.replace("https://example.com", &files.base);
        let body = serde_json::from_str(&body).unwrap();
        let (status, answer) = whatsapp.send(&body).await;
        assert_eq!(status, 200, "{name}: {answer}");
        let message = answer["messages"][0]["id"].as_str().unwrap();
        let statuses = whatsapp.platform.statuses(message, 2).await;
        assert_eq!(statuses, ["sent", "delivered"], "{name}");
        let phone = whatsapp.phone(CUSTOMER).await;
        let shown = phone.last().unwrap();
        let last = shown["media_urls"].as_array().unwrap().last().unwrap();
        let header = shown.pointer(header).unwrap();
        assert_eq!(&header["media_url"], last, "{shown}");
        assert!(open(&whatsapp, last).await.1.starts_with("the file "));
    }
}

#[tokio::test]
async fn a_link_is_fetched_once_for_many() {
    let files = Files::start().await;
    let whatsapp = Whatsapp::start().await;
    let mut messages = Vec::new();
    for _ in 0..40 {
        messages.push(send(&whatsapp, "image", json!({"link": files.link("waits.jpg")})).await);
    }
    let phone = whatsapp.phone(CUSTOMER).await;
    assert_eq!(phone[0]["status"], "accepted");
    assert_eq!(phone[0]["media_url"], Value::Null, "it is not here yet");
    files.let_go();
    for message in &messages {
        whatsapp.platform.statuses(message, 2).await;
    }
    assert_eq!(files.asked(), ["waits.jpg"]);
    assert_eq!(fetches(&whatsapp).await.len(), 1);
    // As a sticker it is no better for having been fetched.
    let message = send(
        &whatsapp,
        "sticker",
        json!({"link": files.link("waits.jpg")}),
    )
    .await;
    assert_eq!(error_of(&whatsapp, &message).await["code"], 131_053);
    assert_eq!(files.asked().len(), 1);
    // What failed is tried again.
    for _ in 0..2 {
        let message = send(
            &whatsapp,
            "image",
            json!({"link": files.link("missing.jpg")}),
        )
        .await;
        error_of(&whatsapp, &message).await;
    }
    assert_eq!(files.asked()[1..], ["missing.jpg", "missing.jpg"]);
}

#[tokio::test]
async fn a_message_that_waits_for_its_file_outlives_a_crash() {
    let files = Files::start().await;
    let folder = TempDir::new().unwrap();
    let (platform, url) = Platform::start().await;
    let whatsapp = Whatsapp::open(config(folder.path(), &url), platform.clone()).await;
    let link = files.link("waits.jpg");
    let mut request = of("image", json!({"link": link}));
    request["biz_opaque_callback_data"] = json!("our id");
    let (_, answer) = whatsapp.send(&request).await;
    let message = answer["messages"][0]["id"].as_str().unwrap().to_owned();
    until("fetch", || async {
        (files.asked().len() == 1).then_some(())
    })
    .await;
    whatsapp.crash().await;
    let whatsapp = Whatsapp::open(config(folder.path(), &url), platform.clone()).await;
    until("fetch", || async {
        (files.asked().len() == 2).then_some(())
    })
    .await;
    files.let_go();
    assert_eq!(platform.statuses(&message, 2).await, ["sent", "delivered"]);
    whatsapp.quiet().await;
    let received = platform.received();
    assert_eq!(received.len(), 2, "each is told once");
    let status = &received[1].value()["statuses"][0];
    assert_eq!(status["biz_opaque_callback_data"], "our id");
    let shown = &whatsapp.phone(CUSTOMER).await[0];
    assert_eq!(
        open(&whatsapp, &shown["media_url"]).await.1,
        content("waits.jpg")
    );
}

//! Files that customers send, and how the platform gets them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use support::*;
use tempfile::TempDir;

fn messages() -> String {
    format!("/customers/{CUSTOMER}/messages")
}

/// A message with these bytes in it.
fn image(bytes: &[u8]) -> Value {
    json!({"type": "image", "image": {"data": STANDARD.encode(bytes), "caption": "look"}})
}

#[tokio::test]
async fn a_file_is_announced_looked_up_and_fetched() {
    let whatsapp = Whatsapp::start().await;
    let bytes = b"a picture";
    let message = whatsapp.hears(image(bytes)).await;
    let node = &message["image"];
    let id = node["id"].as_str().unwrap();
    assert!(id.bytes().all(|byte| byte.is_ascii_digit()), "{id}");
    let hash = Sha256::digest(bytes);
    let announced = json!({"id": id, "mime_type": "image/jpeg", "caption": "look",
        "sha256": STANDARD.encode(hash), "url": node["url"]});
    assert_eq!(node, &announced);

    let (status, found) = whatsapp.ask("GET", id).await;
    let looked_up = json!({"messaging_product": "whatsapp", "id": id, "url": found["url"],
        "mime_type": "image/jpeg", "sha256": hex::encode(hash), "file_size": bytes.len()});
    assert_eq!((status, &found), (200, &looked_up));
    for url in [&found["url"], &node["url"]] {
        let answer = whatsapp.fetch(url.as_str().unwrap(), TOKEN).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], "image/jpeg");
        assert_eq!(answer.headers()["content-length"], "9");
        assert_eq!(answer.bytes().await.unwrap(), &bytes[..]);
    }
    whatsapp.quiet().await;
    let shown = &whatsapp.phone(CUSTOMER).await[0];
    assert_eq!(shown["type"], "image");
    let media_url = shown["media_url"].as_str().unwrap();
    let answer = whatsapp.client.get(media_url).send().await.unwrap();
    assert_eq!(
        answer.bytes().await.unwrap(),
        &bytes[..],
        "as the phone has it"
    );
    let (_, log) = whatsapp.get("/requests").await;
    assert_eq!(
        log[0]["path"],
        format!("/media/{id}"),
        "downloads are logged"
    );
}

#[tokio::test]
async fn every_kind_of_file_has_a_real_sample() {
    let whatsapp = Whatsapp::start().await;
    let cases = [
        ("image", json!({}), "image/jpeg", &b"\xff\xd8\xff"[..]),
        (
            "image",
            json!({"mime_type": "image/png"}),
            "image/png",
            b"\x89PNG",
        ),
        ("video", json!({}), "video/mp4", b"\0\0\0\x20ftyp"),
        ("audio", json!({}), "audio/ogg; codecs=opus", b"OggS"),
        (
            "audio",
            json!({"mime_type": "audio/mpeg"}),
            "audio/mpeg",
            b"ID3",
        ),
        ("document", json!({}), "application/pdf", b"%PDF-"),
        ("sticker", json!({}), "image/webp", b"RIFF"),
    ];
    for (kind, content, mime_type, start) in cases {
        let message = whatsapp.hears(json!({"type": kind, kind: content})).await;
        let node = &message[kind];
        assert_eq!(node["mime_type"], mime_type);
        let answer = whatsapp.fetch(node["url"].as_str().unwrap(), TOKEN).await;
        assert_eq!(answer.headers()["content-type"], mime_type);
        let bytes = answer.bytes().await.unwrap();
        assert!(bytes.starts_with(start), "{kind}");
        assert_eq!(node["sha256"], STANDARD.encode(Sha256::digest(&bytes)));
        match kind {
            "audio" => assert_eq!(node["voice"], mime_type.starts_with("audio/ogg")),
            "document" => assert_eq!(node["filename"], "document"),
            "sticker" => assert_eq!(node["animated"], false),
            _ => {}
        }
    }
    let message = whatsapp.hears(json!({"type": "sticker"})).await;
    assert!(
        message["sticker"]["id"].is_string(),
        "no content at all will do"
    );
}

#[tokio::test]
async fn a_large_file_comes_as_a_form() {
    let whatsapp = Whatsapp::start().await;
    let bytes: Vec<u8> = (0..20 << 20)
        .map(|place: u32| (place % 251) as u8)
        .collect();
    let file = Part::bytes(bytes.clone())
        .file_name("plan.pdf")
        .mime_str("application/pdf")
        .unwrap();
    let message = json!({"type": "document", "document": {"caption": "the plan"}});
    let form = Form::new()
        .part("file", file)
        .text("message", message.to_string());
    let url = format!("{}{}", whatsapp.base, messages());
    let answer = whatsapp.client.post(url).multipart(form).send().await;
    let (status, answer) = read(answer.unwrap()).await;
    assert_eq!(status, 200, "{answer}");
    let received = whatsapp.platform.wait(1).await;
    let node = &received[0].value()["messages"][0]["document"];
    assert_eq!(node["filename"], "plan.pdf");
    assert_eq!(node["caption"], "the plan");
    assert_eq!(node["sha256"], STANDARD.encode(Sha256::digest(&bytes)));
    let answer = whatsapp.fetch(node["url"].as_str().unwrap(), TOKEN).await;
    assert_eq!(answer.bytes().await.unwrap(), bytes);
}

#[tokio::test]
async fn only_the_numbers_own_token_opens_a_link() {
    let whatsapp = Whatsapp::start().await;
    let mut other = number("http://127.0.0.1:9/callback");
    other.phone_number_id = "200".into();
    other.access_token = "token-of-the-second".into();
    whatsapp.simulator.add_number(other);
    let message = whatsapp.hears(json!({"type": "image"})).await;
    let id = message["image"]["id"].as_str().unwrap();
    let url = message["image"]["url"].as_str().unwrap();
    let answer = whatsapp.client.get(url).send().await.unwrap();
    assert_eq!(answer.status(), 401);
    let forged = url.replace("hash=", "hash=00");
    let bare = format!("{}/media/{id}", whatsapp.base);
    for (url, token, status) in [
        (url, "wrong", 401),
        (url, "token-of-the-second", 404),
        (&forged, TOKEN, 404),
        (&bare, TOKEN, 404),
        (url, TOKEN, 200),
    ] {
        assert_eq!(whatsapp.fetch(url, token).await.status(), status, "{token}");
    }
    let of_another = whatsapp.graph(id);
    let answer = whatsapp.fetch(&of_another, "token-of-the-second").await;
    let (status, answer) = read(answer).await;
    assert_eq!(
        (status, &answer["error"]["error_subcode"]),
        (400, &json!(33))
    );
    for (number, status) in [(NUMBER, 200), ("200", 400)] {
        let rest = format!("{id}?phone_number_id={number}");
        assert_eq!(whatsapp.ask("GET", &rest).await.0, status);
    }
}

#[tokio::test]
async fn links_and_ids_end() {
    let whatsapp = Whatsapp::start().await;
    let message = whatsapp.hears(json!({"type": "image"})).await;
    let id = message["image"]["id"].as_str().unwrap();
    let control = format!("/media/{id}");
    let (_, found) = whatsapp.ask("GET", id).await;
    let first = found["url"].as_str().unwrap();
    assert_eq!(
        whatsapp.put(&control, json!({"expire": "link"})).await.0,
        200
    );
    assert_eq!(whatsapp.fetch(first, TOKEN).await.status(), 404);
    let (_, found) = whatsapp.ask("GET", id).await;
    let second = found["url"].as_str().unwrap();
    assert_eq!(whatsapp.fetch(second, TOKEN).await.status(), 200);

    assert_eq!(whatsapp.put(&control, json!({"expire": "id"})).await.0, 200);
    assert_eq!(whatsapp.fetch(second, TOKEN).await.status(), 404);
    let gone = |answer: &(u16, Value)| {
        let error = &answer.1["error"];
        answer.0 == 400 && error["code"] == 100 && error["error_subcode"] == 33
    };
    for id in [id, "1234567890123456", "abc"] {
        assert!(gone(&whatsapp.ask("GET", id).await), "{id}");
        assert!(gone(&whatsapp.ask("DELETE", id).await), "{id}");
    }
    let message = whatsapp.hears(json!({"type": "image"})).await;
    let id = message["image"]["id"].as_str().unwrap();
    assert_eq!(
        whatsapp.ask("DELETE", id).await,
        (200, json!({"success": true}))
    );
    assert!(gone(&whatsapp.ask("GET", id).await));
    let media_url = whatsapp.phone(CUSTOMER).await[1]["media_url"].clone();
    let answer = whatsapp
        .client
        .get(media_url.as_str().unwrap())
        .send()
        .await;
    assert_eq!(answer.unwrap().status(), 200, "the phone keeps its picture");
}

#[tokio::test]
async fn what_is_announced_can_differ_from_the_truth() {
    let whatsapp = Whatsapp::start().await;
    let request = json!({"type": "document", "data": STANDARD.encode("<p>"), "filename": "a.pdf",
        "mime_type": "application/pdf", "content_type": "text/html", "file_size": 7, "sha256": "00"});
    let (status, made) = whatsapp.post("/media", request).await;
    assert_eq!(status, 200, "{made}");
    let id = made["id"].as_str().unwrap();
    let message = whatsapp
        .hears(json!({"type": "document", "document": {"id": id}}))
        .await;
    let node = &message["document"];
    assert_eq!(node["mime_type"], "application/pdf");
    assert_eq!(
        (&node["sha256"], &node["filename"]),
        (&json!("AA=="), &json!("a.pdf"))
    );
    let (_, found) = whatsapp.ask("GET", id).await;
    assert_eq!(
        (&found["file_size"], &found["sha256"]),
        (&json!(7), &json!("00"))
    );
    let answer = whatsapp.fetch(found["url"].as_str().unwrap(), TOKEN).await;
    assert_eq!(answer.headers()["content-type"], "text/html");
    assert_eq!(answer.headers()["content-length"], "3");

    let change = json!({"mime_type": "image/png", "content_type": "image/gif"});
    assert_eq!(whatsapp.put(&format!("/media/{id}"), change).await.0, 200);
    let (_, found) = whatsapp.ask("GET", id).await;
    assert_eq!(found["mime_type"], "image/png");
    let answer = whatsapp.fetch(found["url"].as_str().unwrap(), TOKEN).await;
    assert_eq!(answer.headers()["content-type"], "image/gif");
    let message = json!({"type": "image", "image": {"mime_type": "image/png", "url": null}});
    assert!(whatsapp.hears(message).await["image"].get("url").is_none());
}

#[tokio::test]
async fn wrong_files_are_refused_and_leave_nothing() {
    let folder = TempDir::new().unwrap();
    let whatsapp = Whatsapp::with(|config| config.data_dir = folder.path().into()).await;
    let messages = messages();
    for (path, request, named) in [
        (
            &messages[..],
            json!({"type": "image", "image": {"data": "?"}}),
            "data",
        ),
        (
            &messages,
            json!({"type": "image", "image": {"data": "", "id": "1"}}),
            "id",
        ),
        (
            &messages,
            json!({"type": "image", "image": {"mime_type": 1}}),
            "image.mime_type",
        ),
        (
            &messages,
            json!({"type": "audio", "audio": {"voice": 1}}),
            "audio.voice",
        ),
        ("/media", json!({"type": "text"}), "type"),
        ("/media", json!({"type": "image", "smell": 1}), "smell"),
    ] {
        let (status, answer) = whatsapp.post(path, request).await;
        assert_eq!(status, 400, "{answer}");
        assert!(
            answer["error"].as_str().unwrap().contains(named),
            "{answer}"
        );
    }
    for change in [json!({"expire": "never"}), json!({"smell": 1})] {
        let (status, _) = whatsapp.put("/media/1", change).await;
        assert_eq!(status, 400);
    }
    assert_eq!(
        whatsapp.put("/media/1", json!({"expire": "id"})).await.0,
        400
    );
    let form = |message: &str| {
        Form::new()
            .part("file", Part::bytes(vec![0; 100_000]))
            .text("message", message.to_owned())
    };
    let url = format!("{}{messages}", whatsapp.base);
    for message in [
        r#"{"type":"text","text":"x"}"#,
        "{",
        r#"{"type":"image","image":{"id":"1"}}"#,
    ] {
        let request = whatsapp.client.post(&url).multipart(form(message));
        assert_eq!(request.send().await.unwrap().status(), 400, "{message}");
    }
    assert!(whatsapp.phone(CUSTOMER).await.is_empty());
    let files = std::fs::read_dir(folder.path().join("media")).unwrap();
    assert_eq!(files.count(), 0);
}

#[tokio::test]
async fn files_are_kept_over_a_crash_and_what_is_nobodys_is_not() {
    let folder = TempDir::new().unwrap();
    let (platform, url) = Platform::start().await;
    let whatsapp = Whatsapp::open(config(folder.path(), &url), platform.clone()).await;
    let message = whatsapp.hears(image(b"kept")).await;
    let id = message["image"]["id"].as_str().unwrap();
    whatsapp.quiet().await;
    whatsapp.crash().await;
    let files = folder.path().join("media");
    std::fs::write(files.join("123"), "came without its message").unwrap();

    let whatsapp = Whatsapp::open(config(folder.path(), &url), platform.clone()).await;
    let names: Vec<_> = std::fs::read_dir(&files)
        .unwrap()
        .map(|file| file.unwrap().file_name())
        .collect();
    assert_eq!(names, [id]);
    let (_, found) = whatsapp.ask("GET", id).await;
    let answer = whatsapp.fetch(found["url"].as_str().unwrap(), TOKEN).await;
    assert_eq!(answer.bytes().await.unwrap(), "kept");
}

#[tokio::test]
async fn a_callback_that_outlives_its_address_goes_without_a_link() {
    let folder = TempDir::new().unwrap();
    let (platform, url) = Platform::start().await;
    let settings = config(folder.path(), "http://127.0.0.1:9/callback");
    let whatsapp = Whatsapp::open(settings, platform.clone()).await;
    let (status, _) = whatsapp.post(&messages(), image(b"late")).await;
    assert_eq!(status, 200);
    whatsapp.crash().await;
    let whatsapp = Whatsapp::open(config(folder.path(), &url), platform.clone()).await;
    let received = platform.wait(1).await;
    assert_eq!(received[0].signature, hmac(SECRET, &received[0].raw));
    let node = &received[0].value()["messages"][0]["image"];
    assert!(node.get("url").is_none(), "{node}");
    let (status, _) = whatsapp.ask("GET", node["id"].as_str().unwrap()).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn links_lead_to_where_the_simulator_was_called() {
    let whatsapp = Whatsapp::start().await;
    let router = axum::Router::new().nest("/_sim", whatsapp.simulator.router());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let base = format!("http://localhost:{port}/_sim");
    let request = whatsapp.client.post(format!("{base}{}", messages()));
    let (_, answer) = read(request.json(&image(b"x")).send().await.unwrap()).await;
    assert!(answer["id"].is_string(), "{answer}");
    let received = whatsapp.platform.wait(1).await;
    let node = &received[0].value()["messages"][0]["image"];
    let id = node["id"].as_str().unwrap();
    let look_up = format!("{base}/graph/v25.0/{id}");
    let (_, found) = read(whatsapp.fetch(&look_up, TOKEN).await).await;
    for url in [&node["url"], &found["url"]] {
        let url = url.as_str().unwrap();
        assert!(url.starts_with(&format!("{base}/media/{id}?")), "{url}");
        assert_eq!(whatsapp.fetch(url, TOKEN).await.status(), 200);
    }
}

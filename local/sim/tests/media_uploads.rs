//! Files that businesses upload and send by their ids.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use support::{refused::of, *};
use tempfile::TempDir;

/// A form with a file of a type.
fn form(bytes: &[u8], mime_type: &str) -> Form {
    let file = Part::bytes(bytes.to_vec()).file_name("a file");
    Form::new()
        .text("messaging_product", "whatsapp")
        .text("type", mime_type.to_owned())
        .part("file", file.mime_str(mime_type).unwrap())
}

async fn upload_as(whatsapp: &Whatsapp, number: &str, token: &str, form: Form) -> (u16, Value) {
    let url = whatsapp.graph(&format!("{number}/media"));
    let request = whatsapp.client.post(url).bearer_auth(token);
    read(request.multipart(form).send().await.unwrap()).await
}

/// Uploads a file and answers its id.
async fn upload(whatsapp: &Whatsapp, bytes: &[u8], mime_type: &str) -> String {
    let answer = upload_as(whatsapp, NUMBER, TOKEN, form(bytes, mime_type)).await;
    assert_eq!(answer.0, 200, "{}", answer.1);
    answer.1["id"].as_str().unwrap().to_owned()
}

/// Sends a file; answers the message's id.
async fn send(whatsapp: &Whatsapp, kind: &str, content: Value) -> String {
    let (status, answer) = whatsapp.send(&of(kind, content)).await;
    assert_eq!(status, 200, "{answer}");
    answer["messages"][0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_upload_is_looked_up_sent_shown_and_deleted() {
    let whatsapp = Whatsapp::start().await;
    let bytes = b"a picture";
    let id = upload(&whatsapp, bytes, "image/jpeg").await;
    let (status, found) = whatsapp.ask("GET", &id).await;
    let looked_up = json!({"messaging_product": "whatsapp", "id": id, "url": found["url"],
        "mime_type": "image/jpeg", "sha256": hex::encode(Sha256::digest(bytes)),
        "file_size": bytes.len()});
    assert_eq!((status, &found), (200, &looked_up));
    let answer = whatsapp.fetch(found["url"].as_str().unwrap(), TOKEN).await;
    assert_eq!(answer.bytes().await.unwrap(), &bytes[..]);

    let message = send(&whatsapp, "image", json!({"id": id, "caption": "look"})).await;
    assert_eq!(
        whatsapp.platform.statuses(&message, 2).await,
        ["sent", "delivered"]
    );
    let (status, _) = whatsapp.ask("DELETE", &id).await;
    assert_eq!(status, 200);
    let (status, answer) = whatsapp.send(&of("image", json!({"id": id}))).await;
    assert_eq!((status, &answer["error"]["code"]), (400, &json!(100)));
    assert_eq!(answer["error"]["error_subcode"], 33);

    let shown = &whatsapp.phone(CUSTOMER).await[0];
    assert_eq!(
        (&shown["type"], &shown["text"]),
        (&json!("image"), &json!("look"))
    );
    assert_eq!(shown["media_urls"], json!([shown["media_url"]]));
    let url = shown["media_url"].as_str().unwrap();
    let answer = whatsapp.client.get(url).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "image/jpeg");
    assert_eq!(
        answer.bytes().await.unwrap(),
        &bytes[..],
        "as the phone has it"
    );
}

#[tokio::test]
async fn a_file_is_of_use_to_the_number_alone_that_it_was_uploaded_for() {
    let whatsapp = Whatsapp::start().await;
    let mut other = number("http://127.0.0.1:9/callback");
    other.phone_number_id = "200".into();
    other.access_token = "token-of-the-second".into();
    whatsapp.simulator.add_number(other);
    let body = form(b"x", "image/png");
    let (status, made) = upload_as(&whatsapp, "200", "token-of-the-second", body).await;
    assert_eq!(status, 200, "{made}");
    let (status, answer) = whatsapp.send(&of("image", made)).await;
    let error = &answer["error"];
    assert_eq!(
        (status, &error["code"], &error["error_subcode"]),
        (400, &json!(100), &json!(33))
    );
    for (number, token, code) in [
        ("200", TOKEN, 100),
        ("300", TOKEN, 100),
        (NUMBER, "wrong", 190),
    ] {
        let (_, answer) = upload_as(&whatsapp, number, token, form(b"x", "image/png")).await;
        assert_eq!(answer["error"]["code"], code, "{answer}");
    }
}

#[tokio::test]
async fn uploads_that_meta_would_refuse_are_refused_and_leave_nothing() {
    let folder = TempDir::new().unwrap();
    let whatsapp = Whatsapp::with(|config| config.data_dir = folder.path().into()).await;
    let file = || Part::bytes(b"x".to_vec()).file_name("x");
    let png = || file().mime_str("image/png").unwrap();
    let product = || Form::new().text("messaging_product", "whatsapp");
    let long = "x".repeat(5_000);
    for (what, form, code, named) in [
        (
            "no product",
            Form::new().part("file", png()),
            100,
            "messaging_product",
        ),
        (
            "another product",
            Form::new()
                .text("messaging_product", "telegram")
                .part("file", png()),
            100,
            "messaging_product",
        ),
        ("no file", product(), 100, "file"),
        (
            "a file as text",
            product().text("file", "@/a/file"),
            100,
            "octet-stream",
        ),
        (
            "two files",
            product().part("file", png()).part("file", png()),
            100,
            "one file",
        ),
        (
            "no type",
            product().part("file", file()),
            100,
            "application/octet-stream",
        ),
        (
            "a type of no use",
            form(b"x", "application/zip"),
            100,
            "'application/zip'",
        ),
        ("an empty file", form(b"", "image/png"), 131_053, "empty"),
        ("a long field", product().text("type", long), 100, "type"),
    ] {
        let (status, answer) = upload_as(&whatsapp, NUMBER, TOKEN, form).await;
        assert_eq!(
            (status, &answer["error"]["code"]),
            (400, &json!(code)),
            "{what}: {answer}"
        );
        let error = answer["error"].to_string();
        assert!(error.contains(named), "{what}: {answer}");
    }
    let (status, answer) = {
        let url = whatsapp.graph(&format!("{NUMBER}/media"));
        let request = whatsapp.client.post(url).bearer_auth(TOKEN);
        read(request.json(&json!({"file": "x"})).send().await.unwrap()).await
    };
    assert_eq!((status, &answer["error"]["code"]), (400, &json!(100)));
    assert_eq!(whatsapp.ask("GET", &format!("{NUMBER}/media")).await.0, 400);
    let files = std::fs::read_dir(folder.path().join("media")).unwrap();
    assert_eq!(files.count(), 0);
}

#[tokio::test]
async fn a_file_must_fit_what_it_is_sent_as() {
    let whatsapp = Whatsapp::start().await;
    let mut still = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0".to_vec();
    still.resize(101 << 10, 0);
    let mut moving = still.clone();
    moving[20] = 0x02;
    let png = upload(&whatsapp, b"x", "image/png").await;
    let large = upload(&whatsapp, &vec![0; (5 << 20) + 1], "image/png").await;
    let webp = upload(&whatsapp, b"x", "image/webp").await;
    let still = upload(&whatsapp, &still, "image/webp").await;
    let moving = upload(&whatsapp, &moving, "image/webp").await;
    let voice = upload(&whatsapp, b"x", "audio/ogg; codecs=opus").await;
    let song = upload(&whatsapp, b"x", "audio/mpeg").await;
    let header = |id: &str| {
        json!({"type": "button", "body": {"text": "x"},
            "header": {"type": "image", "image": {"id": id}},
            "action": {"buttons": [{"type": "reply", "reply": {"id": "1", "title": "x"}}]}})
    };
    for (kind, content, named) in [
        ("image", json!({"id": webp}), "image/webp"),
        ("image", json!({"id": large}), "5 MB"),
        ("video", json!({"id": png}), "image/png"),
        ("sticker", json!({"id": still}), "100 KB"),
        ("audio", json!({"id": song, "voice": true}), "audio/mpeg"),
        ("interactive", header(&webp), "image/webp"),
    ] {
        let count = whatsapp.platform.received().len();
        let message = send(&whatsapp, kind, content).await;
        let received = whatsapp.platform.wait(count + 1).await;
        let status = &received[count].value()["statuses"][0];
        assert_eq!(
            (&status["id"], &status["status"]),
            (&json!(message), &json!("failed"))
        );
        let error = &status["errors"][0];
        assert_eq!(error["code"], 131_053, "{status}");
        let details = error["error_data"]["details"].as_str().unwrap();
        assert!(details.contains(named), "{details}");
    }
    for (kind, content) in [
        ("image", json!({"id": png})),
        ("document", json!({"id": large, "filename": "plan.png"})),
        ("sticker", json!({"id": moving})),
        ("audio", json!({"id": voice, "voice": true})),
        ("audio", json!({"id": song})),
        ("interactive", header(&png)),
    ] {
        let message = send(&whatsapp, kind, content).await;
        let statuses = whatsapp.platform.statuses(&message, 2).await;
        assert_eq!(statuses, ["sent", "delivered"], "{kind}");
    }
    let phone = whatsapp.phone(CUSTOMER).await;
    assert_eq!(phone.len(), 6, "what failed never came");
    assert!(phone.iter().all(|message| message["media_url"].is_string()));
    let path = format!("/customers/{CUSTOMER}/messages?failed=true");
    let (_, all) = whatsapp.get(&path).await;
    let error = &all[0]["error"];
    assert_eq!(error["code"], 131_053);
    assert!(error["details"].as_str().unwrap().contains("image/webp"));
}

#[tokio::test]
async fn uploads_are_logged_without_their_bytes() {
    let whatsapp = Whatsapp::start().await;
    let id = upload(&whatsapp, b"a secret picture", "image/jpeg").await;
    let (_, log) = whatsapp.get("/requests").await;
    let call = &log[0];
    assert_eq!(call["path"], format!("/v25.0/{NUMBER}/media"));
    assert_eq!(call["phone_number_id"], NUMBER);
    assert_eq!(call["response"], json!({"id": id}));
    let file = json!({"filename": "a file", "mime_type": "image/jpeg", "file_size": 16,
        "sha256": hex::encode(Sha256::digest(b"a secret picture"))});
    let body = json!({"messaging_product": "whatsapp", "type": "image/jpeg", "file": file});
    assert_eq!(call["body"], body);
    let log = log.to_string();
    assert!(!log.contains("a secret picture") && !log.contains(TOKEN));
    assert!(!log.contains(&STANDARD.encode("a secret picture")));
}

#[tokio::test]
async fn uploads_fail_as_told() {
    let folder = TempDir::new().unwrap();
    let whatsapp = Whatsapp::with(|config| config.data_dir = folder.path().into()).await;
    let count = || {
        let files = std::fs::read_dir(folder.path().join("media")).unwrap();
        files.count()
    };
    let matches = json!({"path": "/media", "method": "POST"});
    for (fault, status) in [
        (json!({"http": 502}), 502),
        (json!({"error": {"code": 131_053}}), 400),
        (json!({"error": {"code": 130_429}}), 429),
    ] {
        let mut fault = fault;
        fault["match"] = matches.clone();
        fault["times"] = json!(1);
        assert_eq!(whatsapp.post("/faults", fault).await.0, 200);
        whatsapp.send_text(CUSTOMER, "this path is another").await;
        let answer = upload_as(&whatsapp, NUMBER, TOKEN, form(b"x", "image/png")).await;
        assert_eq!(answer.0, status);
        assert_eq!(count(), 0);
    }
    for (accept, kept) in [(false, 0), (true, 1)] {
        let fault = json!({"match": matches, "drop": true, "accept": accept, "times": 1});
        assert_eq!(whatsapp.post("/faults", fault).await.0, 200);
        let url = whatsapp.graph(&format!("{NUMBER}/media"));
        let request = whatsapp.client.post(url).bearer_auth(TOKEN);
        let request = request.multipart(form(b"x", "image/png"));
        assert!(request.send().await.is_err());
        until("file", || async { (count() == kept).then_some(()) }).await;
    }
    let fault = json!({"match": matches, "delay_ms": 200, "times": 1});
    assert_eq!(whatsapp.post("/faults", fault).await.0, 200);
    let start = std::time::Instant::now();
    upload(&whatsapp, b"x", "image/png").await;
    assert!(start.elapsed() >= std::time::Duration::from_millis(200));
}

#[tokio::test]
async fn uploads_outlive_a_crash() {
    let folder = TempDir::new().unwrap();
    let (platform, url) = Platform::start().await;
    let whatsapp = Whatsapp::open(config(folder.path(), &url), platform.clone()).await;
    let id = upload(&whatsapp, b"kept", "image/png").await;
    send(&whatsapp, "image", json!({"id": id})).await;
    whatsapp.quiet().await;
    whatsapp.crash().await;
    let whatsapp = Whatsapp::open(config(folder.path(), &url), platform.clone()).await;
    send(&whatsapp, "image", json!({"id": id})).await;
    for shown in whatsapp.phone(CUSTOMER).await {
        let url = shown["media_url"].as_str().unwrap();
        let answer = whatsapp.client.get(url).send().await.unwrap();
        assert_eq!(answer.bytes().await.unwrap(), "kept");
    }
}

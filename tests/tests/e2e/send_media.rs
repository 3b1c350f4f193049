//! Files that go to customers.

use std::time::Duration;

use http::Method;
use openwati_services::{files::Source, media_send::MediaSendJob, send::Heeds};
use openwati_tests::{
    Answer, Client, FileHost, HostedFile, Needs, Phone, Receiver, Running, SOON, eventually, lacks,
    someone,
};
use serde_json::{Value, json};

use crate::media::follow;

const SEND_MEDIA: &str = "/api/public/v1/send-media";

/// Sends a file.
pub(crate) async fn send(client: &Client, body: &Value) -> Answer {
    client.call_with(Method::POST, SEND_MEDIA, body).await
}

/// Sends a file under an idempotency key.
async fn send_once(client: &Client, key: &str, body: &Value) -> Answer {
    let request = client.request(Method::POST, SEND_MEDIA).json(body);
    Client::answer(request.header("idempotency-key", key)).await
}

/// The one message that came to a phone.
pub(crate) async fn the_one(phone: &Phone) -> Value {
    let came = came(phone).await;
    assert_eq!(came.len(), 1, "{came:?}");
    came[0].clone()
}

/// What came to a phone.
pub(crate) async fn came(phone: &Phone) -> Vec<Value> {
    let mut shown = phone.shows().await;
    shown.retain(|message| message["direction"] == "out");
    shown
}

pub(crate) async fn bytes_at(url: &Value) -> Vec<u8> {
    let answer = reqwest::get(url.as_str().unwrap()).await.unwrap();
    let answer = answer.error_for_status().unwrap();
    answer.bytes().await.unwrap().to_vec()
}

/// A platform whose callers wait for two seconds.
pub(crate) async fn impatient() -> Running {
    Running::start(|options| {
        options.function_timeout = Some(Duration::from_secs(3));
        options.speed = 20.0;
    })
    .await
}

#[tokio::test]
async fn the_phone_shows_the_file_that_an_address_leads_to() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let host = FileHost::start().await;
    let file = HostedFile::new("application/pdf", b"%PDF-1.7\nJanuary".as_slice());
    let to = someone();
    let sent = send(
        &tenant.client,
        &json!({
            "to": format!("+{to}"), "type": "document", "url": host.has("/invoice", file.clone()),
            "fileName": "invoice-2026-001.pdf", "mimetype": "application/pdf", "caption": "Your invoice for January",
        }),
    )
    .await
    .ok();
    assert_eq!(sent.body["status"], "sent");
    assert_eq!(sent.body["to"], to);
    let shown = the_one(&platform.whatsapp().phone(&to)).await;
    assert_eq!(shown["id"], sent.wamid());
    assert_eq!(shown["type"], "document");
    let document = &shown["raw"]["document"];
    assert_eq!(document["filename"], "invoice-2026-001.pdf");
    assert_eq!(document["caption"], "Your invoice for January");
    assert_eq!(bytes_at(&shown["media_url"]).await, file.bytes);

    let message = tenant.client.message(sent.id()).await.ok().body["message"].take();
    assert_eq!(message["type"], "document");
    assert_eq!(message["text"], "Your invoice for January");
    let media = &message["media"];
    assert_eq!(media["status"], "stored");
    assert_eq!(media["mime_type"], "application/pdf");
    assert_eq!(media["file_name"], "invoice-2026-001.pdf");
    assert_eq!(media["size"], file.bytes.len());
    let (status, stored) = follow(&tenant.client, &media["url"]).await;
    assert_eq!(status, 302);
    assert_eq!(stored.bytes().await.unwrap(), file.bytes);
    assert_eq!(tenant.places_taken().await, 1);
}

#[tokio::test]
async fn every_kind_of_file_is_sent_as_what_it_is() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let host = FileHost::start().await;
    let ogg = b"OggS\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x13OpusHead".as_slice();
    let webp = b"RIFF\x24\0\0\0WEBPVP8 \x18\0\0\0\x30\x01\0\x9d\x01\x2a\x01\0\x01\0".as_slice();
    let mp4 = b"\0\0\0\x18ftypisom\0\0\0\0isommp41".as_slice();
    for (kind, extra, file) in [
        (
            "image",
            json!({"caption": "Look"}),
            HostedFile::png("kinds"),
        ),
        ("video", json!({}), HostedFile::new("video/mp4", mp4)),
        (
            "audio",
            json!({"voice": true}),
            HostedFile::new("audio/ogg", ogg),
        ),
        ("sticker", json!({}), HostedFile::new("image/webp", webp)),
    ] {
        let to = someone();
        let mut body = extra;
        body["to"] = json!(to);
        body["type"] = json!(kind);
        body["url"] = json!(host.has(&format!("/{kind}"), file.clone()));
        send(&tenant.client, &body).await.ok();
        let shown = the_one(&platform.whatsapp().phone(&to)).await;
        assert_eq!(shown["type"], kind);
        assert_eq!(bytes_at(&shown["media_url"]).await, file.bytes, "{kind}");
        if kind == "audio" {
            assert_eq!(shown["raw"]["audio"]["voice"], true);
        }
    }
}

#[tokio::test]
async fn a_voice_note_of_anything_but_ogg_with_opus_is_refused() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let host = FileHost::start().await;
    let mp3 = b"ID3\x03\0\0\0\0\0\0\xff\xfb\x90\0".as_slice();
    let to = someone();
    let url = host.has("/song.mp3", HostedFile::new("audio/mpeg", mp3));
    let mut body = json!({"to": to, "type": "audio", "url": url, "voice": true});
    let refused = send(&tenant.client, &body).await;
    let refused = refused.refused(415, "unsupported_media_type");
    assert!(
        refused.error().contains("a voice note takes audio/ogg"),
        "{}",
        refused.text
    );
    body["voice"] = json!(false);
    send(&tenant.client, &body).await.ok();
    let shown = the_one(&platform.whatsapp().phone(&to)).await;
    assert_eq!(shown["type"], "audio");
}

#[tokio::test]
async fn a_document_without_a_name_has_that_of_its_address() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let host = FileHost::start().await;
    let file = HostedFile::new("application/pdf", b"%PDF-1.7\nnamed".as_slice());
    let url = host.has("/files/a%20price%20list.pdf", file);
    let to = someone();
    let body = json!({"to": to, "type": "document", "url": format!("{url}?signature=secret")});
    send(&tenant.client, &body).await.ok();
    let shown = the_one(&platform.whatsapp().phone(&to)).await;
    assert_eq!(shown["raw"]["document"]["filename"], "a price list.pdf");
}

#[tokio::test]
async fn what_is_refused_for_another_reason_is_not_even_fetched() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let host = FileHost::start().await;
    let url = host.has("/secret", HostedFile::png("unasked"));
    let body =
        json!({"to": someone(), "type": "image", "url": url, "deviceId": tenant.id.as_str()});
    send(&tenant.client, &body).await.refused(404, "not_found");
    let reader = tenant.key().scopes(&["messages:read"]).make().await;
    let body = json!({"to": someone(), "type": "image", "url": url});
    send(&reader, &body).await.refused(403, "missing_scope");
    let body = json!({"to": "12", "type": "image", "url": url});
    send(&tenant.client, &body)
        .await
        .refused(400, "invalid_phone_number");
    assert_eq!(host.asked("/secret").len(), 0);
    assert_eq!(tenant.client.all(&[]).await.len(), 0);
    assert_eq!(tenant.places_taken().await, 0);
}

#[tokio::test]
async fn an_address_without_a_file_is_refused_and_leaves_nothing_behind() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let host = FileHost::start().await;
    let url = host.answers("/later", 404);
    let to = someone();
    let body = json!({"to": to, "type": "image", "url": url});
    let refused = send_once(&tenant.client, "k", &body).await;
    let refused = refused.refused(400, "media_url_failed");
    assert!(refused.error().contains("404"), "{}", refused.text);
    assert_eq!(tenant.client.all(&[]).await.len(), 0);
    assert_eq!(tenant.places_taken().await, 0);

    // It is judged anew.
    host.has("/later", HostedFile::png("later"));
    assert!(!send_once(&tenant.client, "k", &body).await.ok().replayed());
    assert!(send_once(&tenant.client, "k", &body).await.ok().replayed());
    the_one(&platform.whatsapp().phone(&to)).await;
}

#[tokio::test]
async fn a_file_that_whatsapp_does_not_know_any_more_is_uploaded_anew() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let host = FileHost::start().await;
    let url = host.has("/picture", HostedFile::png("forgotten"));
    let (first, second) = (someone(), someone());
    let body = |to: &str| json!({"to": to, "type": "image", "url": url});
    send(&tenant.client, &body(&first)).await.ok();
    let whatsapp = platform.whatsapp();
    let unknown = json!({"error": {"code": 131_053}, "times": 1});
    whatsapp.trouble(&second, unknown).await;
    send(&tenant.client, &body(&second)).await.ok();
    let (first, second) = (
        the_one(&whatsapp.phone(&first)).await,
        the_one(&whatsapp.phone(&second)).await,
    );
    let id = |shown: &Value| shown["raw"]["image"]["id"].as_str().unwrap().to_owned();
    assert_ne!(id(&first), id(&second));
    assert_eq!(
        bytes_at(&second["media_url"]).await,
        HostedFile::png("forgotten").bytes
    );
    assert_eq!(tenant.places_taken().await, 2);
}

#[tokio::test]
async fn a_slow_file_is_taken_on_and_sent_once_it_is_there() {
    if lacks(Needs::OwnPlatform) {
        return;
    }
    let platform = impatient().await;
    let tenant = platform.tenant().make().await;
    let host = FileHost::start().await;
    let file = HostedFile::png("slow");
    let url = host.has("/slow.png", file.clone());
    host.holds(true);
    let to = someone();
    let body = json!({"to": to, "type": "image", "url": url, "caption": "At last"});
    let taken = send_once(&tenant.client, "slow", &body).await;
    assert_eq!(taken.status, 202, "{}", taken.text);
    let expected = json!({"ok": true, "id": taken.id(), "status": "accepted", "to": to});
    assert_eq!(taken.body, expected);
    assert!(!taken.replayed());

    let again = send_once(&tenant.client, "slow", &body).await;
    assert_eq!((again.status, &again.body), (202, &expected));
    assert!(again.replayed());
    let message = tenant.client.message(taken.id()).await.ok().body["message"].take();
    assert_eq!(message["status"], "accepted");
    assert_eq!(message["media"]["status"], "pending");
    assert_eq!(message["text"], "At last");
    assert_eq!(tenant.places_taken().await, 1);

    host.holds(false);
    let message = tenant.client.reaches(taken.id(), "delivered").await;
    assert_eq!(message["media"]["status"], "stored");
    let (status, stored) = follow(&tenant.client, &message["media"]["url"]).await;
    assert_eq!(status, 302);
    assert_eq!(stored.bytes().await.unwrap(), file.bytes);
    let shown = the_one(&platform.whatsapp().phone(&to)).await;
    assert_eq!(shown["raw"]["image"]["caption"], "At last");
    assert_eq!(bytes_at(&shown["media_url"]).await, file.bytes);
    let sent = send_once(&tenant.client, "slow", &body).await.ok();
    assert!(sent.replayed());
    assert_eq!(sent.wamid(), shown["id"]);
    assert_eq!(sent.id(), taken.id());
    assert_eq!(tenant.places_taken().await, 1);
    platform.stop().await;
}

#[tokio::test]
async fn a_file_that_never_comes_fails_its_message_and_gives_its_place_back() {
    if lacks(Needs::OwnPlatform) {
        return;
    }
    let platform = impatient().await;
    let tenant = platform.tenant().cap(1).make().await;
    let host = FileHost::start().await;
    let receiver = Receiver::start().await;
    tenant
        .client
        .webhook(receiver.url(), &["message.status"])
        .await;
    let url = host.has(
        "/gone.pdf",
        HostedFile::new("application/pdf", b"%PDF-1.7\n".as_slice()),
    );
    host.holds(true);
    let to = someone();
    let body = json!({"to": to, "type": "document", "url": url});
    let taken = send_once(&tenant.client, "k", &body).await;
    assert_eq!(taken.status, 202, "{}", taken.text);
    let full = json!({"to": someone(), "type": "document", "url": url});
    send(&tenant.client, &full)
        .await
        .refused(409, "plan_cap_reached");

    host.answers("/gone.pdf", 410);
    host.holds(false);
    let message = tenant.client.reaches(taken.id(), "failed").await;
    assert_eq!(message["error"]["name"], "media_url_failed");
    assert!(
        message["error"]["title"].as_str().unwrap().contains("410"),
        "{message}"
    );
    eventually("the file is given up", SOON, || async {
        let message = tenant.client.message(taken.id()).await.body;
        (message["message"]["media"]["status"] == "failed").then_some(())
    })
    .await;
    let told = receiver
        .gets_one("the failure", |event| event["status"] == "failed")
        .await
        .json();
    assert_eq!(told["event"], "message.status");
    assert_eq!(told["messageId"], Value::Null);
    assert_eq!(told["id"], taken.id());
    assert_eq!(told["to"], to);
    assert_eq!(told["error"]["name"], "media_url_failed");

    let again = send_once(&tenant.client, "k", &body).await;
    let again = again.refused(400, "media_url_failed");
    assert!(again.replayed());
    assert_eq!(again.id(), taken.id());
    assert_eq!(came(&platform.whatsapp().phone(&to)).await.len(), 0);
    eventually("the place is given back", SOON, || async {
        (tenant.places_taken().await == 0).then_some(())
    })
    .await;
    platform.stop().await;
}

#[tokio::test]
async fn what_whatsapp_is_too_busy_for_is_sent_later_and_what_it_refuses_has_failed() {
    if lacks(Needs::OwnPlatform) {
        return;
    }
    let platform = impatient().await;
    let tenant = platform.tenant().make().await;
    let host = FileHost::start().await;
    let url = host.has("/picture.png", HostedFile::png("busy"));
    let whatsapp = platform.whatsapp();
    let (busy, refused) = (someone(), someone());
    whatsapp
        .trouble(&busy, json!({"error": {"code": 131_016}, "times": 2}))
        .await;
    whatsapp
        .trouble(&refused, json!({"error": {"code": 131_026}, "times": 1}))
        .await;
    host.holds(true);
    let mut taken = Vec::new();
    for to in [&busy, &refused] {
        let body = json!({"to": to, "type": "image", "url": url});
        let answer = send(&tenant.client, &body).await;
        assert_eq!(answer.status, 202, "{}", answer.text);
        taken.push(answer.id().to_owned());
    }
    host.holds(false);
    tenant.client.reaches(&taken[0], "delivered").await;
    the_one(&whatsapp.phone(&busy)).await;
    let failed = tenant.client.reaches(&taken[1], "failed").await;
    assert_eq!(failed["error"]["code"], 131_026);
    assert_eq!(failed["media"]["status"], "stored");
    assert_eq!(came(&whatsapp.phone(&refused)).await.len(), 0);
    eventually("its place is given back", SOON, || async {
        (tenant.places_taken().await == 1).then_some(())
    })
    .await;
    platform.stop().await;
}

#[tokio::test]
async fn what_was_uploaded_is_sent_by_its_id_as_often_as_one_likes() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let file = HostedFile::png("uploaded");
    let new = json!({"mimetype": file.content_type, "size": file.bytes.len()});
    let path = "/api/public/v1/uploads";
    let request = tenant.client.request(Method::POST, path).json(&new);
    let request = request.header("idempotency-key", "upload");
    let again = Client::answer(request.try_clone().unwrap()).await;
    let made = Client::answer(request).await;
    for (answer, replayed) in [(&again, false), (&made, true)] {
        assert_eq!(answer.status, 201, "{}", answer.text);
        assert_eq!(answer.replayed(), replayed);
        assert_eq!(answer.body["method"], "PUT");
        assert_eq!(answer.body["headers"], json!({"Content-Type": "image/png"}));
    }
    let upload = made.str("uploadId");
    assert_eq!(again.str("uploadId"), upload);

    let body = |to: &str| json!({"to": to, "type": "image", "uploadId": upload});
    let nothing = send(&tenant.client, &body(&someone())).await;
    nothing.refused(404, "upload_not_found");
    let put = |bytes: Vec<u8>, content_type: &str| {
        let put = reqwest::Client::new().put(made.str("url")).body(bytes);
        put.header("content-type", content_type).send()
    };
    let other = put(file.bytes.clone(), "text/html").await.unwrap();
    assert_eq!(other.status(), 403, "another type was not signed");
    let longer = [file.bytes.clone(), vec![0]].concat();
    let longer = put(longer, "image/png").await.unwrap();
    assert_eq!(longer.status(), 403, "another length was not signed");
    let there = put(file.bytes.clone(), "image/png").await.unwrap();
    assert_eq!(there.status(), 200);
    for to in [someone(), someone()] {
        send(&tenant.client, &body(&to)).await.ok();
        let shown = the_one(&platform.whatsapp().phone(&to)).await;
        assert_eq!(bytes_at(&shown["media_url"]).await, file.bytes);
    }
    let other = platform.tenant().make().await;
    let foreign = send(&other.client, &body(&someone())).await;
    foreign.refused(404, "upload_not_found");
}

#[tokio::test]
async fn an_upload_of_no_length_or_type_is_refused() {
    let tenant = Running::shared().tenant().make().await;
    for (mimetype, size) in [
        ("image/png", 0),
        ("image/png", 104_857_601),
        ("png", 1),
        ("a/b\r\nc: d", 1),
    ] {
        let new = json!({"mimetype": mimetype, "size": size});
        let answer = tenant
            .client
            .call_with(Method::POST, "/api/public/v1/uploads", &new)
            .await;
        answer.refused(400, "invalid_upload");
    }
}

#[tokio::test]
async fn a_message_whose_job_nobody_can_work_has_failed() {
    if lacks(Needs::OwnPlatform) {
        return;
    }
    let platform = impatient().await;
    let tenant = platform.tenant().make().await;
    let host = FileHost::start().await;
    let receiver = Receiver::start().await;
    let url = host.has("/picture.png", HostedFile::png("dead letter"));
    host.holds(true);
    let to = someone();
    let body = json!({"to": to, "type": "image", "url": url});
    let taken = send(&tenant.client, &body).await;
    assert_eq!(taken.status, 202, "{}", taken.text);
    let wanted = ["message.status"];
    tenant.client.webhook(receiver.url(), &wanted).await;
    let found = tenant.store().tenant_with_channels(&tenant.id).await;
    let accepted_at = tenant.services().now();
    let letter = MediaSendJob {
        tenant: tenant.id.clone(),
        message: taken.id().parse().unwrap(),
        source: Source::Url(url),
        mime_type: None,
        accepted_at,
        day: found.unwrap().unwrap().tenant.day(accepted_at),
        heeds: Heeds::OptOut,
        tries: 9,
    };
    let dead_letters = &platform.ready().aws.queues["media-send-dead-letters"];
    let sent = platform.aws().sqs.send_message().queue_url(dead_letters);
    let sent = sent.message_body(serde_json::to_string(&letter).unwrap());
    sent.send().await.unwrap();

    let failed = tenant.client.reaches(taken.id(), "failed").await;
    assert_eq!(failed["error"]["name"], "not_worked");
    let told = receiver.gets(1).await.remove(0).json();
    assert_eq!(
        (&told["id"], &told["status"]),
        (&json!(taken.id()), &json!("failed"))
    );
    eventually("the place is given back", SOON, || async {
        (tenant.places_taken().await == 0).then_some(())
    })
    .await;
    // Its own job finds it so.
    host.holds(false);
    assert_eq!(came(&platform.whatsapp().phone(&to)).await.len(), 0);
    platform.stop().await;
}

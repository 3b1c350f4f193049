//! The files that customers send.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use openwati_store::aws::Clients;
use openwati_tests::{
    Client, Needs, Receiver, Running, SOON, Simulated, Tenant, eventually, lacks, someone,
};
use serde_json::{Value, json};

/// A picture by its first bytes, told from others by its last.
fn png(end: &str) -> Vec<u8> {
    [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), end.as_bytes()].concat()
}

/// A message with a file, as the simulated WhatsApp takes it.
fn image(bytes: &[u8]) -> Value {
    json!({"type": "image", "image": {"data": STANDARD.encode(bytes), "mime_type": "image/png"}})
}

/// The message, once its file is stored or has failed.
pub(crate) async fn settled(client: &Client, wamid: &str, within: Duration) -> Value {
    eventually("the file is settled", within, || async {
        let answer = client.message(wamid).await;
        let message = answer.body["message"].clone();
        (answer.status == 200 && message["media"]["status"] != "pending").then_some(message)
    })
    .await
}

async fn stored(client: &Client, wamid: &str) -> Value {
    let message = settled(client, wamid, SOON).await;
    assert_eq!(message["media"]["status"], "stored", "{message}");
    message
}

/// Why a file failed.
async fn failed(client: &Client, wamid: &str) -> String {
    let message = settled(client, wamid, SOON).await;
    assert_eq!(message["media"]["status"], "failed", "{message}");
    message["media"]["reason"].as_str().unwrap().to_owned()
}

/// What a link of ours answers.
pub(crate) async fn follow(client: &Client, url: &Value) -> (u16, reqwest::Response) {
    let url = url.as_str().unwrap();
    let path = &url[url.find("/media/").unwrap()..];
    let ours = client.stranger(Method::GET, path).send().await.unwrap();
    let status = ours.status().as_u16();
    let Some(location) = ours.headers().get("location") else {
        return (status, ours);
    };
    let theirs = reqwest::get(location.to_str().unwrap()).await.unwrap();
    (status, theirs)
}

/// The names of a tenant's files in the bucket.
pub(crate) async fn files(aws: &Clients, bucket: &str, tenant: &str) -> Vec<String> {
    let list = aws.s3.list_objects_v2().bucket(bucket);
    let list = list.prefix(format!("{tenant}/media/")).send().await;
    let objects = list.unwrap().contents.unwrap_or_default();
    objects
        .into_iter()
        .filter_map(|object| object.key)
        .collect()
}

/// Puts a file into the simulated WhatsApp of the platform at `base_url`, as it comes. Answers its id.
pub(crate) async fn upload(base_url: &str, kind: &str, file: Vec<u8>) -> Value {
    let part = reqwest::multipart::Part::bytes(file).file_name("file");
    let form = reqwest::multipart::Form::new()
        .text(
            "message",
            json!({"type": kind, "mime_type": "application/pdf"}).to_string(),
        )
        .part("file", part);
    let request = reqwest::Client::new().post(format!("{base_url}/_sim/media"));
    let answer = request.multipart(form).send().await.unwrap();
    let answer: Value = answer.error_for_status().unwrap().json().await.unwrap();
    answer["id"].clone()
}

async fn sends(whatsapp: &Simulated, tenant: &Tenant, message: Value) -> String {
    let number = &tenant.channel().phone_number_id;
    whatsapp.phone(&someone()).does(number, message).await
}

#[tokio::test]
async fn a_customers_file_is_stored_once_and_handed_out_by_its_links() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let whatsapp = platform.whatsapp();
    let bytes = png("one");
    let mut wamids = Vec::new();
    for _ in 0..2 {
        wamids.push(sends(&whatsapp, &tenant, image(&bytes)).await);
    }
    for wamid in &wamids {
        let message = stored(&tenant.client, wamid).await;
        let media = &message["media"];
        assert_eq!(media["mime_type"], "image/png");
        assert_eq!(media["size"], bytes.len());
        let (status, file) = follow(&tenant.client, &media["url"]).await;
        assert_eq!((status, file.status().as_u16()), (302, 200));
        assert_eq!(file.headers()["content-type"], "image/png");
        let disposition = &file.headers()["content-disposition"];
        assert_eq!(disposition, "inline; filename=\"image.png\"");
        assert_eq!(file.bytes().await.unwrap(), bytes);
    }
    let bucket = &platform.ready().aws.bucket;
    let kept = files(&platform.aws(), bucket, tenant.id.as_str()).await;
    assert_eq!(kept.len(), 1, "{kept:?}");
}

#[tokio::test]
async fn a_link_is_for_head_too_and_dies_when_it_is_revoked() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let client = &tenant.client;
    let wamid = sends(&platform.whatsapp(), &tenant, image(&png("revoked"))).await;
    let message = stored(client, &wamid).await;
    let url = &message["media"]["url"];
    let link = url.as_str().unwrap();
    let path = &link[link.find("/media/").unwrap()..];
    let head = client.stranger(Method::HEAD, path).send().await.unwrap();
    assert_eq!(head.status(), 302);
    for (name, value) in [
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(head.headers()[name], value);
    }
    let location = head.headers()["location"].to_str().unwrap();
    let file = reqwest::Client::new().head(location).send().await.unwrap();
    assert_eq!(file.status(), 200);
    assert_eq!(
        file.headers()["content-length"],
        png("revoked").len().to_string()
    );

    let id = message["id"].as_str().unwrap();
    let revoke = format!("/api/public/v1/messages/{id}/media-link");
    let other = platform.tenant().make().await;
    let foreign = other.client.call(Method::DELETE, &revoke).await;
    foreign.refused(404, "not_found");
    assert_eq!(follow(client, url).await.0, 302);
    let revoked = client.call(Method::DELETE, &revoke).await.ok();
    assert_eq!(revoked.body, json!({"ok": true, "deleted": 1}));
    assert_eq!(follow(client, url).await.0, 404);
    let anew = client.message(id).await.ok();
    let anew = &anew.body["message"]["media"]["url"];
    assert_eq!(follow(client, anew).await.0, 302);
}

#[tokio::test]
async fn a_link_dies_when_the_customer_deletes_the_message() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let client = &tenant.client;
    let number = &tenant.channel().phone_number_id;
    let phone = platform.whatsapp().phone(&someone());
    let wamid = phone.does(number, image(&png("regretted"))).await;
    let message = stored(client, &wamid).await;
    let link = &message["media"]["url"];
    assert_eq!(follow(client, link).await.0, 302);
    let revoke = json!({"type": "revoke", "revoke": {"original_message_id": wamid}});
    phone.does(number, revoke).await;
    eventually("the link is dead", SOON, || async {
        (follow(client, link).await.0 == 404).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_link_that_is_none_answers_404_and_says_nothing() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    for token in ["x", &"A".repeat(88), "..%2F..%2Fetc"] {
        let path = format!("/media/{token}");
        let request = tenant.client.stranger(Method::GET, &path);
        Client::answer(request).await.refused(404, "not_found");
    }
}

#[tokio::test]
async fn a_file_with_a_dangerous_name_and_type_is_saved_and_not_run() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let page = b"<!DOCTYPE html><html><script>alert(1)</script></html>";
    let name = "../../\u{202e}Ren\u{e9} \u{1f600}\r\nX-Evil: 1\".html";
    let document =
        json!({"data": STANDARD.encode(page), "mime_type": "text/html", "filename": name});
    let message = json!({"type": "document", "document": document});
    let wamid = sends(&platform.whatsapp(), &tenant, message).await;
    let message = stored(&tenant.client, &wamid).await;
    let (status, file) = follow(&tenant.client, &message["media"]["url"]).await;
    assert_eq!((status, file.status().as_u16()), (302, 200));
    assert_eq!(file.headers()["content-type"], "application/octet-stream");
    assert!(file.headers().get("x-evil").is_none());
    assert_eq!(
        file.headers()["content-disposition"],
        "attachment; filename=\"Ren_ _X-Evil_ 1_.html\"; \
         filename*=UTF-8''Ren%C3%A9%20%F0%9F%98%80X-Evil_%201_.html"
    );
    assert_eq!(file.bytes().await.unwrap().as_ref(), page);
}

#[tokio::test]
async fn trouble_that_passes_is_waited_out() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let whatsapp = platform.whatsapp();
    let number = &tenant.channel().phone_number_id;
    let troubles = [
        json!({"truncate": 5}),
        json!({"corrupt": true}),
        json!({"http": 503}),
        json!({"drop": true}),
        json!({"error": {"code": 190}}),
        json!({"error": {"code": 131000}}),
    ];
    let mut wamids = Vec::new();
    for (at, mut trouble) in troubles.into_iter().enumerate() {
        let kind = json!({"type": "image", "data": STANDARD.encode(png(&at.to_string()))});
        let id = whatsapp
            .post("/media", &with(kind, "channel", number))
            .await["id"]
            .clone();
        let path = if trouble.get("error").is_some() {
            format!("/{}", id.as_str().unwrap())
        } else {
            format!("/media/{}", id.as_str().unwrap())
        };
        trouble["match"] = json!({"path": path});
        trouble["times"] = json!(2);
        whatsapp.post("/faults", &trouble).await;
        let message = json!({"type": "image", "image": {"id": id}});
        wamids.push(sends(&whatsapp, &tenant, message).await);
    }
    for wamid in &wamids {
        let message = stored(&tenant.client, wamid).await;
        let (status, _) = follow(&tenant.client, &message["media"]["url"]).await;
        assert_eq!(status, 302);
    }
}

fn with(mut object: Value, name: &str, value: &str) -> Value {
    object[name] = json!(value);
    object
}

#[tokio::test]
async fn what_can_never_be_had_fails_with_its_reason() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let whatsapp = platform.whatsapp();
    let number = tenant.channel().phone_number_id.clone();
    let program = STANDARD.encode(b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0");
    // Large, because the endless one is repeated in pieces as large as it is.
    let none = STANDARD.encode(png(&"x".repeat(300_000)));
    for (file, trouble, reason) in [
        (
            json!({"data": program, "mime_type": "image/png"}),
            None,
            "the file of an image message is application/vnd.microsoft.portable-executable",
        ),
        (
            json!({"data": none, "expire": "id"}),
            None,
            "WhatsApp does not have the file (any more)",
        ),
        (
            json!({"data": none, "file_size": 5_242_881}),
            None,
            "the file of the image is larger than 5242880 bytes",
        ),
        (
            json!({"data": none}),
            Some(json!({"endless": true})),
            "the file of the image is larger than 5242880 bytes",
        ),
        (
            json!({"data": none}),
            Some(json!({"corrupt": true})),
            "the file that came is not the one that WhatsApp announced",
        ),
        (
            json!({"data": none}),
            Some(json!({"error": {"code": 131052}})),
            "WhatsApp does not have the file (any more)",
        ),
    ] {
        let file = with(with(file, "type", "image"), "channel", &number);
        let id = whatsapp.post("/media", &file).await["id"].clone();
        if let Some(mut trouble) = trouble {
            let id = id.as_str().unwrap();
            let path = match trouble.get("error") {
                Some(_) => format!("/{id}"),
                None => format!("/media/{id}"),
            };
            trouble["match"] = json!({"path": path});
            whatsapp.post("/faults", &trouble).await;
        }
        let message = json!({"type": "image", "image": {"id": id}});
        let wamid = sends(&whatsapp, &tenant, message).await;
        assert_eq!(failed(&tenant.client, &wamid).await, reason);
        let message = tenant.client.message(&wamid).await.ok();
        let url = &message.body["message"]["media"]["url"];
        if !url.is_null() {
            assert_eq!(follow(&tenant.client, url).await.0, 404);
        }
    }
}

#[tokio::test]
async fn a_body_without_an_end_in_sight_ends_in_time() {
    if lacks(Needs::OwnPlatform) || lacks(Needs::FastQueues) {
        return;
    }
    let platform = Running::start(|options| {
        options.speed = 20.0;
        options.function_timeout = Some(Duration::from_secs(2));
    })
    .await;
    let tenant = platform.tenant().make().await;
    let whatsapp = platform.whatsapp();
    let slow = json!({"match": {"path": "/media/"}, "bytes_per_second": 1, "times": 1});
    whatsapp.post("/faults", &slow).await;
    let wamid = sends(&whatsapp, &tenant, image(&png("slow"))).await;
    stored(&tenant.client, &wamid).await;
    platform.stop().await;
}

#[tokio::test]
async fn a_message_is_told_of_once_with_a_link_that_works() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let receiver = Receiver::start().await;
    let wanted = ["message.received"];
    tenant.client.webhook(receiver.url(), &wanted).await;
    let wamid = sends(&platform.whatsapp(), &tenant, image(&png("told"))).await;
    let event = receiver.gets(1).await.remove(0).json();
    assert_eq!(event["messageId"], wamid.as_str());
    assert_eq!(event["type"], "image");
    assert_eq!(event["to"], tenant.channel().phone_number.as_str());
    stored(&tenant.client, &wamid).await;
    let (status, file) = follow(&tenant.client, &event["mediaUrl"]).await;
    assert_eq!(status, 302);
    assert_eq!(file.bytes().await.unwrap(), png("told"));
    // The next event is the next message's.
    let next = sends(&platform.whatsapp(), &tenant, image(&png("told"))).await;
    let events = receiver.gets(2).await;
    assert_eq!(events[1].json()["messageId"], next.as_str());
}

#[tokio::test]
async fn a_message_whose_file_is_late_is_told_of_in_time_and_its_link_works_later() {
    if lacks(Needs::FastQueues) {
        return;
    }
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let receiver = Receiver::start().await;
    let wanted = ["message.received"];
    tenant.client.webhook(receiver.url(), &wanted).await;
    let whatsapp = platform.whatsapp();
    let file = json!({"type": "image", "data": STANDARD.encode(png("late"))});
    let file = with(file, "channel", &tenant.channel().phone_number_id);
    let id = whatsapp.post("/media", &file).await["id"].clone();
    let path = format!("/media/{}", id.as_str().unwrap());
    // At once and after 2, 6, 14, 30 and 60 seconds of the policy, which are 3 in fact: then it has been waited enough.
    let away = json!({"match": {"path": path}, "http": 503, "times": 7});
    whatsapp.post("/faults", &away).await;
    let message = json!({"type": "image", "image": {"id": id}});
    let wamid = sends(&whatsapp, &tenant, message).await;
    let event = receiver.gets(1).await.remove(0).json();
    let link = &event["mediaUrl"];
    assert_eq!(follow(&tenant.client, link).await.0, 404);
    stored(&tenant.client, &wamid).await;
    assert_eq!(follow(&tenant.client, link).await.0, 302);
    assert_eq!(receiver.events().len(), 1);
}

//! Secrets of programs: keys, channels, webhooks, links.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::Method;
use openwati_tests::{Answer, Receiver, SOON, Simulated, eventually, someone};
use serde_json::{Value, json};

use super::scene::Scene;

/// An answer to a POST without a body.
async fn act(scene: &Scene, name: &'static str, path: &str, admin: &str) -> Answer {
    let request = scene.request(Method::POST, path, Some(admin));
    scene.ask(name, request).await
}

/// The same request under the same key.
async fn once(scene: &Scene, name: &'static str, path: &str, admin: &str, body: &Value) -> Answer {
    let request = scene.request(Method::POST, path, Some(admin));
    let request = request.header("idempotency-key", format!("once {path}"));
    scene.ask(name, request.json(body)).await
}

fn text(answer: &Answer, pointer: &str) -> String {
    let text = answer.body.pointer(pointer).and_then(Value::as_str);
    text.unwrap_or_else(|| panic!("no {pointer} in {}", answer.text))
        .to_owned()
}

pub(super) async fn keys(scene: &Scene, admin: &str) {
    let path = "/api/keys";
    let new = json!({"name": "a key", "perMinute": 600});
    let made = scene.post("key", path, Some(admin), &new).await;
    let one = text(&made, "/key/secret");
    scene.secret("a key", &one, &["key"]);
    let made = once(scene, "key once", path, admin, &new).await;
    let two = text(&made, "/key/secret");
    let replayed = once(scene, "key replayed", path, admin, &new).await;
    assert!(replayed.replayed(), "{}", replayed.text);
    let shown: &[&str] = match replayed.text.contains(&two) {
        true => &["key once", "key replayed"],
        false => &["key once"],
    };
    scene.secret("a key that is made once", &two, shown);
    let key = format!("{path}/{}", text(&made, "/key/id"));
    let rotated = act(scene, "key rotated", &format!("{key}/rotate"), admin).await;
    let three = text(&rotated, "/key/secret");
    scene.secret("a rotated key", &three, &["key rotated"]);
    once(scene, "key after rotation", path, admin, &new).await;
    for (name, key) in [
        ("by a key", &one),
        ("by the old key", &two),
        ("by the new key", &three),
    ] {
        scene.get(name, "/api/me", Some(key)).await;
    }
    let unknown = format!("wati_{}", "Zx9".repeat(11)[..32].to_owned());
    scene.secret("a key that is none", &unknown, &[]);
    let refused = scene.get("by no key", "/api/me", Some(&unknown)).await;
    refused.refused(401, "unauthorized");
    let header = scene.request(Method::GET, "/api/me", None);
    scene
        .ask("by a header", header.header("x-api-key", &one))
        .await;
    let query = format!("/api/me?api_key={three}&token={three}");
    scene.get("by the query", &query, None).await;
    let path = format!("{path}/{three}");
    scene.get("by the path", &path, Some(admin)).await;
    scene.get("keys", "/api/keys", Some(admin)).await.ok();
    let path = format!("/api/admin/keys/{}", text(&made, "/key/id"));
    let limit = json!({"perMinute": 100});
    scene.patch("key's limit", &path, Some(admin), &limit).await;
    let delete = scene.request(Method::DELETE, &key, Some(admin));
    scene.ask("key deleted", delete).await.ok();
}

/// A number of Meta's, with its secrets. Only the simulated Meta knows them besides.
pub(super) struct Number(pub(super) Value);

impl Number {
    pub(super) async fn new(scene: &Scene, whatsapp: &Simulated, name: &str) -> Self {
        let number = whatsapp.post("/numbers", &json!({"name": name})).await;
        for secret in ["access_token", "app_secret"] {
            let value = number[secret].as_str().unwrap();
            scene.secret(&format!("{name}'s {secret}"), value, &[]);
        }
        Self(number)
    }

    pub(super) fn get(&self, name: &str) -> &str {
        self.0[name].as_str().unwrap()
    }

    pub(super) fn body(&self) -> Value {
        json!({
            "phoneNumberId": self.get("phone_number_id"), "wabaId": self.get("waba_id"),
            "accessToken": self.get("access_token"), "appSecret": self.get("app_secret"),
        })
    }
}

pub(super) async fn channels(scene: &Scene, whatsapp: &Simulated, admin: &str) {
    let path = "/api/channels";
    let (one, two) = (
        Number::new(scene, whatsapp, "First").await,
        Number::new(scene, whatsapp, "Second").await,
    );
    // Credentials that are refused, in Meta's words and in ours.
    let mut wrong = one.body();
    wrong["appSecret"] = two.0["app_secret"].clone();
    let refused = scene.post("wrong secret", path, Some(admin), &wrong).await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    let bad = "EAAwrongTokenThatIsNobodys0123456789";
    scene.secret("a token that Meta does not know", bad, &[]);
    wrong["accessToken"] = json!(bad);
    let refused = scene.post("wrong token", path, Some(admin), &wrong).await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    let quoting = json!({
        "match": {"path": format!("{}/phone_numbers", one.get("waba_id"))}, "times": 1,
        "error": {"code": 190, "details": format!("Malformed access token {}", one.get("access_token"))},
    });
    whatsapp.post("/faults", &quoting).await;
    let refused = scene.post("quoting", path, Some(admin), &one.body()).await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    let away = json!({
        "match": {"path": format!("{}/phone_numbers", one.get("waba_id"))}, "times": 1, "drop": true,
    });
    whatsapp.post("/faults", &away).await;
    let refused = scene
        .post("Meta away", path, Some(admin), &one.body())
        .await;
    refused.refused(503, "whatsapp_unreachable");

    let made = once(scene, "channel", path, admin, &one.body()).await;
    assert_eq!(made.status, 201, "{}", made.text);
    // By design: Admins enter it at Meta.
    let token = text(&made, "/channel/verifyToken");
    let shown = &[
        "channel",
        "channel again",
        "channel shown",
        "channel changed",
    ];
    scene.secret("a verify token", &token, shown);
    once(scene, "channel again", path, admin, &one.body()).await;
    let channel = format!("{path}/{}", text(&made, "/channel/id"));
    scene.get("channel shown", &channel, Some(admin)).await.ok();
    let change =
        json!({"accessToken": one.get("access_token"), "appSecret": one.get("app_secret")});
    let changed = scene.patch("channel changed", &channel, Some(admin), &change);
    changed.await.ok();
    let change = json!({"accessToken": bad});
    scene
        .patch("channel changed wrongly", &channel, Some(admin), &change)
        .await;
    scene.get("channels", path, Some(admin)).await.ok();
    act(scene, "check", &format!("{channel}/check"), admin)
        .await
        .ok();

    let tenant = text(&scene.get("me", "/api/me", Some(admin)).await, "/tenant/id");
    let callback = format!("/api/public/cloud-api-webhook/{tenant}");
    for (name, token) in [("handshake", token.as_str()), ("wrong handshake", bad)] {
        let query =
            format!("{callback}?hub.mode=subscribe&hub.challenge=1&hub.verify_token={token}");
        scene.get(name, &query, None).await;
    }
    let unsigned = scene.request(Method::POST, &callback, None);
    let signature = format!("sha256={}", "5e".repeat(32));
    let unsigned = unsigned.header("x-hub-signature-256", &signature);
    let refused = scene.ask("bad signature", unsigned.json(&json!({"entry": []})));
    refused.await.refused(401, "invalid_signature");
    scene
        .get("callbacks", &format!("{channel}/callbacks"), Some(admin))
        .await
        .ok();

    // Sends by the number, which Meta refuses with the token in its words, or does not answer.
    for trouble in [
        json!({"error": {"code": 131_000, "details": format!("Token {}", one.get("access_token"))}}),
        json!({"error": {"code": 190, "details": format!("Bad token {}", one.get("access_token"))}}),
        json!({"drop": true}),
    ] {
        let to = someone();
        whatsapp.trouble(&to, trouble).await;
        let body = json!({"to": to, "message": "Hello", "deviceId": text(&made, "/channel/id")});
        let sent = scene
            .post("send refused", "/api/public/v1/send", Some(admin), &body)
            .await;
        assert!(sent.status >= 400, "{}", sent.text);
    }
    scene
        .get(
            "messages after refusals",
            "/api/public/v1/messages",
            Some(admin),
        )
        .await
        .ok();
    scene
        .get("channel refused", &format!("{path}?limit=10"), Some(admin))
        .await
        .ok();
    let delete = scene.request(Method::DELETE, &channel, Some(admin));
    scene.ask("channel deleted", delete).await.ok();
}

/// Makes webhooks. Answers the path of one that gets what customers write.
pub(super) async fn webhooks(scene: &Scene, receiver: &Receiver, admin: &str) -> String {
    let path = "/api/webhooks";
    let new = json!({"url": receiver.url(), "events": ["message.received"]});
    let made = once(scene, "webhook", path, admin, &new).await;
    let secret = text(&made, "/webhook/secret");
    scene.secret("a webhook's secret", &secret, &["webhook", "webhook again"]);
    once(scene, "webhook again", path, admin, &new).await;
    let webhook = format!("{path}/{}", text(&made, "/webhook/id"));
    let rotated = act(
        scene,
        "webhook rotated",
        &format!("{webhook}/rotate-secret"),
        admin,
    )
    .await;
    let secret = text(&rotated, "/webhook/secret");
    scene.secret("a webhook's new secret", &secret, &["webhook rotated"]);
    let own = format!(
        "whsec_{}",
        STANDARD.encode([0x5a; 32].map(|byte: u8| byte ^ 0x33))
    );
    scene.secret("a secret that is brought along", &own, &["own secret"]);
    let mut brought = new.clone();
    brought["secret"] = json!(own);
    let made = scene.post("own secret", path, Some(admin), &brought).await;
    assert_eq!(made.status, 201, "{}", made.text);
    for (name, field, value) in [
        ("bad secret", "secret", "whsec_this is nobody's base64!"),
        (
            "password in a URL",
            "url",
            "https://user:hook-p4ssw0rd@example.com/hook",
        ),
    ] {
        let hidden = value.strip_prefix("https://user:").unwrap_or(value);
        let hidden = hidden.split('@').next().unwrap();
        scene.secret(name, hidden, &[]);
        let mut bad = new.clone();
        bad[field] = json!(value);
        let refused = scene.post(name, path, Some(admin), &bad).await;
        assert_eq!(refused.status, 400, "{}", refused.text);
    }
    act(scene, "test event", &format!("{webhook}/test"), admin).await;
    receiver.gets(1).await;
    scene.get("webhook shown", &webhook, Some(admin)).await.ok();
    scene.get("webhooks", path, Some(admin)).await.ok();
    webhook
}

/// What is shown of an event that told of a file.
pub(super) async fn deliveries(scene: &Scene, receiver: &Receiver, webhook: &str, admin: &str) {
    receiver
        .gets_one("an event with a file", |event| {
            event["mediaUrl"].is_string()
        })
        .await;
    let path = format!("{webhook}/deliveries");
    let all = scene.get("deliveries", &path, Some(admin)).await.ok();
    for delivery in all.body["deliveries"].as_array().unwrap() {
        let path = format!("/api/deliveries/{}", delivery["id"].as_str().unwrap());
        scene.get("delivery", &path, Some(admin)).await.ok();
    }
}

/// What the link to a customer's file is called.
pub(super) const FILE_LINK: &str = "a link to a file";

/// A customer's file, by our link and by the bucket's.
pub(super) async fn files(scene: &Scene, whatsapp: &Simulated, number: &str, admin: &str) {
    let file = json!({"data": STANDARD.encode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), "mime_type": "image/png"});
    let image = json!({"type": "image", "image": file});
    let wamid = whatsapp.phone(&someone()).does(number, image).await;
    let path = format!("/api/public/v1/messages/{wamid}");
    let stored = eventually("the file is stored", SOON, || async {
        let message = scene.get("message", &path, Some(admin)).await;
        (message.body["message"]["media"]["status"] == "stored").then_some(message)
    })
    .await;
    let url = text(&stored, "/message/media/url");
    let link = &url[url.find("/media/").unwrap()..];
    // Whoever may see the message may see its file.
    let shown = &["message", "messages", "delivery"];
    scene.secret(FILE_LINK, link.trim_start_matches("/media/"), shown);
    scene
        .get("messages", "/api/public/v1/messages", Some(admin))
        .await
        .ok();
    let redirect = scene.get("file", link, None).await;
    let location = redirect.header("location").unwrap().to_owned();
    let signature = location.split("X-Amz-Signature=").nth(1).unwrap();
    let signature = signature.split('&').next().unwrap();
    scene.secret("the signature of a file's address", signature, &["file"]);
    scene.get("file itself", &location, None).await.ok();
    let forged = format!("/media/{}", "Ab3_".repeat(22));
    scene
        .get("forged link", &forged, None)
        .await
        .refused(404, "not_found");
    let revoke = scene.request(Method::DELETE, &format!("{path}/media-link"), Some(admin));
    scene.ask("link revoked", revoke).await;
}

pub(super) async fn export(scene: &Scene, admin: &str) {
    let job = scene
        .post("export", "/api/data/exports", Some(admin), &json!({}))
        .await;
    let path = format!("/api/data/jobs/{}", text(&job, "/job/id"));
    let done = eventually("the export is done", SOON, || async {
        let job = scene.get("export's job", &path, Some(admin)).await;
        (job.body["job"]["state"] == "done").then_some(job)
    })
    .await;
    for file in done.body["job"]["files"].as_array().unwrap() {
        let url = file["url"].as_str().unwrap();
        let signature = url.split("X-Amz-Signature=").nth(1).unwrap();
        let signature = signature.split('&').next().unwrap();
        let name = format!("the signature of {}", file["name"]);
        scene.secret(&name, signature, &["export's job"]);
        scene.get("export's file", url, None).await.ok();
    }
    act(scene, "reseal", "/api/admin/key-ring/reseal", admin).await;
    scene
        .get("audit", "/api/audit?limit=100", Some(admin))
        .await
        .ok();
}

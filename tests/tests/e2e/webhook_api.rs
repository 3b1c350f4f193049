//! The API of webhooks: what it takes, what it refuses, and whom.

use http::Method;
use openwati_core::{role::Role, webhook::WebhookSecret};
use openwati_tests::{Client, Receiver, Running};
use serde_json::{Value, json};

const WEBHOOKS: &str = "/api/webhooks";

/// Nothing listens there, and nobody has to.
const NOWHERE: &str = "http://127.0.0.1:47009/hook";

#[tokio::test]
async fn a_webhook_is_made_shown_changed_and_deleted() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    let body =
        json!({"url": NOWHERE, "events": ["message.status", "message.received", "message.status"]});
    let made = client.call_with(Method::POST, WEBHOOKS, &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let mut webhook = made.body["webhook"].clone();
    let secret = webhook["secret"].as_str().unwrap().to_owned();
    WebhookSecret::parse(&secret).unwrap();
    assert_eq!(webhook["url"], NOWHERE);
    assert_eq!(
        webhook["events"],
        json!(["message.received", "message.status"])
    );
    assert_eq!(webhook["enabled"], true);
    let path = format!("{WEBHOOKS}/{}", webhook["id"].as_str().unwrap());

    // The secret was shown once.
    webhook.as_object_mut().unwrap().remove("secret");
    let shown = client.call(Method::GET, &path).await.ok();
    assert_eq!(shown.body["webhook"], webhook);
    let listed = client.call(Method::GET, WEBHOOKS).await.ok();
    assert_eq!(
        listed.body,
        json!({"webhooks": [webhook], "nextCursor": null})
    );

    let change = json!({"url": "http://127.0.0.1:47009/other", "events": [], "enabled": false});
    let changed = client.call_with(Method::PATCH, &path, &change).await.ok();
    let changed = &changed.body["webhook"];
    assert_eq!(changed["url"], "http://127.0.0.1:47009/other");
    assert_eq!(
        (&changed["events"], &changed["enabled"]),
        (&json!([]), &json!(false))
    );
    assert!(changed["disabledReason"].is_string() && changed["disabledAt"].is_string());
    let same = client
        .call_with(Method::PATCH, &path, &json!({}))
        .await
        .ok();
    assert_eq!(&same.body["webhook"], changed);
    let test = client.call(Method::POST, &format!("{path}/test")).await;
    test.refused(409, "webhook_disabled");

    let rotate = format!("{path}/rotate-secret");
    let rotated = client.call(Method::POST, &rotate).await.ok();
    let new = rotated.body["webhook"]["secret"].as_str().unwrap();
    assert_ne!(new, secret);
    WebhookSecret::parse(new).unwrap();

    let deleted = client.call(Method::DELETE, &path).await.ok();
    assert_eq!(deleted.body, json!({"ok": true, "deleted": 1}));
    client
        .call(Method::DELETE, &path)
        .await
        .refused(404, "not_found");
    client
        .call(Method::GET, &path)
        .await
        .refused(404, "not_found");
}

#[tokio::test]
async fn a_secret_that_is_brought_along_signs() {
    let tenant = Running::shared().tenant().make().await;
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let body = json!({"url": NOWHERE, "secret": secret});
    let made = tenant.client.call_with(Method::POST, WEBHOOKS, &body).await;
    assert_eq!(made.body["webhook"]["secret"], secret, "{}", made.text);
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let tenant = Running::shared().tenant().make().await;
    let refused = async |body: Value, code: &str, words: &str| {
        let answer = tenant.client.call_with(Method::POST, WEBHOOKS, &body).await;
        let answer = answer.refused(400, code);
        assert!(answer.error().contains(words), "{}", answer.text);
    };
    refused(json!({}), "invalid_request", "url").await;
    refused(json!({"url": 1}), "invalid_request", "url").await;
    for url in [
        "",
        "nothing",
        "/hook",
        "ftp://example.com/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://user:secret@example.com/",
        "http://169.254.169.254/latest/meta-data/",
    ] {
        refused(json!({"url": url}), "invalid_url", "url").await;
    }
    let long = format!("https://example.com/{}", "x".repeat(3000));
    refused(json!({"url": long}), "invalid_url", "url").await;
    refused(
        json!({"url": NOWHERE, "events": ["message.lost"]}),
        "invalid_request",
        "events[0]",
    )
    .await;
    refused(
        json!({"url": NOWHERE, "events": "message.status"}),
        "invalid_request",
        "events",
    )
    .await;
    refused(
        json!({"url": NOWHERE, "secret": "whsec_short"}),
        "invalid_secret",
        "secret",
    )
    .await;
    for (path, words) in [
        ("?limit=0", "limit"),
        ("?limit=101", "limit"),
        ("?limit=x", "limit"),
        ("?cursor=x", "cursor"),
    ] {
        let path = format!("{WEBHOOKS}{path}");
        let answer = tenant.client.call(Method::GET, &path).await;
        assert_eq!(answer.status, 400, "{}", answer.text);
        assert!(answer.error().contains(words), "{}", answer.text);
    }

    let webhook = tenant.client.webhook(NOWHERE, &[]).await;
    for (path, words) in [
        ("?state=lost", "state"),
        ("?since=yesterday", "since"),
        ("?until=tomorrow", "until"),
        ("?limit=1000", "limit"),
        ("?cursor=%00", "cursor"),
    ] {
        let path = webhook.path(&format!("/deliveries{path}"));
        let answer = tenant.client.call(Method::GET, &path).await;
        assert_eq!(answer.status, 400, "{}", answer.text);
        assert!(answer.error().contains(words), "{}", answer.text);
    }
    let change = json!({"url": "gopher://example.com/"});
    let path = webhook.path("");
    let changed = tenant.client.call_with(Method::PATCH, &path, &change);
    changed.await.refused(400, "invalid_url");
    for since in [
        json!({}),
        json!({"since": "yesterday"}),
        json!({"since": 1}),
    ] {
        let recover = webhook.path("/recover");
        let answer = tenant.client.call_with(Method::POST, &recover, &since);
        let answer = answer.await.refused(400, "invalid_request");
        assert!(answer.error().contains("since"), "{}", answer.text);
    }
    let test = webhook.path("/test");
    let answer = tenant
        .client
        .call_with(Method::POST, &test, &json!({"event": "message.lost"}))
        .await;
    assert!(
        answer
            .refused(400, "invalid_request")
            .error()
            .contains("event")
    );
    let answer = Client::answer(tenant.client.request(Method::POST, &test).body("[]")).await;
    answer.refused(400, "invalid_json");
}

#[tokio::test]
async fn a_tenant_is_a_wall() {
    let platform = Running::shared();
    let (mine, other) = (
        platform.tenant().make().await,
        platform.tenant().make().await,
    );
    let receiver = Receiver::start().await;
    let webhook = mine.client.webhook(receiver.url(), &[]).await;
    let delivery = webhook.test().await;
    webhook.reaches(&delivery, "delivered").await;
    // Somebody else's webhook does not lead to it either.
    other.client.webhook(NOWHERE, &[]).await;
    let since = json!({"since": "2026-01-01T00:00:00Z"});
    let own = [
        (Method::GET, webhook.path(""), None),
        (
            Method::PATCH,
            webhook.path(""),
            Some(json!({"enabled": false})),
        ),
        (Method::DELETE, webhook.path(""), None),
        (Method::POST, webhook.path("/rotate-secret"), None),
        (Method::POST, webhook.path("/test"), None),
        (Method::GET, webhook.path("/deliveries"), None),
        (Method::POST, webhook.path("/recover"), Some(since)),
        (Method::GET, format!("/api/deliveries/{delivery}"), None),
        (
            Method::POST,
            format!("/api/deliveries/{delivery}/resend"),
            None,
        ),
    ];
    for (method, path, body) in &own {
        let call = async |path: &str| match body {
            Some(body) => other.client.call_with(method.clone(), path, body).await,
            None => other.client.call(method.clone(), path).await,
        };
        call(path).await.refused(404, "not_found");
        for nonsense in ["nothing", "00000000-0000-8000-8000-000000000000", "%00"] {
            let path = path
                .replace(&webhook.id, nonsense)
                .replace(&delivery, nonsense);
            call(&path).await.refused(404, "not_found");
        }
    }
    let listed = other.client.call(Method::GET, WEBHOOKS).await.ok();
    assert_eq!(listed.body["webhooks"].as_array().unwrap().len(), 1);
    assert_eq!(webhook.now().await["enabled"], true);
    assert_eq!(receiver.events().len(), 1);
}

#[tokio::test]
async fn only_who_may_gets_in() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let body = json!({"url": NOWHERE});
    for (scope, read, write) in [
        ("webhooks:read", 200, 403),
        ("webhooks:write", 403, 201),
        ("messages:read", 403, 403),
        ("api", 200, 201),
    ] {
        let client = tenant.key().scopes(&[scope]).make().await;
        let answer = client.call(Method::GET, WEBHOOKS).await;
        assert_eq!(answer.status, read, "{scope}: {}", answer.text);
        let answer = client.call_with(Method::POST, WEBHOOKS, &body).await;
        assert_eq!(answer.status, write, "{scope}: {}", answer.text);
    }
    for role in [Role::Agent, Role::Manager] {
        let client = tenant.key().role(role).make().await;
        let answer = client.call(Method::GET, WEBHOOKS).await;
        answer.refused(403, "missing_role");
        let answer = client.call_with(Method::POST, WEBHOOKS, &body).await;
        answer.refused(403, "missing_role");
    }
    let stranger = tenant.client.stranger(Method::GET, WEBHOOKS);
    Client::answer(stranger).await.refused(401, "unauthorized");
    for plan in ["Free", "Starter"] {
        let tenant = platform.tenant().plan(plan).make().await;
        let answer = tenant.client.call_with(Method::POST, WEBHOOKS, &body).await;
        answer.refused(403, "plan_has_no_webhooks");
        let answer = tenant.client.call(Method::GET, WEBHOOKS).await;
        answer.refused(403, "plan_has_no_api");
    }
    let tenant = platform.tenant().plan("Pro").make().await;
    tenant.client.webhook(NOWHERE, &[]).await;
}

#[tokio::test]
async fn a_tenant_has_twenty_webhooks_at_most_however_many_are_made_at_once() {
    let tenant = Running::shared().tenant().make().await;
    let body = json!({"url": NOWHERE});
    let make = || tenant.client.call_with(Method::POST, WEBHOOKS, &body);
    let answers = futures::future::join_all((0..25).map(|_| make())).await;
    let made = answers.iter().filter(|answer| answer.status == 201);
    assert_eq!(made.count(), 20);
    for answer in answers {
        if answer.status != 201 {
            answer.refused(409, "too_many_webhooks");
        }
    }
    let mut seen: Vec<Value> = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("{WEBHOOKS}?limit=7{cursor}");
        let page = tenant.client.call(Method::GET, &path).await.ok();
        let webhooks = page.body["webhooks"].as_array().unwrap();
        assert!(!webhooks.is_empty() && webhooks.len() <= 7);
        seen.extend(webhooks.iter().map(|webhook| webhook["id"].clone()));
        match page.body["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 20);
    let path = format!("{WEBHOOKS}/{}", seen[0].as_str().unwrap());
    tenant.client.call(Method::DELETE, &path).await.ok();
    assert_eq!(make().await.status, 201);
    make().await.refused(409, "too_many_webhooks");
}

#[tokio::test]
async fn deliveries_are_listed_page_by_page_and_by_state() {
    let tenant = Running::shared().tenant().make().await;
    let receiver = Receiver::start().await;
    let webhook = tenant.client.webhook(receiver.url(), &[]).await;
    for _ in 0..5 {
        webhook.test().await;
    }
    receiver.gets(5).await;
    let all = openwati_tests::eventually("all are listed", openwati_tests::SOON, || async {
        let all = webhook.deliveries("?state=delivered").await;
        (all.len() == 5).then_some(all)
    })
    .await;
    let mut paged: Vec<Value> = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = webhook.path(&format!("/deliveries?limit=2{cursor}"));
        let page = tenant.client.call(Method::GET, &path).await.ok();
        paged.extend(page.body["deliveries"].as_array().unwrap().iter().cloned());
        match page.body["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(paged, all);
    assert!(webhook.deliveries("?state=dropped").await.is_empty());
    assert!(
        webhook
            .deliveries("?until=2026-01-01T00:00:00Z")
            .await
            .is_empty()
    );
    assert_eq!(
        webhook
            .deliveries("?since=2026-01-01T00:00:00%2B00:00")
            .await
            .len(),
        5
    );
}

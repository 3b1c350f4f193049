//! API keys by HTTP alone: what is shown, who may what, and that an old key is dead with the answer.

use futures::future::join_all;
use http::Method;
use openwati_core::role::Role;
use openwati_tests::{Answer, Client, Running, Tenant, someone};
use serde_json::{Value, json};

const KEYS: &str = "/api/keys";

/// A key's text, and where the key is.
fn made(answer: &Answer) -> (String, String) {
    assert_eq!(answer.status, 201, "{}", answer.text);
    let key = &answer.body["key"];
    let id = key["id"].as_str().unwrap();
    let secret = key["secret"].as_str().unwrap();
    (secret.to_owned(), format!("{KEYS}/{id}"))
}

/// A program with this key.
fn with(tenant: &Tenant, secret: &str) -> Client {
    tenant.client.with_token(secret)
}

async fn create(client: &Client, body: Value) -> Answer {
    client.call_with(Method::POST, KEYS, &body).await
}

#[tokio::test]
async fn a_key_is_shown_once_changed_and_revoked() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    let body = json!({
        "name": "  Laden 🛍 مرحبا ",
        "scopes": ["messages:write", "account:read", "messages:write"],
        "expiresAt": "2126-06-10T14:34:56+02:00",
        "perMinute": 7,
    });
    let answer = create(client, body).await;
    let (secret, path) = made(&answer);
    let mut key = answer.body["key"].clone();
    key.as_object_mut().unwrap().remove("secret");
    assert_eq!(key["name"], "Laden 🛍 مرحبا");
    assert_eq!(
        key["hint"],
        format!("wati_…{}", &secret[secret.len() - 4..])
    );
    assert_eq!(key["scopes"], json!(["messages:write", "account:read"]));
    assert_eq!(
        (&key["role"], &key["enabled"]),
        (&json!("admin"), &json!(true))
    );
    assert_eq!(key["expiresAt"], "2126-06-10T12:34:56Z");
    assert_eq!(key["perMinute"], 7);
    assert_eq!(
        (&key["lastUsedAt"], &key["rotatedAt"]),
        (&Value::Null, &Value::Null)
    );

    // Its text is in no other answer.
    let shown = client.call(Method::GET, &path).await.ok();
    assert_eq!(shown.body["key"], key);
    let listed = client.call(Method::GET, KEYS).await.ok();
    let keys = listed.body["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 2, "{}", listed.text);
    assert_eq!(keys[1], key);
    assert!(!listed.text.contains(&secret) && !shown.text.contains(&secret));

    // It works, and is seen to.
    let program = with(&tenant, &secret);
    let answer = program.call(Method::GET, KEYS).await.ok();
    assert_eq!(answer.headers["ratelimit-limit"], "7");
    let shown = client.call(Method::GET, &path).await.ok();
    assert!(
        shown.body["key"]["lastUsedAt"]
            .as_str()
            .unwrap()
            .ends_with(":00Z")
    );
    create(&program, json!({"name": "x"}))
        .await
        .refused(403, "missing_scope");

    let change = json!({"name": "Shop", "scopes": [], "perMinute": 11, "expiresAt": null});
    let changed = client.call_with(Method::PATCH, &path, &change).await.ok();
    let changed = &changed.body["key"];
    assert_eq!(
        (&changed["name"], &changed["scopes"]),
        (&json!("Shop"), &json!(["api"]))
    );
    assert_eq!(
        (&changed["perMinute"], &changed["expiresAt"]),
        (&json!(11), &Value::Null)
    );
    let answer = program.call(Method::GET, KEYS).await.ok();
    assert_eq!(answer.headers["ratelimit-limit"], "11");
    let same = client
        .call_with(Method::PATCH, &path, &json!({}))
        .await
        .ok();
    assert_eq!(same.body["key"]["name"], "Shop");

    let revoked = client.call(Method::DELETE, &path).await.ok();
    assert_eq!(revoked.body, json!({"ok": true, "deleted": 1}));
    program
        .call(Method::GET, KEYS)
        .await
        .refused(401, "unauthorized");
    for method in [Method::GET, Method::DELETE] {
        client.call(method, &path).await.refused(404, "not_found");
    }
    let rotate = format!("{path}/rotate");
    client
        .call(Method::POST, &rotate)
        .await
        .refused(404, "not_found");
    client
        .call_with(Method::PATCH, &path, &change)
        .await
        .refused(404, "not_found");
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    let long = "x".repeat(101);
    let cases = [
        (json!({}), "invalid_request", "name"),
        (json!({"name": 1}), "invalid_request", "name"),
        (json!({"name": ""}), "invalid_name", "name"),
        (json!({"name": " \t "}), "invalid_name", "name"),
        (json!({"name": "a\u{0}b"}), "invalid_name", "name"),
        (json!({"name": long}), "invalid_name", "name"),
        (
            json!({"name": "x", "scopes": "api"}),
            "invalid_request",
            "scopes",
        ),
        (
            json!({"name": "x", "scopes": ["message:read"]}),
            "invalid_scope",
            "message:read",
        ),
        (
            json!({"name": "x", "scopes": [""]}),
            "invalid_scope",
            "scopes",
        ),
        (
            json!({"name": "x", "role": "agent"}),
            "invalid_role",
            "role",
        ),
        (
            json!({"name": "x", "role": "super_admin"}),
            "invalid_role",
            "role",
        ),
        (
            json!({"name": "x", "perMinute": 0}),
            "invalid_limit",
            "perMinute",
        ),
        (
            json!({"name": "x", "perMinute": 6001}),
            "invalid_limit",
            "perMinute",
        ),
        (
            json!({"name": "x", "perMinute": -1}),
            "invalid_request",
            "perMinute",
        ),
        (
            json!({"name": "x", "perMinute": 1.5}),
            "invalid_request",
            "perMinute",
        ),
        (
            json!({"name": "x", "expiresAt": "tomorrow"}),
            "invalid_request",
            "expiresAt",
        ),
        (
            json!({"name": "x", "expiresAt": "2020-01-01T00:00:00Z"}),
            "invalid_expiry",
            "expiresAt",
        ),
    ];
    let (_, path) = made(&create(client, json!({"name": "x".repeat(100)})).await);
    for (body, code, words) in cases {
        let answer = create(client, body.clone()).await.refused(400, code);
        assert!(answer.error().contains(words), "{}", answer.text);
        if body.get("role").is_none() && body.get("name").is_some() {
            let answer = client.call_with(Method::PATCH, &path, &body).await;
            let answer = answer.refused(400, code);
            assert!(answer.error().contains(words), "{}", answer.text);
        }
    }
    for query in ["limit=0", "limit=101", "limit=x", "cursor=x", "cursor=%00"] {
        let answer = client.call(Method::GET, &format!("{KEYS}?{query}")).await;
        assert_eq!(answer.status, 400, "{}", answer.text);
    }
    for id in [
        "nothing",
        "00000000-0000-8000-8000-000000000000",
        "%00",
        "%23count",
    ] {
        let answer = client.call(Method::GET, &format!("{KEYS}/{id}")).await;
        answer.refused(404, "not_found");
    }
}

#[tokio::test]
async fn an_old_key_is_dead_with_the_answer_however_many_are_sending() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    for end in ["rotate", "revoke", "disable", "expire"] {
        let body = json!({"name": end, "perMinute": 6000});
        let (secret, path) = made(&create(client, body).await);
        let program = with(&tenant, &secret);
        // Sends that run while it ends are taken or refused, and those after the answer are refused.
        let sends = join_all((0..8).map(|_| async {
            loop {
                let answer = program.send(&someone(), "hello").await;
                match answer.status {
                    200 => {}
                    401 => return,
                    _ => panic!("{}", answer.text),
                }
            }
        }));
        let ending = async {
            program.send(&someone(), "hello").await.ok();
            let rotate = format!("{path}/rotate");
            let new = match end {
                "rotate" => {
                    let answer = client.call(Method::POST, &rotate).await.ok();
                    assert!(answer.body["key"]["rotatedAt"].is_string());
                    Some(answer.body["key"]["secret"].as_str().unwrap().to_owned())
                }
                "revoke" => {
                    client.call(Method::DELETE, &path).await.ok();
                    None
                }
                "disable" => {
                    let body = json!({"enabled": false});
                    client.call_with(Method::PATCH, &path, &body).await.ok();
                    None
                }
                _ => {
                    let soon = tenant
                        .services()
                        .now()
                        .plus(std::time::Duration::from_secs(2));
                    let body = json!({"expiresAt": soon.iso()});
                    client.call_with(Method::PATCH, &path, &body).await.ok();
                    return None;
                }
            };
            let late = (0..8).map(|_| async { program.send(&someone(), "late").await });
            let after = join_all(late).await;
            for answer in after {
                answer.refused(401, "unauthorized");
            }
            new
        };
        let (_, new) = tokio::join!(sends, ending);
        if let Some(new) = new {
            assert_ne!(new, secret);
            with(&tenant, &new).send(&someone(), "hello").await.ok();
        }
        if end == "disable" {
            let body = json!({"enabled": true});
            client.call_with(Method::PATCH, &path, &body).await.ok();
            program.send(&someone(), "hello").await.ok();
        }
    }
}

#[tokio::test]
async fn a_rotation_does_not_begin_a_new_minute() {
    let tenant = Running::shared().tenant().make().await;
    let body = json!({"name": "slow", "perMinute": 2});
    let (secret, path) = made(&create(&tenant.client, body).await);
    openwati_tests::until_the_minute_has_left(std::time::Duration::from_secs(20)).await;
    with(&tenant, &secret).call(Method::GET, KEYS).await.ok();
    with(&tenant, &secret).call(Method::GET, KEYS).await.ok();
    let rotate = format!("{path}/rotate");
    let answer = tenant.client.call(Method::POST, &rotate).await.ok();
    let new = answer.body["key"]["secret"].as_str().unwrap();
    let answer = with(&tenant, new).call(Method::GET, KEYS).await;
    answer.refused(429, "rate_limited");
}

#[tokio::test]
async fn nobody_gives_or_gets_hold_of_more_than_they_may() {
    let tenant = Running::shared().tenant().make().await;
    let body =
        json!({"name": "small", "scopes": ["account:read", "account:write", "messages:read"]});
    let (small, small_path) = made(&create(&tenant.client, body).await);
    let small = with(&tenant, &small);
    let (_, whole) = made(&create(&tenant.client, json!({"name": "whole"})).await);

    // Without a name of a scope it would be all of them.
    create(&small, json!({"name": "x"}))
        .await
        .refused(403, "scope_exceeds_own");
    for scope in [
        "api",
        "messages:write",
        "wati_integration:read",
        "conversations:read",
    ] {
        let body = json!({"name": "x", "scopes": ["messages:read", scope]});
        let answer = create(&small, body).await.refused(403, "scope_exceeds_own");
        assert!(answer.error().contains(scope), "{}", answer.text);
        let body = json!({"scopes": [scope]});
        let answer = small.call_with(Method::PATCH, &small_path, &body).await;
        answer.refused(403, "scope_exceeds_own");
    }
    made(&create(&small, json!({"name": "x", "scopes": ["messages:read"]})).await);
    // Nor by way of another key's text, limits or state.
    let rotate = format!("{whole}/rotate");
    small
        .call(Method::POST, &rotate)
        .await
        .refused(403, "scope_exceeds_own");
    for body in [
        json!({"enabled": true}),
        json!({"expiresAt": null}),
        json!({"name": "mine"}),
    ] {
        let answer = small.call_with(Method::PATCH, &whole, &body).await;
        answer.refused(403, "scope_exceeds_own");
    }
    // Whoever sees that a key has leaked may revoke it.
    small.call(Method::DELETE, &whole).await.ok();

    let body = json!({"name": "manager", "role": "manager"});
    let (manager, _) = made(&create(&tenant.client, body).await);
    let manager = with(&tenant, &manager);
    manager
        .call(Method::GET, KEYS)
        .await
        .refused(403, "missing_role");
    create(&manager, json!({"name": "x"}))
        .await
        .refused(403, "missing_role");
    manager.send(&someone(), "hello").await.ok();
}

#[tokio::test]
async fn only_who_may_gets_in_and_a_tenant_is_a_wall() {
    let platform = Running::shared();
    let (tenant, other) = tokio::join!(platform.tenant().make(), platform.tenant().make());
    let (_, path) = made(&create(&tenant.client, json!({"name": "mine"})).await);
    for (scope, read, write) in [
        ("account:read", 200, 403),
        ("account:write", 403, 200),
        ("webhooks:write", 403, 403),
        ("api", 200, 200),
    ] {
        let client = tenant.key().scopes(&[scope]).make().await;
        let answer = client.call(Method::GET, KEYS).await;
        assert_eq!(answer.status, read, "{scope}: {}", answer.text);
        let (_, own) = made(&create(&tenant.client, json!({"name": "x", "scopes": [scope]})).await);
        let answer = client.call(Method::POST, &format!("{own}/rotate")).await;
        assert_eq!(answer.status, write, "{scope}: {}", answer.text);
    }
    for role in [Role::Agent, Role::Manager] {
        let client = tenant.key().role(role).make().await;
        client
            .call(Method::GET, KEYS)
            .await
            .refused(403, "missing_role");
    }
    let stranger = tenant.client.stranger(Method::GET, KEYS);
    Client::answer(stranger).await.refused(401, "unauthorized");
    let free = platform.tenant().plan("Free").make().await;
    free.client
        .call(Method::GET, KEYS)
        .await
        .refused(403, "plan_has_no_api");

    let client = &other.client;
    client
        .call(Method::GET, &path)
        .await
        .refused(404, "not_found");
    client
        .call(Method::DELETE, &path)
        .await
        .refused(404, "not_found");
    let rotate = format!("{path}/rotate");
    client
        .call(Method::POST, &rotate)
        .await
        .refused(404, "not_found");
    let answer = client
        .call_with(Method::PATCH, &path, &json!({"enabled": false}))
        .await;
    answer.refused(404, "not_found");
    let listed = client.call(Method::GET, KEYS).await.ok();
    assert_eq!(listed.body["keys"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_tenant_has_fifty_keys_at_most_however_many_are_made_at_once() {
    let tenant = Running::shared().tenant().make().await;
    let make = || create(&tenant.client, json!({"name": "many"}));
    let answers = join_all((0..60).map(|_| make())).await;
    // The tenant has one from its beginning.
    assert_eq!(
        answers.iter().filter(|answer| answer.status == 201).count(),
        49
    );
    for answer in answers {
        if answer.status != 201 {
            answer.refused(409, "too_many_keys");
        }
    }
    let mut seen: Vec<Value> = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("{KEYS}?limit=20{cursor}");
        let page = tenant.client.call(Method::GET, &path).await.ok();
        let keys = page.body["keys"].as_array().unwrap();
        assert!(!keys.is_empty() && keys.len() <= 20);
        seen.extend(keys.iter().map(|key| key["id"].clone()));
        match page.body["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    seen.dedup();
    assert_eq!(seen.len(), 50);
    let path = format!("{KEYS}/{}", seen[49].as_str().unwrap());
    let rotate = format!("{path}/rotate");
    tenant.client.call(Method::POST, &rotate).await.ok();
    make().await.refused(409, "too_many_keys");
    tenant.client.call(Method::DELETE, &path).await.ok();
    made(&make().await);
    make().await.refused(409, "too_many_keys");
}

#[tokio::test]
async fn a_creation_is_repeated_with_its_secret_until_it_is_rotated() {
    let tenant = Running::shared().tenant().make().await;
    let once = async |body: &Value| {
        let request = tenant.client.request(Method::POST, KEYS).json(body);
        Client::answer(request.header("idempotency-key", "first")).await
    };
    let body = json!({"name": "once"});
    let answers = join_all((0..10).map(|_| once(&body))).await;
    let firsts = answers.iter().filter(|answer| {
        answer.status == 201 && !answer.headers.contains_key("idempotent-replayed")
    });
    assert_eq!(firsts.count(), 1);
    let again = once(&body).await;
    let (secret, path) = made(&again);
    assert_eq!(again.headers["idempotent-replayed"], "true");
    for answer in answers {
        match answer.status {
            201 => assert_eq!(answer.body["key"]["secret"], secret.as_str()),
            _ => drop(answer.refused(409, "in_progress")),
        }
    }
    once(&json!({"name": "twice"}))
        .await
        .refused(422, "idempotency_key_reused");
    with(&tenant, &secret).call(Method::GET, KEYS).await.ok();
    let listed = tenant.client.call(Method::GET, KEYS).await.ok();
    assert_eq!(listed.body["keys"].as_array().unwrap().len(), 2);

    let rotate = format!("{path}/rotate");
    tenant.client.call(Method::POST, &rotate).await.ok();
    let again = once(&body).await;
    assert_eq!(again.status, 201, "{}", again.text);
    assert!(again.body["key"].get("secret").is_none(), "{}", again.text);
    tenant.client.call(Method::DELETE, &path).await.ok();
    once(&body).await.refused(409, "deleted_since");
}

#[tokio::test]
async fn what_is_done_to_keys_is_on_record() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    let (secret, path) = made(&create(client, json!({"name": "🔑"})).await);
    client
        .call_with(
            Method::PATCH,
            &path,
            &json!({"enabled": false, "perMinute": 9}),
        )
        .await
        .ok();
    let rotated = client
        .call(Method::POST, &format!("{path}/rotate"))
        .await
        .ok();
    client.call(Method::DELETE, &path).await.ok();
    let log = client.call(Method::GET, "/api/audit").await.ok();
    let acts = log.body["acts"].as_array().unwrap();
    let told: Vec<_> = acts
        .iter()
        .map(|act| act["act"].as_str().unwrap())
        .collect();
    assert_eq!(
        told,
        ["key.revoked", "key.rotated", "key.changed", "key.created"]
    );
    assert!(
        acts.iter()
            .all(|act| act["actor"].as_str().unwrap().starts_with("key:"))
    );
    assert_eq!(
        acts[2]["details"],
        json!({"enabled": false, "perMinute": 9})
    );
    assert_eq!(acts[3]["details"]["name"], "🔑");
    let new = rotated.body["key"]["secret"].as_str().unwrap();
    assert!(!log.text.contains(&secret) && !log.text.contains(new));
}

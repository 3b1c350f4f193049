//! What is refused, in which words, and that nothing is left of it.

use http::Method;
use openwati_core::role::Role;
use openwati_tests::Running;
use serde_json::{Value, json};

use super::{CHANNELS, Number, connect, connected, listed, path, tenant};

#[tokio::test]
async fn wrong_credentials_are_refused_in_words_and_leave_nothing() {
    let (tenant, whatsapp) = tenant().await;
    let number = Number::new(&whatsapp, json!({})).await;
    let other = Number::new(&whatsapp, json!({})).await;
    let lacks = |scope: &str| json!({"scopes": [scope]});
    let no_messaging = Number::new(&whatsapp, lacks("whatsapp_business_management")).await;
    let no_management = Number::new(&whatsapp, lacks("whatsapp_business_messaging")).await;
    let over = Number::new(&whatsapp, json!({"expires_at": 1_700_000_000})).await;
    let cases = [
        (
            number.with("accessToken", "EAAnonsense"),
            "invalid_token",
            "Meta says: Invalid OAuth access token",
        ),
        (over.body(), "invalid_token", "Session has expired"),
        (
            number.with("appSecret", other.get("app_secret")),
            "app_secret_mismatch",
            "Invalid appsecret_proof",
        ),
        (
            number.with("wabaId", other.get("waba_id")),
            "account_not_found",
            "leads to no account",
        ),
        (
            number.with("phoneNumberId", other.get("phone_number_id")),
            "number_not_in_account",
            "has no number of the id",
        ),
        (
            no_messaging.body(),
            "missing_permission",
            "lacks whatsapp_business_messaging",
        ),
        (
            no_management.body(),
            "missing_permission",
            "lacks whatsapp_business_management",
        ),
    ];
    for (body, code, words) in cases {
        let refused = connect(&tenant.client, &body).await.refused(422, code);
        assert!(refused.error().contains(words), "{}", refused.text);
        // What to do follows what is wrong.
        assert!(refused.error().len() > words.len() + 40, "{}", refused.text);
        for secret in [body["accessToken"].as_str(), body["appSecret"].as_str()] {
            assert!(!refused.text.contains(secret.unwrap()), "{}", refused.text);
        }
        assert_eq!(listed(&tenant.client).await, Vec::<Value>::new());
    }
    let wrong = number.with("accessToken", "EAAnonsense");
    let refused = connect(&tenant.client, &wrong).await;
    assert_eq!(refused.body["whatsapp"]["code"], 190);
    connected(&tenant.client, &number).await;
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let (tenant, whatsapp) = tenant().await;
    let number = Number::new(&whatsapp, json!({})).await;
    let client = &tenant.client;
    for (body, words) in [
        (json!({}), "missing field `phoneNumberId`"),
        (number.with("phoneNumberId", 1), "phoneNumberId"),
        (
            number.with("phoneNumberId", ""),
            "phoneNumberId: must be the id",
        ),
        (
            number.with("phoneNumberId", "+15550000001"),
            "phoneNumberId: must be the id",
        ),
        (number.with("wabaId", "../me"), "wabaId: must be the id"),
        (
            number.with("wabaId", "1".repeat(33)),
            "wabaId: must be the id",
        ),
        (
            number.with("accessToken", "two words"),
            "accessToken: must have",
        ),
        (number.with("accessToken", "é"), "accessToken: must have"),
        (
            number.with("accessToken", "x".repeat(1025)),
            "accessToken: must have",
        ),
        (number.with("appSecret", " "), "appSecret: must have"),
        (number.with("appSecret", json!({})), "appSecret"),
        (number.with("verifyToken", "a\nb"), "verifyToken: must have"),
        (
            number.with("verifyToken", "x".repeat(201)),
            "verifyToken: must have",
        ),
        (number.with("name", "x".repeat(101)), "name: must have"),
        (number.with("name", "a\u{7}b"), "name: must have"),
    ] {
        let answer = connect(client, &body).await.refused(400, "invalid_request");
        assert!(answer.error().contains(words), "{words}: {}", answer.text);
        assert!(!answer.text.contains("two words"), "{}", answer.text);
    }
    let channel = connected(client, &number).await;
    for (change, words) in [
        (json!({"name": 1}), "name"),
        (json!({"accessToken": ""}), "accessToken: must have"),
        (json!({"isDefault": "yes"}), "isDefault"),
        (json!({"connected": false, "appSecret": "x"}), "connected: "),
    ] {
        let answer = client
            .call_with(Method::PATCH, &path(&channel, ""), &change)
            .await;
        let answer = answer.refused(400, "invalid_request");
        assert!(answer.error().contains(words), "{}", answer.text);
    }
    for query in ["?limit=0", "?limit=x", "?cursor=x"] {
        let answer = client
            .call(Method::GET, &format!("{CHANNELS}{query}"))
            .await;
        assert_eq!(answer.status, 400, "{}", answer.text);
    }
    for id in ["nothing", "6a297f98-8000-8d5e-9b7c-2f1d3a5e7c90"] {
        for (method, rest) in [
            (Method::GET, ""),
            (Method::DELETE, ""),
            (Method::POST, "/check"),
            (Method::GET, "/callbacks"),
        ] {
            let answer = client.call(method, &format!("{CHANNELS}/{id}{rest}")).await;
            answer.refused(404, "not_found");
        }
        let path = format!("{CHANNELS}/{id}");
        let answer = client
            .call_with(Method::PATCH, &path, &json!({"name": "x"}))
            .await;
        answer.refused(404, "not_found");
    }
}

#[tokio::test]
async fn pages_follow_each_other() {
    let (tenant, whatsapp) = tenant().await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        let number = Number::new(&whatsapp, json!({})).await;
        ids.push(connected(&tenant.client, &number).await["id"].clone());
    }
    let mut seen = Vec::new();
    let mut query = "?limit=2".to_owned();
    loop {
        let page = tenant
            .client
            .call(Method::GET, &format!("{CHANNELS}{query}"))
            .await;
        let page = page.ok().body;
        let channels = page["channels"].as_array().unwrap().iter();
        seen.extend(channels.map(|one| one["id"].clone()));
        let Some(cursor) = page["nextCursor"].as_str() else {
            break;
        };
        query = format!("?limit=2&cursor={cursor}");
    }
    assert_eq!(seen, ids);
}

#[tokio::test]
async fn only_admins_of_the_tenant_see_and_change_channels() {
    let platform = Running::shared();
    let (tenant, whatsapp) = tenant().await;
    let number = Number::new(&whatsapp, json!({})).await;
    let channel = connected(&tenant.client, &number).await;
    let manager = tenant.key().role(Role::Manager).make().await;
    let reader = tenant.key().scopes(&["account:read"]).make().await;
    let sender = tenant.key().scopes(&["messages:write"]).make().await;
    let free = platform.tenant().plan("Free").channels(0).make().await;
    let stranger = platform.tenant().channels(0).make().await;
    for (method, path) in [
        (Method::GET, CHANNELS.to_owned()),
        (Method::POST, CHANNELS.to_owned()),
        (Method::GET, path(&channel, "")),
        (Method::PATCH, path(&channel, "")),
        (Method::DELETE, path(&channel, "")),
        (Method::POST, path(&channel, "/check")),
        (Method::GET, path(&channel, "/callbacks")),
    ] {
        let body = match method {
            Method::POST if path == CHANNELS => number.body(),
            _ => json!({}),
        };
        let ask = async |client: &openwati_tests::Client| {
            client.call_with(method.clone(), &path, &body).await
        };
        ask(&manager).await.refused(403, "missing_role");
        ask(&sender).await.refused(403, "missing_scope");
        ask(&free.client).await.refused(403, "plan_has_no_api");
        let unknown = tenant.client.stranger(method.clone(), &path).json(&body);
        let unknown = openwati_tests::Client::answer(unknown).await;
        unknown.refused(401, "unauthorized");
        if path != CHANNELS {
            ask(&stranger.client).await.refused(404, "not_found");
        }
        if method != Method::GET {
            ask(&reader).await.refused(403, "missing_scope");
        }
    }
    reader.call(Method::GET, CHANNELS).await.ok();
    assert_eq!(listed(&tenant.client).await.len(), 1);
}

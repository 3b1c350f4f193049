//! Who may do what.

use std::time::Duration;

use http::Method;
use openwati_core::{api_key::ApiKey, entropy::Entropy, tenant::TenantId};
use openwati_tests::{Answer, Client, Running, Tenant, someone, until_the_minute_has_left};
use serde_json::json;

const LIST: &str = "/api/public/v1/messages";

async fn list_with(tenant: &Tenant, header: &str, value: &str) -> Answer {
    Client::answer(
        tenant
            .client
            .stranger(Method::GET, LIST)
            .header(header, value),
    )
    .await
}

#[tokio::test]
async fn a_key_is_taken_in_its_three_ways() {
    let tenant = Running::shared().tenant().make().await;
    let key = tenant.client.key();
    list_with(&tenant, "authorization", &format!("Bearer {key}"))
        .await
        .ok();
    list_with(&tenant, "authorization", &format!("bearer {key}"))
        .await
        .ok();
    list_with(&tenant, "authorization", key).await.ok();
    list_with(&tenant, "x-api-key", key).await.ok();
}

#[tokio::test]
async fn whoever_has_no_key_that_works_gets_one_same_answer() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let now = tenant.services().now();
    let disabled = tenant.key().disabled().make().await;
    let expired = tenant
        .key()
        .expires_at(now.minus(Duration::from_secs(1)))
        .make()
        .await;
    let gone = platform
        .key_of(&TenantId::new(&Entropy::system()))
        .make()
        .await;
    let unknown = ApiKey::new(&Entropy::system());
    let values = [
        "Bearer".to_owned(),
        "Bearer wati_".to_owned(),
        "Bearer nonsense".to_owned(),
        "Basic d2F0aTp3YXRp".to_owned(),
        format!("Bearer {}x", tenant.client.key()),
        format!("Bearer {}", tenant.client.key().to_lowercase()),
        format!("Bearer {}", unknown.expose()),
        format!("Bearer {}", disabled.key()),
        format!("Bearer {}", expired.key()),
        format!("Bearer {}", gone.key()),
    ];
    let request = tenant.client.stranger(Method::GET, LIST);
    let missing = Client::answer(request).await.refused(401, "unauthorized");
    assert_eq!(missing.header("www-authenticate"), Some("Bearer"));
    for value in values {
        let answer = list_with(&tenant, "authorization", &value)
            .await
            .refused(401, "unauthorized");
        assert_eq!(answer.text, missing.text, "{value}");
        let answer = list_with(&tenant, "x-api-key", value.trim_start_matches("Bearer ")).await;
        assert_eq!(
            (answer.status, &answer.text),
            (401, &missing.text),
            "{value}"
        );
    }
    // A key that has not ended yet.
    let ends = tenant
        .key()
        .expires_at(now.plus(Duration::from_secs(3_600)))
        .make()
        .await;
    ends.messages(&[]).await.ok();
}

#[tokio::test]
async fn a_key_in_the_query_is_not_taken() {
    let tenant = Running::shared().tenant().make().await;
    for name in [
        "key",
        "api_key",
        "apikey",
        "access_token",
        "token",
        "authorization",
        "X-API-Key",
    ] {
        let path = format!("{LIST}?{name}={}", tenant.client.key());
        let answer = Client::answer(tenant.client.stranger(Method::GET, &path)).await;
        let answer = answer.refused(401, "unauthorized");
        assert!(!answer.text.contains(tenant.client.key()));
    }
}

#[tokio::test]
async fn a_stranger_is_told_of_the_key_before_the_body() {
    let tenant = Running::shared().tenant().make().await;
    let request = tenant
        .client
        .stranger(Method::POST, "/api/public/v1/send")
        .body("{");
    Client::answer(request).await.refused(401, "unauthorized");
}

#[tokio::test]
async fn a_key_does_what_its_scopes_allow_in_our_words_and_in_watis() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    // (scopes, may send, may look up)
    let table: [(&[&str], bool, bool); 9] = [
        (&["api"], true, true),
        (&["messages:write"], true, false),
        (&["messages:read"], false, true),
        (&["messages:read", "messages:write"], true, true),
        (&["contacts:read", "account:write"], false, false),
        (&["conversations:write"], true, false),
        (&["wati_conversationsv3:read"], false, true),
        (&["wati_messagetemplate:write"], true, false),
        (&["payment:read"], false, true),
    ];
    for (scopes, may_send, may_look) in table {
        let client = tenant.key().scopes(scopes).make().await;
        let (sent, listed) = (
            client.send(&someone(), "Hello").await,
            client.messages(&[]).await,
        );
        let shown = client.message("wamid.none").await;
        if may_send {
            sent.ok();
        } else {
            assert!(
                sent.refused(403, "missing_scope")
                    .error()
                    .contains("messages:write"),
                "{scopes:?}"
            );
        }
        if may_look {
            listed.ok();
            shown.refused(404, "not_found");
        } else {
            assert!(
                listed
                    .refused(403, "missing_scope")
                    .error()
                    .contains("messages:read"),
                "{scopes:?}"
            );
            assert!(
                shown
                    .refused(403, "missing_scope")
                    .error()
                    .contains("messages:read"),
                "{scopes:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_plan_without_the_api_lets_no_key_in() {
    let platform = Running::shared();
    for (plan, has_api) in [
        ("Free", false),
        ("Starter", false),
        ("Pro", true),
        ("Agency", true),
    ] {
        let tenant = platform.tenant().plan(plan).make().await;
        let client = &tenant.client;
        let to = someone();
        let answers = [
            client.send(&to, "Hello").await,
            client.messages(&[]).await,
            client.message("wamid.none").await,
        ];
        if has_api {
            assert_eq!(
                answers.map(|answer| answer.status),
                [200, 200, 404],
                "{plan}"
            );
            continue;
        }
        for answer in answers {
            assert!(
                answer
                    .refused(403, "plan_has_no_api")
                    .error()
                    .contains(plan)
            );
        }
        assert_eq!(platform.whatsapp().phone(&to).texts().await, [""; 0]);
    }
}

#[tokio::test]
async fn every_answer_to_a_key_counts_down_its_minute_until_none_is_left() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let client = tenant
        .key()
        .per_minute(4)
        .scopes(&["messages:write"])
        .make()
        .await;
    until_the_minute_has_left(Duration::from_secs(10)).await;
    let to = someone();
    let answers = [
        client.send(&to, "Hello").await,
        client.send(&to, "").await,
        client.messages(&[]).await,
        client.send_by("none", &to, "Hello").await,
    ];
    assert_eq!(
        answers.each_ref().map(|answer| answer.status),
        [200, 400, 403, 404]
    );
    for (used, answer) in (1..).zip(&answers) {
        assert_eq!(answer.number("ratelimit-limit"), 4);
        assert_eq!(
            answer.number("ratelimit-remaining"),
            4 - used,
            "{}",
            answer.text
        );
        assert!((1..=60).contains(&answer.number("ratelimit-reset")));
    }
    for _ in 0..2 {
        let full = client.send(&to, "Hello").await.refused(429, "rate_limited");
        assert_eq!(
            (
                full.number("ratelimit-limit"),
                full.number("ratelimit-remaining")
            ),
            (4, 0)
        );
        assert_eq!(full.number("retry-after"), full.number("ratelimit-reset"));
        assert!(full.error().contains('4'));
    }
    assert_eq!(platform.whatsapp().phone(&to).texts().await, ["Hello"]);
    // Another key of the tenant has a minute of its own, and a stranger has none.
    let other = tenant
        .client
        .send_body(&json!({"to": to, "message": "Hello again"}))
        .await
        .ok();
    assert_eq!(other.number("ratelimit-limit"), 6_000);
    let request = tenant.client.stranger(Method::GET, LIST);
    assert_eq!(
        Client::answer(request).await.header("ratelimit-limit"),
        None
    );
}

//! Looking after a channel: checks, other credentials, other hands.

use http::Method;
use openwati_tests::{Simulated, someone};
use serde_json::{Value, json};

use super::{Number, check, connected, listed, path, problems, tenant};

/// Lets Meta know the number by other secrets, until the simulated WhatsApp ends.
async fn replace(whatsapp: &Simulated, number: &Number, with: &[(&str, &str)]) {
    let mut new = json!({
        "phone_number_id": number.get("phone_number_id"),
        "waba_id": number.get("waba_id"),
        "phone_number": number.get("phone_number"),
        "name": "Simulated",
        "access_token": number.get("access_token"),
        "app_id": number.get("app_id"),
        "app_secret": number.get("app_secret"),
        "callback_url": "http://127.0.0.1:9/nowhere",
        "verify_token": "x",
        "throughput_per_second": 1_000,
    });
    for (name, value) in with {
        new[*name] = json!(value);
    }
    whatsapp.put("/numbers", &new).await;
}

async fn change(client: &openwati_tests::Client, channel: &Value, change: Value) -> Value {
    let answer = client
        .call_with(Method::PATCH, &path(channel, ""), &change)
        .await;
    answer.ok().body
}

#[tokio::test]
async fn a_check_tells_what_meta_tells() {
    let (tenant, whatsapp) = tenant().await;
    let fields = json!({"fields": {"quality_rating": "YELLOW", "name_status": "PENDING_REVIEW",
        "whatsapp_business_manager_messaging_limit": "TIER_2K"}});
    let number = Number::new(&whatsapp, fields).await;
    let channel = connected(&tenant.client, &number).await;
    let found = check(&tenant.client, &channel).await;
    assert_eq!(
        (&found["ok"], &found["status"]),
        (&json!(true), &json!("connected")),
        "{found}"
    );
    assert_eq!(
        (&found["subscribed"], &found["problems"]),
        (&json!(true), &json!([]))
    );
    let both = json!([
        "whatsapp_business_management",
        "whatsapp_business_messaging"
    ]);
    assert_eq!(found["scopes"], both);
    for (name, value) in [
        ("qualityRating", "YELLOW"),
        ("nameStatus", "PENDING_REVIEW"),
        ("messagingLimit", "TIER_2K"),
        ("throughput", "STANDARD"),
        ("codeVerificationStatus", "VERIFIED"),
        ("platformType", "CLOUD_API"),
    ] {
        assert_eq!(found["number"][name], value, "{found}");
    }
    let kept = &listed(&tenant.client).await[0]["number"];
    assert_eq!(kept, &found["number"]);
}

#[tokio::test]
async fn a_token_that_is_over_disconnects_and_a_new_one_connects() {
    let (tenant, whatsapp) = tenant().await;
    let client = &tenant.client;
    let number = Number::new(&whatsapp, json!({})).await;
    let channel = connected(client, &number).await;
    replace(&whatsapp, &number, &[("access_token", "EAAnew")]).await;
    let found = check(client, &channel).await;
    assert_eq!(problems(&found), ["invalid_token"], "{found}");
    assert_eq!(
        (&found["ok"], &found["status"]),
        (&json!(false), &json!("disconnected"))
    );
    let reason = listed(client).await[0]["reason"].clone();
    assert!(
        reason.as_str().unwrap().contains("access token"),
        "{reason}"
    );
    client
        .send(&someone(), "No")
        .await
        .refused(409, "no_device");

    let wrong = json!({"accessToken": "EAAwrong"});
    let answer = client
        .call_with(Method::PATCH, &path(&channel, ""), &wrong)
        .await;
    answer.refused(422, "invalid_token");
    let changed = change(
        client,
        &channel,
        json!({"accessToken": "EAAnew", "name": "Neu"}),
    )
    .await;
    assert_eq!(changed["channel"]["status"], "connected", "{changed}");
    assert_eq!(changed["channel"]["name"], "Neu");
    client.send(&someone(), "Yes").await.ok();
}

#[tokio::test]
async fn another_app_secret_is_tried_before_it_counts() {
    let (tenant, whatsapp) = tenant().await;
    let client = &tenant.client;
    let number = Number::new(&whatsapp, json!({})).await;
    let channel = connected(client, &number).await;
    replace(&whatsapp, &number, &[("app_secret", "rotated")]).await;
    assert_eq!(
        problems(&check(client, &channel).await),
        ["app_secret_mismatch"]
    );
    let wrong = json!({"appSecret": "guessed"});
    let answer = client
        .call_with(Method::PATCH, &path(&channel, ""), &wrong)
        .await;
    answer.refused(422, "app_secret_mismatch");
    change(client, &channel, json!({"appSecret": "rotated"})).await;
    assert_eq!(check(client, &channel).await["ok"], true);
    let body = json!({"object": "whatsapp_business_account", "entry": []});
    let taken = tenant.callback_signed_by("rotated", body.to_string().into_bytes());
    taken.await.ok();
}

#[tokio::test]
async fn what_its_owner_disconnects_stays_so_until_its_owner_connects_it() {
    let (tenant, whatsapp) = tenant().await;
    let client = &tenant.client;
    let number = Number::new(&whatsapp, json!({})).await;
    let channel = connected(client, &number).await;
    let off = change(client, &channel, json!({"connected": false})).await;
    assert_eq!(off["channel"]["status"], "disconnected");
    client
        .send(&someone(), "No")
        .await
        .refused(409, "no_device");
    let found = check(client, &channel).await;
    assert_eq!(problems(&found), ["not_subscribed"], "{found}");
    assert_eq!(found["status"], "disconnected");
    let on = change(client, &channel, json!({"connected": true})).await;
    assert_eq!(on["channel"]["status"], "connected");
    assert_eq!(check(client, &channel).await["ok"], true);
    client.send(&someone(), "Yes").await.ok();
}

#[tokio::test]
async fn the_last_tenant_to_connect_a_number_gets_its_callbacks() {
    let (one, whatsapp) = tenant().await;
    let (two, _) = tenant().await;
    let number = Number::new(&whatsapp, json!({})).await;
    let of_one = connected(&one.client, &number).await;
    let of_two = connected(&two.client, &number).await;
    let found = check(&one.client, &of_one).await;
    assert_eq!(problems(&found), ["callbacks_elsewhere"], "{found}");
    assert_eq!(found["status"], "connected");
    // Whoever lost them takes nothing away by leaving.
    one.client
        .call(Method::DELETE, &path(&of_one, ""))
        .await
        .ok();
    assert_eq!(check(&two.client, &of_two).await["ok"], true);
}

#[tokio::test]
async fn a_subscription_that_is_gone_is_made_anew_by_a_check() {
    let (tenant, whatsapp) = tenant().await;
    let number = Number::new(&whatsapp, json!({})).await;
    let channel = connected(&tenant.client, &number).await;
    let token = number.get("access_token");
    let path = format!("{}?access_token={token}", number.subscriptions());
    whatsapp.delete(&path).await;
    let found = check(&tenant.client, &channel).await;
    assert_eq!(
        (&found["ok"], &found["subscribed"]),
        (&json!(true), &json!(true)),
        "{found}"
    );
}

#[tokio::test]
async fn acts_are_written_down_without_secrets() {
    let (tenant, whatsapp) = tenant().await;
    let client = &tenant.client;
    let number = Number::new(&whatsapp, json!({})).await;
    let channel = connected(client, &number).await;
    change(client, &channel, json!({"name": "Laden"})).await;
    client.call(Method::DELETE, &path(&channel, "")).await.ok();
    let audit = client.call(Method::GET, "/api/audit").await.ok();
    for act in ["channel.connected", "channel.changed", "channel.deleted"] {
        assert!(audit.text.contains(act), "{act}: {}", audit.text);
    }
    for secret in ["access_token", "app_secret"] {
        assert!(!audit.text.contains(number.get(secret)), "{}", audit.text);
    }
}

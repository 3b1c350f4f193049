//! Meta out of reach, and the errors that the documentation names.

use http::Method;
use openwati_tests::{Client, SOON, eventually, someone};
use serde_json::{Value, json};

use super::{Number, connect, connected, listed, path, tenant};

#[tokio::test]
async fn a_meta_that_is_out_of_reach_keeps_nothing() {
    let (tenant, whatsapp) = tenant().await;
    let client = &tenant.client;
    let number = Number::new(&whatsapp, json!({})).await;
    let numbers = format!("{}/phone_numbers", number.get("waba_id"));
    let apps = format!("{}/subscribed_apps", number.get("waba_id"));
    for (path, trouble) in [
        (&numbers, json!({"drop": true})),
        (&numbers, json!({"http": 503})),
        (&numbers, json!({"error": {"code": 2}})),
        (&numbers, json!({"delay_ms": 60_000})),
        (&apps, json!({"drop": true})),
        (&apps, json!({"error": {"code": 80_008}})),
    ] {
        let mut fault = trouble.clone();
        fault["match"] = json!({"path": path});
        fault["times"] = json!(1);
        whatsapp.post("/faults", &fault).await;
        let answer = connect(client, &number.body()).await;
        assert_eq!(answer.status, 503, "{trouble}: {}", answer.text);
        let refused = answer.refused(503, "whatsapp_unreachable");
        assert!(refused.header("retry-after").is_some());
        assert_eq!(listed(client).await, Vec::<Value>::new(), "{trouble}");
    }
    let channel = connected(client, &number).await;
    // A check that reaches nobody changes nothing.
    let fault = json!({"match": {"path": numbers}, "http": 500, "times": 1});
    whatsapp.post("/faults", &fault).await;
    let checked = client.call(Method::POST, &path(&channel, "/check")).await;
    checked.refused(503, "whatsapp_unreachable");
    assert_eq!(listed(client).await[0]["status"], "connected");
}

/// The log's newest entry of this reason, once `again` made one.
async fn logged(client: &Client, channel: &Value, reason: &str, again: impl AsyncFn()) -> Value {
    eventually(reason, SOON, || async {
        // One a second is written down, whoever it concerns: other tests refuse too.
        again().await;
        let answer = client.call(Method::GET, &path(channel, "/callbacks")).await;
        let logged = answer.ok().body["callbacks"].as_array().unwrap().clone();
        logged.into_iter().find(|one| one["reason"] == reason)
    })
    .await
}

#[tokio::test]
async fn an_invalid_signature_is_seen_and_explained() {
    let (tenant, whatsapp) = tenant().await;
    let number = Number::new(&whatsapp, json!({})).await;
    let channel = connected(&tenant.client, &number).await;
    let body = json!({"entry": []}).to_string().into_bytes();
    let seen = logged(&tenant.client, &channel, "Invalid signature", async || {
        let answer = tenant.callback_signed_by("another", body.clone()).await;
        answer.refused(401, "invalid_signature");
    })
    .await;
    assert_eq!(
        (&seen["outcome"], &seen["code"]),
        (&json!("refused"), &json!("invalid_signature"))
    );
    let help = seen["help"].as_str().unwrap();
    assert!(help.contains("App Secret mismatch"), "{help}");

    let seen = logged(&tenant.client, &channel, "No signature", async || {
        let request = tenant
            .client
            .stranger(Method::POST, &tenant.callback_path());
        let answer = Client::answer(request.body("{}")).await;
        answer.refused(401, "invalid_signature");
    })
    .await;
    assert_eq!(seen["outcome"], "refused");
    let seen = logged(&tenant.client, &channel, "Wrong verify token", async || {
        let query = "hub.mode=subscribe&hub.verify_token=guess&hub.challenge=1";
        let path = format!("{}?{query}", tenant.callback_path());
        let answer = Client::answer(tenant.client.stranger(Method::GET, &path)).await;
        answer.refused(403, "forbidden");
    })
    .await;
    assert_eq!(seen["code"], "wrong_verify_token");
    let seen = logged(&tenant.client, &channel, "Unknown number", async || {
        let mut value = json!({"messaging_product": "whatsapp", "statuses": [{
            "id": "wamid.X", "status": "sent", "timestamp": "1780000000", "recipient_id": "1"}]});
        value["metadata"] = json!({"display_phone_number": "1", "phone_number_id": "1"});
        let body = json!({"object": "whatsapp_business_account", "entry": [
            {"id": "1", "changes": [{"field": "messages", "value": value}]}]});
        let body = body.to_string().into_bytes();
        tenant
            .callback_signed_by(number.get("app_secret"), body)
            .await
            .ok();
    })
    .await;
    assert_eq!(seen["outcome"], "ignored");
}

#[tokio::test]
async fn the_errors_that_the_documentation_names_are_explained() {
    let (tenant, whatsapp) = tenant().await;
    let number = Number::new(&whatsapp, json!({})).await;
    connected(&tenant.client, &number).await;
    for (code, title, words) in [
        (
            131_030,
            "Recipient phone number not in allowed list",
            "list",
        ),
        (132_000, "", "language"),
    ] {
        let customer = someone();
        whatsapp
            .trouble(&customer, json!({"error": {"code": code}}))
            .await;
        let answer = tenant.client.send(&customer, "Hello").await;
        let refused = answer.refused(422, "whatsapp_refused");
        assert!(
            refused.error().starts_with(&format!("(#{code}) {title}")),
            "{}",
            refused.text
        );
        let help = refused.body["whatsapp"]["help"].as_str().unwrap();
        assert!(help.contains(words), "{help}");
    }
}

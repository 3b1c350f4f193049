//! Phone numbers, accounts, subscribed apps, and the log of calls.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use serde_json::{Value, json};
use support::*;

async fn get(whatsapp: &Whatsapp, rest: &str) -> (u16, Value) {
    let request = whatsapp.client.get(whatsapp.graph(rest)).bearer_auth(TOKEN);
    read(request.send().await.unwrap()).await
}

#[tokio::test]
async fn a_number_shows_the_fields_that_are_asked_for() {
    let whatsapp = Whatsapp::start().await;
    let (status, answer) = get(&whatsapp, NUMBER).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["id"], NUMBER);
    assert_eq!(answer["display_phone_number"], "+1 555-000-0001");
    assert_eq!(answer["verified_name"], "Jasper's Market");
    assert_eq!(answer["throughput"]["level"], "HIGH");
    let (_, answer) = get(&whatsapp, &format!("{NUMBER}?fields=status,quality_rating")).await;
    assert_eq!(
        answer,
        json!({"id": NUMBER, "status": "CONNECTED", "quality_rating": "GREEN"})
    );
    let (status, answer) = get(&whatsapp, &format!("{NUMBER}?fields=smell")).await;
    assert_eq!(
        (status, &answer["error"]["code"]),
        (400, &json!(100)),
        "{answer}"
    );
}

#[tokio::test]
async fn an_account_shows_itself_and_its_numbers() {
    let whatsapp = Whatsapp::start().await;
    let (_, answer) = get(&whatsapp, WABA).await;
    assert_eq!(
        (&answer["id"], &answer["timezone_id"]),
        (&json!(WABA), &json!("1"))
    );
    let (_, answer) = get(
        &whatsapp,
        &format!("{WABA}/phone_numbers?fields=verified_name"),
    )
    .await;
    assert_eq!(
        answer["data"],
        json!([{"id": NUMBER, "verified_name": "Jasper's Market"}])
    );
}

#[tokio::test]
async fn paths_that_graph_has_not_are_refused() {
    let whatsapp = Whatsapp::start().await;
    for (rest, code, subcode) in [
        ("999", 100, Some(33)),
        ("999/phone_numbers", 100, Some(33)),
        (&format!("{NUMBER}/messages") as &str, 100, Some(33)),
        (&format!("{NUMBER}/smells"), 2500, None),
        (&format!("{NUMBER}/messages/1"), 2500, None),
        ("%00%20", 100, Some(33)),
    ] {
        let (status, answer) = get(&whatsapp, rest).await;
        assert_eq!(
            (status, &answer["error"]["code"]),
            (400, &json!(code)),
            "{rest}: {answer}"
        );
        assert_eq!(answer["error"]["error_subcode"], json!(subcode), "{rest}");
    }
    let url = format!("{}/graph/25/{NUMBER}", whatsapp.base);
    let request = whatsapp.client.get(url).bearer_auth(TOKEN);
    let (status, answer) = read(request.send().await.unwrap()).await;
    assert_eq!(
        (status, &answer["error"]["code"]),
        (400, &json!(2500)),
        "{answer}"
    );
}

#[tokio::test]
async fn an_account_without_subscribed_app_has_no_callbacks() {
    let whatsapp = Whatsapp::start().await;
    let path = format!("{WABA}/subscribed_apps");
    let (_, before) = get(&whatsapp, &path).await;
    assert_eq!(
        before["data"][0]["whatsapp_business_api_data"]["id"],
        "670843887433847"
    );
    let url = whatsapp.graph(&path);
    let delete = whatsapp.client.delete(&url).bearer_auth(TOKEN);
    assert_eq!(
        read(delete.send().await.unwrap()).await,
        (200, json!({"success": true}))
    );
    assert_eq!(get(&whatsapp, &path).await.1, json!({"data": []}));
    whatsapp.send_text(CUSTOMER, "unheard").await;
    whatsapp.quiet().await;
    assert!(whatsapp.platform.received().is_empty());
    let post = whatsapp.client.post(&url).bearer_auth(TOKEN);
    assert_eq!(
        read(post.send().await.unwrap()).await,
        (200, json!({"success": true}))
    );
    let id = whatsapp.send_text(CUSTOMER, "heard").await;
    whatsapp.platform.statuses(&id, 2).await;
}

#[tokio::test]
async fn an_address_of_its_own_must_confirm_itself_and_then_gets_all() {
    let whatsapp = Whatsapp::start().await;
    let (other, address) = Platform::start().await;
    let url = whatsapp.graph(&format!("{WABA}/subscribed_apps"));
    let subscribe = |body: Value| {
        whatsapp
            .client
            .post(&url)
            .bearer_auth(TOKEN)
            .json(&body)
            .send()
    };
    for (body, code) in [
        (json!({"override_callback_uri": address}), 100),
        (json!({"override_callback_uri": 1}), 100),
        (
            json!({"override_callback_uri": "x", "verify_token": VERIFY}),
            100,
        ),
        (
            json!({"override_callback_uri": address, "verify_token": "wrong"}),
            2200,
        ),
        (
            json!({"override_callback_uri": "http://127.0.0.1:9/x", "verify_token": VERIFY}),
            2200,
        ),
    ] {
        let (status, answer) = read(subscribe(body).await.unwrap()).await;
        assert_eq!(
            (status, &answer["error"]["code"]),
            (400, &json!(code)),
            "{answer}"
        );
    }
    let right = json!({"override_callback_uri": address, "verify_token": VERIFY});
    let (status, answer) = read(subscribe(right).await.unwrap()).await;
    assert_eq!((status, answer), (200, json!({"success": true})));
    let (_, list) = get(&whatsapp, &format!("{WABA}/subscribed_apps")).await;
    assert_eq!(list["data"][0]["override_callback_uri"], address);
    let id = whatsapp.send_text(CUSTOMER, "hi").await;
    other.statuses(&id, 2).await;
    assert!(whatsapp.platform.received().is_empty());
    let (_, log) = whatsapp.get("/requests").await;
    assert!(!log.to_string().contains(VERIFY), "{log}");
}

#[tokio::test]
async fn the_log_has_the_calls_newest_first_and_no_token() {
    let whatsapp = Whatsapp::start().await;
    whatsapp.send_text(CUSTOMER, "one").await;
    whatsapp.send(&text("abc", "two")).await;
    let url = whatsapp.graph(&format!("{NUMBER}?access_token={TOKEN}"));
    assert_eq!(whatsapp.client.get(url).send().await.unwrap().status(), 200);
    let (_, log) = whatsapp.get("/requests").await;
    let log = log.as_array().unwrap();
    assert_eq!(log.len(), 3);
    assert_eq!(log[0]["path"], format!("/v25.0/{NUMBER}"));
    assert_eq!(log[1]["status"], 400);
    assert_eq!(log[1]["response"]["error"]["code"], 131_009);
    assert_eq!(log[2]["method"], "POST");
    assert_eq!(log[2]["phone_number_id"], NUMBER);
    assert_eq!(log[2]["body"], text(CUSTOMER, "one"));
    assert!(log[2]["response"]["messages"][0]["id"].is_string());
    assert!(!json!(log).to_string().contains(TOKEN));
    let (_, one) = whatsapp.get("/requests?limit=1").await;
    assert_eq!(one.as_array().unwrap().len(), 1);
    assert_eq!(whatsapp.get("/requests?limit=0").await.0, 400);
}

#[tokio::test]
async fn nothing_secret_is_printed() {
    let (platform, url) = Platform::start().await;
    let printed = format!("{:?}", config(std::path::Path::new("/nowhere"), &url));
    drop(platform);
    for secret in [TOKEN, SECRET, VERIFY] {
        assert!(!printed.contains(secret), "{printed}");
    }
}

//! What somebody who connects a number asks of Graph: the token, the secret, the account, the subscription.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use serde_json::{Value, json};
use support::*;

/// A number that the simulator made.
struct Made(Value);

impl Made {
    async fn new(whatsapp: &Whatsapp, wanted: Value) -> Self {
        let (status, answer) = whatsapp.post("/numbers", wanted).await;
        assert_eq!(status, 200, "{answer}");
        Self(answer)
    }

    fn get(&self, name: &str) -> &str {
        self.0[name].as_str().unwrap()
    }

    async fn ask(&self, whatsapp: &Whatsapp, method: &str, rest: &str) -> (u16, Value) {
        ask(whatsapp, self.get("access_token"), method, rest).await
    }
}

async fn ask(whatsapp: &Whatsapp, token: &str, method: &str, rest: &str) -> (u16, Value) {
    let method = method.parse().unwrap();
    let request = whatsapp.client.request(method, whatsapp.graph(rest));
    read(request.bearer_auth(token).send().await.unwrap()).await
}

fn proof(secret: &str, token: &str) -> String {
    hmac(secret, token.as_bytes())
        .strip_prefix("sha256=")
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn a_number_that_was_made_can_be_asked_about_and_sent_by() {
    let whatsapp = Whatsapp::start().await;
    let made = Made::new(&whatsapp, json!({"name": "Zoë’s 花店"})).await;
    let number = made.get("phone_number_id");
    let (_, shown) = made.ask(&whatsapp, "GET", number).await;
    assert_eq!(shown["verified_name"], "Zoë’s 花店");
    assert_eq!(shown["throughput"]["level"], "STANDARD");
    let url = whatsapp.graph(&format!("{number}/messages"));
    let request = whatsapp.client.post(url).json(&text(CUSTOMER, "hi"));
    let request = request.bearer_auth(made.get("access_token"));
    assert_eq!(read(request.send().await.unwrap()).await.0, 200);
    // The seeded number's token knows nothing of it.
    let (status, answer) = whatsapp.ask("GET", number).await;
    assert_eq!(
        (status, &answer["error"]["error_subcode"]),
        (400, &json!(33))
    );
}

#[tokio::test]
async fn a_token_is_described_to_its_holder_and_to_its_app() {
    let whatsapp = Whatsapp::start().await;
    let made = Made::new(
        &whatsapp,
        json!({"scopes": ["whatsapp_business_management"]}),
    )
    .await;
    let token = made.get("access_token");
    let path = format!("debug_token?input_token={token}");
    let (status, answer) = made.ask(&whatsapp, "GET", &path).await;
    let data = &answer["data"];
    assert_eq!((status, &data["is_valid"]), (200, &json!(true)), "{answer}");
    assert_eq!(data["app_id"], made.get("app_id"));
    assert_eq!(data["scopes"], json!(["whatsapp_business_management"]));
    assert_eq!(
        data["granular_scopes"][0]["target_ids"],
        json!([made.get("waba_id")])
    );
    assert_eq!(data["expires_at"], 0);
    let of_app = format!("{}|{}", made.get("app_id"), made.get("app_secret"));
    let (_, same) = ask(&whatsapp, &of_app, "GET", &path).await;
    assert_eq!(&same["data"], data);
    let (_, unknown) = ask(&whatsapp, &of_app, "GET", "debug_token?input_token=x").await;
    assert_eq!(unknown["data"]["is_valid"], false);
    // Another app's is none of its business.
    let (status, answer) = whatsapp.ask("GET", &path).await;
    assert_eq!((status, &answer["error"]["code"]), (400, &json!(100)));
    let (status, _) = ask(&whatsapp, "nonsense", "GET", &path).await;
    assert_eq!(status, 401);
    let (_, log) = whatsapp.get("/requests").await;
    assert!(!log.to_string().contains(token), "{log}");
}

#[tokio::test]
async fn permissions_that_lack_are_named() {
    let whatsapp = Whatsapp::start().await;
    let made = Made::new(&whatsapp, json!({"scopes": []})).await;
    for (method, rest, code) in [
        (
            "POST",
            format!("{}/messages", made.get("phone_number_id")),
            10,
        ),
        ("GET", format!("{}/phone_numbers", made.get("waba_id")), 200),
        (
            "POST",
            format!("{}/subscribed_apps", made.get("waba_id")),
            200,
        ),
    ] {
        let (status, answer) = made.ask(&whatsapp, method, &rest).await;
        assert_eq!(
            (status, &answer["error"]["code"]),
            (403, &json!(code)),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn a_token_whose_time_is_over_is_refused() {
    let whatsapp = Whatsapp::start().await;
    let made = Made::new(&whatsapp, json!({"expires_at": 1_000_000_000})).await;
    let (status, answer) = made
        .ask(&whatsapp, "GET", made.get("phone_number_id"))
        .await;
    assert_eq!(status, 401, "{answer}");
    assert_eq!(
        (&answer["error"]["code"], &answer["error"]["error_subcode"]),
        (&json!(190), &json!(463))
    );
}

#[tokio::test]
async fn a_proof_by_another_secret_is_refused() {
    let whatsapp = Whatsapp::start().await;
    let right = format!("{NUMBER}?appsecret_proof={}", proof(SECRET, TOKEN));
    assert_eq!(whatsapp.ask("GET", &right).await.0, 200);
    let wrong = format!("{NUMBER}?appsecret_proof={}", proof("another", TOKEN));
    let (status, answer) = whatsapp.ask("GET", &wrong).await;
    assert_eq!(status, 400);
    let error = &answer["error"];
    assert_eq!(
        (&error["code"], &error["type"]),
        (&json!(100), &json!("GraphMethodException"))
    );
    let text = "Invalid appsecret_proof provided in the API argument";
    assert_eq!(error["message"], text);
}

#[tokio::test]
async fn numbers_share_an_account_or_an_app_where_it_is_named() {
    let whatsapp = Whatsapp::start().await;
    let first = Made::new(&whatsapp, json!({})).await;
    let second = Made::new(&whatsapp, json!({"waba_id": first.get("waba_id")})).await;
    assert_eq!(second.get("access_token"), first.get("access_token"));
    let (_, list) = first
        .ask(
            &whatsapp,
            "GET",
            &format!("{}/phone_numbers", first.get("waba_id")),
        )
        .await;
    assert_eq!(list["data"].as_array().unwrap().len(), 2);
    let third = Made::new(&whatsapp, json!({"app_id": first.get("app_id")})).await;
    assert_ne!(third.get("waba_id"), first.get("waba_id"));
    assert_eq!(third.get("app_secret"), first.get("app_secret"));
    assert_ne!(third.get("access_token"), first.get("access_token"));
    for wrong in [
        json!({"waba_id": "1"}),
        json!({"app_id": "1"}),
        json!({"phone_number": "x"}),
        json!({"phone_number": BUSINESS}),
        json!({"throughput_per_second": 0}),
        json!({"colour": "red"}),
    ] {
        let (status, answer) = whatsapp.post("/numbers", wrong.clone()).await;
        assert_eq!(status, 400, "{wrong} {answer}");
    }
}

#[tokio::test]
async fn a_number_that_was_made_is_kept_with_its_subscription() {
    let folder = tempfile::TempDir::new().unwrap();
    let (platform, url) = Platform::start().await;
    let whatsapp = Whatsapp::open(config(folder.path(), &url), platform).await;
    let made = Made::new(&whatsapp, json!({"fields": {"quality_rating": "RED"}})).await;
    let apps = format!("{}/subscribed_apps", made.get("waba_id"));
    let (_, none) = made.ask(&whatsapp, "GET", &apps).await;
    assert_eq!(none["data"], json!([]));
    let request = whatsapp.client.post(whatsapp.graph(&apps));
    let request = request.bearer_auth(made.get("access_token"));
    let subscription = json!({"override_callback_uri": url, "verify_token": VERIFY});
    let answer = read(request.json(&subscription).send().await.unwrap()).await;
    assert_eq!(answer, (200, json!({"success": true})));
    whatsapp.crash().await;

    // The platform is at another address after its next start.
    let (platform, url) = Platform::start().await;
    let whatsapp = Whatsapp::open(config(folder.path(), &url), platform).await;
    let (_, shown) = made
        .ask(&whatsapp, "GET", made.get("phone_number_id"))
        .await;
    assert_eq!(shown["quality_rating"], "RED");
    let path = format!("/customers/{CUSTOMER}/messages");
    let words = json!({"type": "text", "text": "hi", "channel": made.get("phone_number_id")});
    let (status, answer) = whatsapp.post(&path, words).await;
    assert_eq!(status, 200, "{answer}");
    let received = whatsapp.platform.wait(1).await;
    assert_eq!(
        received[0].signature,
        hmac(made.get("app_secret"), &received[0].raw)
    );
    assert_eq!(received[0].body["entry"][0]["id"], made.get("waba_id"));
}

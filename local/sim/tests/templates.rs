//! Templates: the catalogue at Graph, its review, and sends of what is in it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use serde_json::{Value, json};
use support::*;

/// A call of Graph's about the account's templates.
async fn graph(
    whatsapp: &Whatsapp,
    method: &str,
    rest: &str,
    body: Option<&Value>,
) -> (u16, Value) {
    let request = whatsapp
        .client
        .request(method.parse().unwrap(), whatsapp.graph(rest))
        .bearer_auth(TOKEN);
    let request = match body {
        Some(body) => request.json(body),
        None => request,
    };
    read(request.send().await.unwrap()).await
}

async fn create(whatsapp: &Whatsapp, template: &Value) -> (u16, Value) {
    let path = format!("{WABA}/message_templates");
    graph(whatsapp, "POST", &path, Some(template)).await
}

/// The account's templates by a query.
async fn list(whatsapp: &Whatsapp, query: &str) -> Value {
    let path = format!("{WABA}/message_templates?{query}");
    let (status, answer) = whatsapp.ask("GET", &path).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

fn names(answer: &Value) -> Vec<&str> {
    let data = answer["data"].as_array().unwrap().iter();
    data.map(|template| template["name"].as_str().unwrap())
        .collect()
}

fn promo() -> Value {
    json!({
        "name": "promo", "language": "en_US", "category": "MARKETING",
        "components": [
            {"type": "HEADER", "format": "TEXT", "text": "Our {{1}} is on!",
                "example": {"header_text": ["Sale"]}},
            {"type": "BODY", "text": "Shop now through {{1}} and use code {{2}} to save a lot.",
                "example": {"body_text": [["May", "25OFF"]]}},
            {"type": "FOOTER", "text": "Until it is over"},
            {"type": "BUTTONS", "buttons": [
                {"type": "QUICK_REPLY", "text": "Stop"},
                {"type": "URL", "text": "Shop", "url": "https://example.com/s?c={{1}}",
                    "example": ["25OFF"]},
                {"type": "PHONE_NUMBER", "text": "Call", "phone_number": "15550001111"},
            ]},
        ],
    })
}

/// A template's message with these components.
fn message(name: &str, language: &str, components: Value) -> Value {
    json!({"messaging_product": "whatsapp", "to": CUSTOMER, "type": "template", "template": {
        "name": name, "language": {"code": language}, "components": components}})
}

#[tokio::test]
async fn an_account_begins_with_two_approved_templates() {
    let whatsapp = Whatsapp::start().await;
    let all = list(&whatsapp, "").await;
    assert_eq!(names(&all), ["order_update", "hello_world"]);
    for template in all["data"].as_array().unwrap() {
        assert_eq!(template["status"], "APPROVED");
        let id = template["id"].as_str().unwrap();
        let (status, one) = whatsapp.ask("GET", id).await;
        assert_eq!((status, &one), (200, template));
    }
    let (_, made) = whatsapp.post("/numbers", json!({})).await;
    let url = whatsapp.graph(&format!(
        "{}/message_templates",
        made["waba_id"].as_str().unwrap()
    ));
    let request = whatsapp
        .client
        .get(url)
        .bearer_auth(made["access_token"].as_str().unwrap());
    let (_, theirs) = read(request.send().await.unwrap()).await;
    assert_eq!(names(&theirs), ["order_update", "hello_world"]);
    assert_ne!(theirs["data"][0]["id"], all["data"][0]["id"]);
    // Nobody else's.
    let (status, answer) = whatsapp
        .ask("GET", theirs["data"][0]["id"].as_str().unwrap())
        .await;
    assert_eq!(status, 400);
    assert_eq!(answer["error"]["error_subcode"], 33);
}

#[tokio::test]
async fn a_template_is_made_reviewed_and_sent() {
    let whatsapp = Whatsapp::start().await;
    let (status, made) = create(&whatsapp, &promo()).await;
    assert_eq!(status, 200, "{made}");
    assert_eq!(
        (&made["status"], &made["category"]),
        (&json!("PENDING"), &json!("MARKETING"))
    );
    let components = json!([
        {"type": "header", "parameters": [{"type": "text", "text": "Summer sale"}]},
        {"type": "body", "parameters": [{"type": "text", "text": "May"}, {"type": "text", "text": "X1"}]},
        {"type": "button", "sub_type": "quick_reply", "index": "0",
            "parameters": [{"type": "payload", "payload": "stop-it"}]},
        {"type": "button", "sub_type": "url", "index": 1, "parameters": [{"type": "text", "text": "X1"}]},
    ]);
    let send = message("promo", "en_US", components);
    let (_, refused) = whatsapp.send(&send).await;
    assert_eq!(refused["error"]["code"], 132_001, "{refused}");

    let (status, answer) = whatsapp
        .put("/templates/promo", json!({"status": "APPROVED"}))
        .await;
    assert_eq!(status, 200, "{answer}");
    let received = whatsapp.platform.wait(1).await;
    let change = &received[0].body["entry"][0]["changes"][0];
    assert_eq!(received[0].signature, hmac(SECRET, &received[0].raw));
    assert!(received[0].body["entry"][0]["time"].is_i64());
    assert_eq!(change["field"], "message_template_status_update");
    let id: u64 = made["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(
        change["value"],
        json!({
            "event": "APPROVED", "message_template_id": id, "message_template_name": "promo",
            "message_template_language": "en_US", "message_template_category": "MARKETING",
            "reason": "NONE",
        })
    );

    let (status, sent) = whatsapp.send(&send).await;
    assert_eq!(status, 200, "{sent}");
    assert_eq!(sent["messages"][0]["message_status"], "accepted");
    let phone = whatsapp.phone(CUSTOMER).await;
    assert_eq!(
        phone[0]["text"],
        "Shop now through May and use code X1 to save a lot."
    );
    assert_eq!(
        phone[0]["template"],
        json!({
            "name": "promo", "language": "en_US", "category": "MARKETING",
            "header": {"type": "text", "text": "Our Summer sale is on!"},
            "body": "Shop now through May and use code X1 to save a lot.",
            "footer": "Until it is over",
            "buttons": [
                {"index": 0, "type": "quick_reply", "text": "Stop", "payload": "stop-it"},
                {"index": 1, "type": "url", "text": "Shop", "url": "https://example.com/s?c=X1"},
                {"index": 2, "type": "phone_number", "text": "Call", "phone_number": "15550001111"},
            ],
        })
    );
}

#[tokio::test]
async fn pages_lead_on_and_filters_narrow() {
    let whatsapp = Whatsapp::start().await;
    for number in 0..5 {
        let body = json!([{"type": "BODY", "text": "Good day."}]);
        let name = format!("greeting_{number}");
        let (status, answer) = whatsapp
            .put(
                &format!("/templates/{name}"),
                json!({"components": body, "language": "de"}),
            )
            .await;
        assert_eq!(status, 200, "{answer}");
    }
    let first = list(&whatsapp, "limit=3").await;
    assert_eq!(names(&first), ["greeting_4", "greeting_3", "greeting_2"]);
    assert!(first["paging"]["previous"].is_null());
    let next = first["paging"]["next"].as_str().unwrap();
    // What is deleted meanwhile leads nobody astray.
    let path = format!("{WABA}/message_templates?name=greeting_2");
    assert_eq!(whatsapp.ask("DELETE", &path).await.0, 200);
    let second = whatsapp.client.get(next).bearer_auth(TOKEN).send().await;
    let (_, second) = read(second.unwrap()).await;
    assert_eq!(names(&second), ["greeting_1", "greeting_0", "order_update"]);
    let after = second["paging"]["cursors"]["after"].as_str().unwrap();
    let third = list(&whatsapp, &format!("limit=3&after={after}")).await;
    assert_eq!(names(&third), ["hello_world"]);
    assert!(third["paging"]["next"].is_null());
    let before = third["paging"]["cursors"]["before"].as_str().unwrap();
    let back = list(&whatsapp, &format!("limit=2&before={before}")).await;
    assert_eq!(names(&back), ["greeting_0", "order_update"]);

    assert_eq!(
        names(&list(&whatsapp, "language=en").await),
        ["order_update"]
    );
    assert_eq!(
        names(&list(&whatsapp, "name=greeting_1").await),
        ["greeting_1"]
    );
    assert_eq!(names(&list(&whatsapp, "status=PENDING").await), [""; 0]);
    let some = list(
        &whatsapp,
        "fields=name,quality_score,rejected_reason&limit=1",
    )
    .await;
    let some = some["data"][0].as_object().unwrap();
    assert_eq!(
        some.keys().collect::<Vec<_>>(),
        ["id", "name", "quality_score", "rejected_reason"]
    );
    for wrong in ["status=SMELL", "limit=0", "after=smell", "fields=smell"] {
        let (status, answer) = whatsapp
            .ask("GET", &format!("{WABA}/message_templates?{wrong}"))
            .await;
        assert_eq!(
            (status, &answer["error"]["code"]),
            (400, &json!(100)),
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn quality_and_category_are_told() {
    let whatsapp = Whatsapp::start().await;
    let change = json!({"quality": "YELLOW", "category": "MARKETING"});
    let (status, answer) = whatsapp.put("/templates/order_update", change).await;
    assert_eq!(status, 200, "{answer}");
    let template = &answer["templates"][0];
    assert_eq!(template["quality_score"]["score"], "YELLOW");
    assert_eq!(template["previous_category"], "UTILITY");
    let received = whatsapp.platform.wait(2).await;
    let told = |index: usize| &received[index].body["entry"][0]["changes"][0];
    assert_eq!(told(0)["field"], "template_category_update");
    assert_eq!(told(0)["value"]["previous_category"], "UTILITY");
    assert_eq!(told(0)["value"]["new_category"], "MARKETING");
    assert_eq!(told(1)["field"], "message_template_quality_update");
    assert_eq!(told(1)["value"]["previous_quality_score"], "UNKNOWN");
    assert_eq!(told(1)["value"]["new_quality_score"], "YELLOW");

    for (name, wrong) in [
        ("smell", json!({"status": "APPROVED"})),
        (
            "order_update",
            json!({"status": "APPROVED", "language": "fr"}),
        ),
        ("order_update", json!({"status": "SMELL"})),
        ("order_update", json!({"status": "DELETED"})),
        (
            "order_update",
            json!({"status": "APPROVED", "waba_id": "1"}),
        ),
        (
            "smell",
            json!({"components": [{"type": "BODY", "text": "{{1}}"}]}),
        ),
    ] {
        let (status, answer) = whatsapp.put(&format!("/templates/{name}"), wrong).await;
        assert_eq!(status, 400, "{answer}");
    }
}

#[tokio::test]
async fn templates_outlive_a_crash() {
    let folder = tempfile::TempDir::new().unwrap();
    let (platform, callback_url) = Platform::start().await;
    let whatsapp = Whatsapp::open(config(folder.path(), &callback_url), platform.clone()).await;
    assert_eq!(create(&whatsapp, &promo()).await.0, 200);
    let delete = format!("{WABA}/message_templates?name=order_update");
    assert_eq!(whatsapp.ask("DELETE", &delete).await.0, 200);
    let before = list(&whatsapp, "").await;
    whatsapp.crash().await;
    let whatsapp = Whatsapp::open(config(folder.path(), &callback_url), platform).await;
    let after = list(&whatsapp, "").await;
    assert_eq!(names(&after), ["promo", "hello_world"]);
    assert_eq!(before["data"], after["data"]);
}

#[tokio::test]
async fn a_one_time_code_needs_a_phone_number() {
    let whatsapp = Whatsapp::start().await;
    whatsapp.learn_templates().await;
    let written = json!({"type": "text", "text": "hi"});
    let heard = whatsapp.hears(written).await;
    let user = heard["from_user_id"].as_str().unwrap();
    let code = json!([
        {"type": "body", "parameters": [{"type": "text", "text": "123456"}]},
        {"type": "button", "sub_type": "url", "index": 0, "parameters": [{"type": "text", "text": "123456"}]},
    ]);
    let mut send = message("template_authentication", "en_US", code);
    let members = send.as_object_mut().unwrap();
    members.remove("to");
    members.insert("recipient".into(), json!(user));
    let (_, answer) = whatsapp.send(&send).await;
    assert_eq!(answer["error"]["code"], 131_062, "{answer}");
}

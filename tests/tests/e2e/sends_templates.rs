//! Templates: found in the catalogue, filled by what is given, and refused in words before anything is claimed.

use http::Method;
use openwati_tests::{
    Answer, Client, FileHost, HostedFile, Running, SOON, Tenant, eventually, someone,
};
use serde_json::{Value, json};

use crate::sends_kinds::post;

/// Puts an approved template into the account of the tenant's first device.
async fn has(platform: &Running, tenant: &Tenant, name: &str, template: Value) {
    let mut template = template;
    template["waba_id"] = json!(tenant.channel().waba_id);
    template["status"] = json!("APPROVED");
    let path = format!("/templates/{name}");
    platform.whatsapp().put(&path, &template).await;
}

async fn send(tenant: &Tenant, body: &Value) -> Answer {
    post(&tenant.client, "send-template", body).await
}

/// Sends a template, which must be sent, and answers what WhatsApp got and what the message reads.
async fn sent(platform: &Running, tenant: &Tenant, mut body: Value) -> (Value, String) {
    let to = someone();
    body["to"] = json!(to);
    let answer = send(tenant, &body).await.ok();
    assert_eq!(answer.body["status"], "sent");
    let shown = platform.whatsapp().phone(&to).shows().await;
    assert_eq!(shown.len(), 1, "{shown:?}");
    assert_eq!(shown[0]["type"], "template");
    let message = tenant.client.message(answer.id()).await.ok().body["message"].take();
    assert_eq!(message["type"], "template");
    let text = message["text"].as_str().unwrap().to_owned();
    (shown[0]["raw"]["template"].clone(), text)
}

/// Sends a template, which must be refused: nothing is kept.
async fn refused(tenant: &Tenant, mut body: Value, status: u16, code: &str) -> String {
    let to = someone();
    body["to"] = json!(to);
    let answer = send(tenant, &body).await.refused(status, code);
    assert!(tenant.client.with(&to).await.is_empty());
    answer.error().to_owned()
}

fn texts(values: &[&str]) -> Value {
    let texts = values
        .iter()
        .map(|text| json!({"type": "text", "text": text}));
    Value::Array(texts.collect())
}

#[tokio::test]
async fn a_template_is_filled_in_order_by_number_or_in_whatsapps_form() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let components = json!([
        {"type": "body", "parameters": texts(&["Ali", "42"])},
        {"type": "button", "sub_type": "url", "index": "0", "parameters": texts(&["42"])},
    ]);
    for given in [
        json!({"parameters": ["Ali", 42, "42"]}),
        json!({"parameters": {"1": "Ali", "2": "42"}, "buttons": [{"text": "42"}]}),
        json!({"components": components.clone()}),
    ] {
        let mut body = given;
        body["template"] = json!("order_update");
        let (template, text) = sent(&platform, &tenant, body).await;
        assert_eq!(template["name"], "order_update");
        assert_eq!(template["language"]["code"], "en", "the only one there is");
        assert_eq!(template["components"], components);
        assert_eq!(
            text,
            "Your order is on its way\n\
             Hi Ali, your order 42 has been shipped. Tap the button below to follow it.\n\
             Thank you for shopping with us"
        );
    }
    let bare = json!({"template": "hello_world", "language": "en_US"});
    let (template, _) = sent(&platform, &tenant, bare).await;
    assert_eq!(template.get("components"), None);
    assert_eq!(tenant.places_taken().await, 4);
}

#[tokio::test]
async fn a_template_has_names_files_and_buttons() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let components = json!([
        {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::x"]}},
        {"type": "BODY", "text": "Good day {{name}}, this week we take {{percent}} off of all that we have.",
            "example": {"body_text_named_params": [
                {"param_name": "name", "example": "Ana"},
                {"param_name": "percent", "example": "5%"},
            ]}},
        {"type": "BUTTONS", "buttons": [
            {"type": "QUICK_REPLY", "text": "Stop"},
            {"type": "COPY_CODE", "example": "SALE5"},
        ]},
    ]);
    let made = json!({"language": "en", "category": "MARKETING", "parameter_format": "NAMED", "components": components});
    has(&platform, &tenant, "sale", made).await;
    let host = FileHost::start().await;
    let picture = host.has("/sale.png", HostedFile::png("sale"));
    let to = someone();
    let body = json!({
        "to": to,
        "template": "sale",
        "parameters": {"percent": "10%", "name": "Sara"},
        "header": {"image": {"link": picture}},
        "buttons": [{"index": 0, "payload": "stop-it"}, {"index": 1, "couponCode": "SALE10"}],
    });
    let answer = send(&tenant, &body).await.ok();
    let phone = platform.whatsapp().phone(&to);
    let shown = phone.shows().await.remove(0);
    let named = |name, text| json!({"type": "text", "parameter_name": name, "text": text});
    assert_eq!(
        shown["raw"]["template"]["components"],
        json!([
            {"type": "header", "parameters": [{"type": "image", "image": {"link": picture}}]},
            {"type": "body", "parameters": [named("name", "Sara"), named("percent", "10%")]},
            {"type": "button", "sub_type": "quick_reply", "index": "0", "parameters": [{"type": "payload", "payload": "stop-it"}]},
            {"type": "button", "sub_type": "copy_code", "index": "1", "parameters": [{"type": "coupon_code", "coupon_code": "SALE10"}]},
        ])
    );
    let message = tenant.client.message(answer.id()).await.ok();
    assert_eq!(
        message.body["message"]["text"],
        "Good day Sara, this week we take 10% off of all that we have."
    );

    let tap = json!({
        "type": "button",
        "button": {"payload": "stop-it", "text": "Stop"},
        "context": {"id": answer.wamid()},
    });
    phone.does(&tenant.channel().phone_number_id, tap).await;
    let answers = crate::inbound::received(&tenant, &to, 1).await;
    assert_eq!(answers[0]["text"], "Stop");
    assert_eq!(answers[0]["payload"]["payload"], "stop-it");
}

#[tokio::test]
async fn a_carousel_is_filled_card_by_card() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let card = json!({"components": [
        {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::x"]}},
        {"type": "BODY", "text": "Today we have {{1}} for you, fresh from the field.", "example": {"body_text": [["figs"]]}},
        {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Buy", "url": "https://example.com/{{1}}", "example": ["1"]}]},
    ]});
    let components = json!([
        {"type": "BODY", "text": "See what is new"},
        {"type": "CAROUSEL", "cards": [card.clone(), card]},
    ]);
    let made = json!({"language": "en", "category": "MARKETING", "components": components});
    has(&platform, &tenant, "fruit", made).await;
    let host = FileHost::start().await;
    let picture = host.has("/a.png", HostedFile::png("a"));
    let header = json!({"image": {"link": picture}});
    let body = json!({
        "template": "fruit",
        "cards": [
            {"header": header, "parameters": ["pears", "p"]},
            {"header": header, "parameters": ["plums", "q"]},
        ],
    });
    let (template, text) = sent(&platform, &tenant, body.clone()).await;
    assert_eq!(text, "See what is new");
    let filled = |index: u8, fruit: &str, end: &str| {
        json!({"card_index": index, "components": [
            {"type": "header", "parameters": [{"type": "image", "image": {"link": picture}}]},
            {"type": "body", "parameters": texts(&[fruit])},
            {"type": "button", "sub_type": "url", "index": "0", "parameters": texts(&[end])},
        ]})
    };
    let cards = json!([filled(0, "pears", "p"), filled(1, "plums", "q")]);
    assert_eq!(
        template["components"],
        json!([{"type": "carousel", "cards": cards}])
    );
    let mut short = body;
    short["cards"][1]["parameters"] = json!(["plums"]);
    let error = refused(&tenant, short, 400, "invalid_template_parameters").await;
    assert!(error.starts_with("cards[1].parameters "), "{error}");
}

#[tokio::test]
async fn what_does_not_fit_is_said_before_anything_is_claimed() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let given = |given: Value| {
        let mut body = given;
        body["template"] = json!("order_update");
        body
    };
    for (body, words) in [
        (given(json!({})), vec!["parameters", "3 values", "body"]),
        (
            given(json!({"parameters": ["Ali"]})),
            vec!["parameters", "3 values", "not 1"],
        ),
        (
            given(json!({"parameters": {"1": "Ali", "4": "x"}})),
            vec!["parameters"],
        ),
        (
            given(json!({"parameters": ["Ali", "a\nb", "42"]})),
            vec!["parameters[1]", "line breaks"],
        ),
        (
            given(json!({"parameters": ["Ali", "", "42"]})),
            vec!["parameters[1]", "empty"],
        ),
        (
            given(json!({"parameters": ["Ali", {}, "42"]})),
            vec!["parameters[1]"],
        ),
        (
            given(
                json!({"parameters": ["a", "b", "c"], "header": {"image": {"link": "https://a.b/c"}}}),
            ),
            vec!["header", "text"],
        ),
        (
            given(json!({"components": [{"type": "body", "parameters": []}]})),
            vec!["components"],
        ),
    ] {
        let error = refused(&tenant, body, 400, "invalid_template_parameters").await;
        for word in words {
            assert!(error.contains(word), "{word} in {error}");
        }
    }
    for (body, code, words) in [
        (json!({}), "invalid_request", "`template`"),
        (
            json!({"template": "Order Update"}),
            "invalid_message",
            "template: must be lower-case letters",
        ),
        (
            json!({"template": "order_update", "language": ""}),
            "invalid_message",
            "language: must not be empty",
        ),
    ] {
        let error = refused(&tenant, body, 400, code).await;
        assert!(error.contains(words), "{error}");
    }
    assert_eq!(tenant.places_taken().await, 0);
}

#[tokio::test]
async fn what_is_not_there_or_not_approved_is_said_with_what_there_is() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let whatsapp = platform.whatsapp();
    let unknown = json!({"template": "no_such_thing"});
    let error = refused(&tenant, unknown, 422, "template_not_found").await;
    assert!(error.contains("no_such_thing"), "{error}");
    let elsewhere = json!({"template": "hello_world", "language": "de"});
    let error = refused(&tenant, elsewhere, 422, "template_not_found").await;
    assert!(error.contains("de") && error.contains("en_US"), "{error}");

    let body = |language: &str| {
        let components = json!([{"type": "BODY", "text": "Hello"}]);
        json!({"language": language, "category": "UTILITY", "components": components})
    };
    has(&platform, &tenant, "twice", body("en")).await;
    has(&platform, &tenant, "twice", body("de")).await;
    let both = json!({"template": "twice"});
    let error = refused(&tenant, both.clone(), 400, "invalid_message").await;
    assert!(error.starts_with("language: "), "{error}");
    assert!(error.contains("de, en"), "{error}");

    // The account says so by a callback.
    let paused = json!({"waba_id": tenant.channel().waba_id, "language": "de", "status": "PAUSED"});
    whatsapp.put("/templates/twice", &paused).await;
    let german = json!({"template": "twice", "language": "de", "to": someone()});
    eventually("the pause is known", SOON, || async {
        let answer = send(&tenant, &german).await;
        // Until then WhatsApp itself refuses it.
        assert_eq!(answer.status, 422, "{}", answer.text);
        (answer.body["code"] == "template_not_approved").then_some(())
    })
    .await;
    let german = json!({"template": "twice", "language": "de"});
    let error = refused(&tenant, german, 422, "template_not_approved").await;
    assert!(error.contains("PAUSED"), "{error}");
    // The other one is the only one that is left.
    sent(&platform, &tenant, both).await;
}

#[tokio::test]
async fn a_template_needs_no_open_window() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let to = someone();
    let phone = platform.whatsapp().phone(&to);
    let number = &tenant.channel().phone_number_id;
    phone.writes(number, "Hello").await;
    crate::inbound::received(&tenant, &to, 1).await;
    let shut = json!({"open": false, "channel": number});
    let path = format!("/customers/{to}/window");
    platform.whatsapp().post(&path, &shut).await;
    let body = json!({"to": to, "template": "hello_world"});
    let answer = send(&tenant, &body).await.ok();
    tenant.client.reaches(answer.id(), "delivered").await;
}

#[tokio::test]
async fn a_template_is_sent_once_under_its_key_whatever_becomes_of_it_later() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let components = json!([{"type": "BODY", "text": "Hello"}]);
    let made = json!({"language": "en", "category": "UTILITY", "components": components});
    has(&platform, &tenant, "once", made).await;
    let to = someone();
    let once = async |key: &'static str, body: &Value| {
        let path = "/api/public/v1/send-template";
        let request = tenant.client.request(Method::POST, path).json(body);
        Client::answer(request.header("idempotency-key", key)).await
    };
    let body = json!({"to": to, "template": "once"});
    let first = once("k", &body).await.ok();
    let paused = json!({"waba_id": tenant.channel().waba_id, "status": "DISABLED"});
    platform.whatsapp().put("/templates/once", &paused).await;
    eventually("it is disabled", SOON, || async {
        let body = json!({"to": someone(), "template": "once"});
        (send(&tenant, &body).await.status == 422).then_some(())
    })
    .await;
    let again = once("k", &body).await.ok();
    assert!(again.replayed());
    assert_eq!(again.body, first.body);
    // What was refused left the key free.
    let other = json!({"to": to, "template": "once", "parameters": []});
    let refused = once("l", &other).await;
    refused.refused(422, "template_not_approved");
    let hello = json!({"to": to, "template": "hello_world"});
    once("l", &hello).await.ok();
    assert_eq!(platform.whatsapp().phone(&to).shows().await.len(), 2);
}

#[tokio::test]
async fn whatsapps_refusal_of_a_template_is_kept_with_its_code() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let to = someone();
    let trouble = json!({"error": {"code": 132_001}, "times": 1});
    platform.whatsapp().trouble(&to, trouble).await;
    let body = json!({"to": to, "template": "hello_world"});
    let answer = send(&tenant, &body).await.refused(422, "whatsapp_refused");
    assert_eq!(answer.body["whatsapp"]["code"], 132_001);
    let kept = tenant.client.message(answer.id()).await.ok();
    assert_eq!(kept.body["message"]["status"], "failed");
    assert_eq!(tenant.places_taken().await, 0);
}

#[tokio::test]
async fn meta_not_saying_whether_there_is_a_template_is_not_that_there_is_none() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let path = format!("{}/message_templates", tenant.channel().waba_id);
    let body = json!({"to": someone(), "template": "known_to_meta_alone"});
    for (trouble, status, code) in [
        (json!({"http": 503}), 503, "whatsapp_unreachable"),
        (json!({"error": {"code": 190}}), 422, "whatsapp_refused"),
    ] {
        let mut fault = trouble;
        fault["match"] = json!({"path": path});
        fault["times"] = json!(1);
        platform.whatsapp().post("/faults", &fault).await;
        send(&tenant, &body).await.refused(status, code);
    }
    send(&tenant, &body)
        .await
        .refused(422, "template_not_found");
}

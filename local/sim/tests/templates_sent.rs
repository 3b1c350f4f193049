//! Sends of templates that do not fit what the catalogue has.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use serde_json::{Value, json};
use support::{refused::of, *};

/// Puts a template here, approved unless it says otherwise.
async fn put(whatsapp: &Whatsapp, name: &str, template: Value) {
    let (status, answer) = whatsapp.put(&format!("/templates/{name}"), template).await;
    assert_eq!(status, 200, "{name}: {answer}");
}

fn named(name: &str, language: &str, components: Value) -> Value {
    let language = json!({"code": language});
    of(
        "template",
        json!({"name": name, "language": language, "components": components}),
    )
}

fn header(parameter: Value) -> Value {
    json!({"type": "header", "parameters": [parameter]})
}

fn body(texts: &[&str]) -> Value {
    let parameters: Value = texts
        .iter()
        .map(|text| json!({"type": "text", "text": text}))
        .collect();
    json!({"type": "body", "parameters": parameters})
}

fn button(kind: &str, index: u32, parameter: Value) -> Value {
    json!({"type": "button", "sub_type": kind, "index": index, "parameters": [parameter]})
}

fn link(text: &str) -> Value {
    button("url", 0, json!({"type": "text", "text": text}))
}

#[tokio::test]
async fn a_send_that_does_not_fit_its_template_is_refused() {
    let whatsapp = Whatsapp::start().await;
    whatsapp.learn_templates().await;
    let image =
        json!({"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::x"]}});
    put(
        &whatsapp,
        "look",
        json!({"components": [image,
        {"type": "BODY", "text": "Look at this, it is new."}]}),
    )
    .await;
    let order = |components: Value| named("order_update", "en", components);
    let long = "x".repeat(1_000);
    let cases = [
        ("an unknown name", 132_001, named("smell", "en", json!([]))),
        (
            "another language",
            132_001,
            named("order_update", "en_US", json!([])),
        ),
        (
            "too few",
            132_000,
            order(json!([body(&["Ana"]), link("1")])),
        ),
        (
            "too many",
            132_000,
            order(json!([body(&["a", "b", "c"]), link("1")])),
        ),
        ("none", 132_000, named("order_update", "en", json!([]))),
        (
            "none wanted",
            132_000,
            named("hello_world", "en_US", json!([body(&["Ana"])])),
        ),
        (
            "no header wanted",
            132_000,
            order(json!([
                header(json!({"type": "text", "text": "x"})),
                body(&["a", "b"]),
                link("1")
            ])),
        ),
        (
            "a header's text for a picture",
            132_012,
            named(
                "look",
                "en_US",
                json!([header(json!({"type": "text", "text": "x"}))]),
            ),
        ),
        ("no picture", 132_012, named("look", "en_US", json!([]))),
        (
            "no name",
            132_012,
            named(
                "template_named_parameters",
                "en_US",
                json!([body(&["a", "b"])]),
            ),
        ),
        (
            "an unknown name of a parameter",
            132_012,
            named(
                "template_named_parameters",
                "en_US",
                json!([{"type": "body", "parameters": [
                {"type": "text", "parameter_name": "customer", "text": "a"},
                {"type": "text", "parameter_name": "smell", "text": "b"}]}]),
            ),
        ),
        (
            "a name where there are none",
            132_012,
            order(json!([{"type": "body", "parameters": [
            {"type": "text", "parameter_name": "a", "text": "a"},
            {"type": "text", "parameter_name": "b", "text": "b"}]}, link("1")])),
        ),
        ("no link", 131_008, order(json!([body(&["a", "b"])]))),
        (
            "a link for a reply",
            132_012,
            named("template_buttons", "en_US", json!([link("1")])),
        ),
        (
            "a button too many",
            132_018,
            order(json!([
                body(&["a", "b"]),
                link("1"),
                button("url", 1, json!({"type": "text", "text": "x"}))
            ])),
        ),
        (
            "a text too long",
            132_005,
            order(json!([body(&[&long, "b"]), link("1")])),
        ),
        (
            "no cards",
            132_012,
            named("template_carousel", "en_US", json!([])),
        ),
        (
            "no end of the offer",
            132_012,
            named("template_limited_time_offer", "en_US", json!([])),
        ),
        (
            "two codes",
            132_012,
            named(
                "template_authentication",
                "en_US",
                json!([body(&["123456"]), link("654321")]),
            ),
        ),
    ];
    for (what, code, message) in cases {
        let (status, answer) = whatsapp.send(&message).await;
        let error = &answer["error"];
        assert_eq!(
            (status, &error["code"]),
            (400, &json!(code)),
            "{what}: {answer}"
        );
        assert!(
            error["error_data"]["details"].is_string(),
            "{what}: {answer}"
        );
    }
    let (_, answer) = whatsapp
        .send(&order(json!([body(&["Ana"]), link("1")])))
        .await;
    assert_eq!(
        answer["error"]["error_data"]["details"],
        "body: number of localizable_params (1) does not match the expected number of params (2)"
    );
    assert!(whatsapp.phone(CUSTOMER).await.is_empty());
}

#[tokio::test]
async fn only_what_is_approved_is_sent() {
    let whatsapp = Whatsapp::start().await;
    let send = named("hello_world", "en_US", json!([]));
    for (status, code) in [
        ("PAUSED", 132_015),
        ("DISABLED", 132_016),
        ("REJECTED", 132_001),
        ("PENDING", 132_001),
        ("IN_APPEAL", 132_001),
    ] {
        put(&whatsapp, "hello_world", json!({"status": status})).await;
        let (_, answer) = whatsapp.send(&send).await;
        assert_eq!(answer["error"]["code"], code, "{status}: {answer}");
    }
    put(&whatsapp, "hello_world", json!({"status": "APPROVED"})).await;
    assert_eq!(whatsapp.send(&send).await.0, 200);
    let path = format!("{WABA}/message_templates?name=hello_world");
    assert_eq!(whatsapp.ask("DELETE", &path).await.0, 200);
    let (_, answer) = whatsapp.send(&send).await;
    assert_eq!(answer["error"]["code"], 132_001, "{answer}");
}

#[tokio::test]
async fn a_phone_shows_all_parts_of_a_template() {
    let whatsapp = Whatsapp::start().await;
    whatsapp.learn_templates().await;
    let code = named(
        "template_authentication",
        "en_US",
        json!([body(&["123456"]), link("123456")]),
    );
    let coupon = button(
        "copy_code",
        0,
        json!({"type": "coupon_code", "coupon_code": "SAVE20"}),
    );
    let coupon = named("template_copy_code", "en_US", json!([coupon]));
    let card = |index: u32| {
        json!({"card_index": index, "components": [
            header(json!({"type": "image", "image": {"link": format!("http://127.0.0.1:9/{index}.jpg")}})),
            body(&[&format!("guest {index}")])]})
    };
    let cards = json!([{"type": "carousel", "cards": [card(1), card(0)]}]);
    let cards = named("template_carousel", "en_US", cards);
    let place = header(
        json!({"type": "location", "location": {"latitude": 1.5, "longitude": 2, "name": "Shop"}}),
    );
    let place = named("template_location_header", "en_US", json!([place]));
    for message in [&code, &coupon, &cards, &place] {
        let (status, answer) = whatsapp.send(message).await;
        assert_eq!(status, 200, "{answer}");
    }
    whatsapp.quiet().await;
    let path = format!("/customers/{CUSTOMER}/messages?failed=true");
    let phone = whatsapp.get(&path).await.1;
    let shown = |index: usize| &phone[index]["template"];
    assert_eq!(
        phone[0]["text"],
        "*123456* is your verification code. For your security, do not share this code."
    );
    assert_eq!(shown(0)["footer"], "This code expires in 10 minutes.");
    let copied = json!({"index": 0, "type": "copy_code", "text": "Copy code", "code": "123456"});
    assert_eq!(shown(0)["buttons"], json!([copied]));
    assert_eq!(shown(1)["buttons"][0]["code"], "SAVE20");
    let cards = &shown(2)["cards"];
    assert_eq!(cards[0]["body"], "For you, guest 0, and only today!");
    assert_eq!(cards[1]["header"]["media_url"], "http://127.0.0.1:9/1.jpg");
    assert_eq!(cards[0]["buttons"][0]["payload"], "I want it");
    assert_eq!(shown(3)["header"]["location"]["name"], "Shop");
}

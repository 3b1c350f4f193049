//! Templates that Graph does not take, and changes that it refuses.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use serde_json::{Value, json};
use support::*;

async fn post(whatsapp: &Whatsapp, rest: &str, body: &Value) -> (u16, Value) {
    let request = whatsapp.client.post(whatsapp.graph(rest)).json(body);
    read(request.bearer_auth(TOKEN).send().await.unwrap()).await
}

async fn create(whatsapp: &Whatsapp, template: &Value) -> (u16, Value) {
    post(whatsapp, &format!("{WABA}/message_templates"), template).await
}

fn of(components: Value) -> Value {
    json!({"name": "good_day", "language": "en", "category": "UTILITY", "components": components})
}

/// A template with a body that is right, and another component.
fn with(component: Value) -> Value {
    of(json!([{"type": "BODY", "text": "Good day."}, component]))
}

fn saying(text: &str, examples: &[&str]) -> Value {
    of(json!([{"type": "BODY", "text": text, "example": {"body_text": [examples]}}]))
}

fn buttons(buttons: Value) -> Value {
    with(json!({"type": "BUTTONS", "buttons": buttons}))
}

#[tokio::test]
async fn a_template_that_breaks_a_rule_is_refused_with_metas_subcode() {
    let whatsapp = Whatsapp::start().await;
    let long = "x".repeat(1_025);
    let reply = |text: &str| json!({"type": "QUICK_REPLY", "text": text});
    let text = |text: &str| json!({"type": "HEADER", "format": "TEXT", "text": text});
    let mut capital = with(json!({"type": "FOOTER", "text": "x"}));
    capital["name"] = json!("Capital");
    let mut klingon = capital.clone();
    (klingon["name"], klingon["language"]) = (json!("a"), json!("tlh"));
    let mut smelly = klingon.clone();
    (smelly["language"], smelly["category"]) = (json!("en"), json!("SMELL"));
    let cases = [
        ("a name with a capital", None, capital),
        ("an unknown language", None, klingon),
        ("an unknown category", None, smelly),
        (
            "no components",
            None,
            json!({"name": "good_day", "language": "en", "category": "UTILITY"}),
        ),
        (
            "no body",
            Some(2_388_043),
            of(json!([{"type": "FOOTER", "text": "x"}])),
        ),
        ("a long body", Some(2_388_040), saying(&long, &[])),
        (
            "a leading variable",
            Some(2_388_299),
            saying("{{1}} is on its way to you.", &["a"]),
        ),
        (
            "a trailing variable",
            Some(2_388_299),
            saying("On its way to you is {{1}}", &["a"]),
        ),
        (
            "nothing but variables",
            Some(2_388_293),
            saying("A {{1}} and {{2}} b.", &["a", "b"]),
        ),
        (
            "a gap",
            Some(2_388_072),
            saying("Dear {{1}}, all of {{3}} is here for you.", &["a", "b"]),
        ),
        (
            "a name among numbers",
            Some(2_388_072),
            saying("Dear {{name}}, it is here for you.", &["a"]),
        ),
        (
            "no example",
            Some(2_388_043),
            saying("Dear {{1}}, it is here for you.", &[]),
        ),
        (
            "a long header",
            Some(2_388_040),
            with(text(&"x".repeat(61))),
        ),
        (
            "two variables in a header",
            Some(2_388_047),
            with(text("a {{1}} b {{2}}")),
        ),
        (
            "an unknown header",
            Some(2_388_047),
            with(json!({"type": "HEADER", "format": "SMELL"})),
        ),
        (
            "no sample",
            Some(2_388_043),
            with(json!({"type": "HEADER", "format": "IMAGE"})),
        ),
        (
            "an unknown sample",
            Some(2_494_102),
            with(json!({"type": "HEADER", "format": "IMAGE",
            "example": {"header_handle": ["4::aW1hZ2UvanBn:x"]}})),
        ),
        (
            "a variable in a footer",
            Some(2_388_073),
            with(json!({"type": "FOOTER", "text": "a {{1}}"})),
        ),
        ("no buttons", None, buttons(json!([]))),
        (
            "eleven buttons",
            None,
            buttons((0..11).map(|n| reply(&n.to_string())).collect()),
        ),
        (
            "a long button",
            Some(2_388_040),
            buttons(json!([reply(&"x".repeat(26))])),
        ),
        (
            "one text twice",
            None,
            buttons(json!([reply("x"), reply("x")])),
        ),
        (
            "mixed replies",
            None,
            buttons(json!([reply("x"),
            {"type": "URL", "text": "y", "url": "https://example.com"}, reply("z")])),
        ),
        (
            "three links",
            None,
            buttons(
                (0..3)
                    .map(|n| {
                        json!({"type": "URL", "text": n.to_string(),
            "url": "https://example.com"})
                    })
                    .collect(),
            ),
        ),
        (
            "a variable inside a link",
            None,
            buttons(json!([{"type": "URL", "text": "y",
            "url": "https://example.com/{{1}}/x", "example": ["1"]}])),
        ),
        (
            "a link without example",
            Some(2_388_043),
            buttons(json!([{"type": "URL", "text": "y",
            "url": "https://example.com/{{1}}"}])),
        ),
        (
            "one card",
            None,
            with(json!({"type": "CAROUSEL", "cards": [{}]})),
        ),
        (
            "an offer that is no marketing",
            None,
            with(json!({"type": "LIMITED_TIME_OFFER",
            "limited_time_offer": {"text": "x"}})),
        ),
    ];
    for (what, subcode, template) in cases {
        let (status, answer) = create(&whatsapp, &template).await;
        let error = &answer["error"];
        assert_eq!(
            (status, &error["code"]),
            (400, &json!(100)),
            "{what}: {answer}"
        );
        assert_eq!(error["error_subcode"], json!(subcode), "{what}: {answer}");
        assert_eq!(
            error["error_user_msg"].is_string(),
            subcode.is_some(),
            "{what}"
        );
    }
    let (_, all) = whatsapp
        .ask("GET", &format!("{WABA}/message_templates"))
        .await;
    assert_eq!(all["data"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_name_is_taken_once_in_a_language_and_kept_after_an_approved_one() {
    let whatsapp = Whatsapp::start().await;
    let template = saying("Good day.", &[]);
    let delete = format!("{WABA}/message_templates?name=good_day");
    assert_eq!(create(&whatsapp, &template).await.0, 200);
    let (_, answer) = create(&whatsapp, &template).await;
    assert_eq!(answer["error"]["error_subcode"], 2_388_024, "{answer}");
    // One that nobody could have sent leaves its name.
    assert_eq!(whatsapp.ask("DELETE", &delete).await.0, 200);
    assert_eq!(create(&whatsapp, &template).await.0, 200);
    whatsapp
        .put("/templates/good_day", json!({"status": "APPROVED"}))
        .await;
    assert_eq!(whatsapp.ask("DELETE", &delete).await.0, 200);
    let (_, answer) = create(&whatsapp, &template).await;
    assert_eq!(answer["error"]["error_subcode"], 2_388_023, "{answer}");
    let (_, answer) = whatsapp.ask("DELETE", &delete).await;
    assert_eq!(answer["error"]["error_subcode"], 2_593_002, "{answer}");
}

#[tokio::test]
async fn languages_are_deleted_together_or_by_their_ids() {
    let whatsapp = Whatsapp::start().await;
    let mut ids = Vec::new();
    for language in ["en", "de", "fr", "es"] {
        let mut template = saying("Good day.", &[]);
        template["language"] = json!(language);
        let (status, made) = create(&whatsapp, &template).await;
        assert_eq!(status, 200, "{made}");
        ids.push(made["id"].as_str().unwrap().to_owned());
    }
    let left = async || {
        let path = format!("{WABA}/message_templates?name=good_day&fields=language");
        let (_, all) = whatsapp.ask("GET", &path).await;
        let data = all["data"].as_array().unwrap().iter();
        data.map(|one| one["language"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let delete = async |query: String| {
        let path = format!("{WABA}/message_templates?{query}");
        whatsapp.ask("DELETE", &path).await
    };
    // An id of another name, and one that nobody has among others, delete nothing.
    assert_eq!(delete(format!("name=b&hsm_id={}", ids[0])).await.0, 400);
    assert_eq!(delete(format!("hsm_ids=[{},1]", ids[0])).await.0, 400);
    assert_eq!(delete(String::new()).await.0, 400);
    assert_eq!(left().await.len(), 4);
    assert_eq!(
        delete(format!("name=good_day&hsm_id={}", ids[0])).await.0,
        200
    );
    assert_eq!(left().await, ["es", "fr", "de"]);
    assert_eq!(delete(format!("hsm_ids=[{}]", ids[1])).await.0, 200);
    assert_eq!(left().await, ["es", "fr"]);
    assert_eq!(delete("name=good_day".into()).await.0, 200);
    assert_eq!(left().await, [""; 0]);
    let received = whatsapp.platform.wait(4).await;
    assert!(received.iter().all(|one| one.value()["event"] == "DELETED"));
    assert_eq!(whatsapp.ask("GET", &ids[3]).await.0, 400);
}

#[tokio::test]
async fn an_edit_goes_back_to_review_and_has_metas_limits() {
    let whatsapp = Whatsapp::start().await;
    let (_, made) = create(&whatsapp, &saying("Good day.", &[])).await;
    let id = made["id"].as_str().unwrap();
    let edit = json!({"components": [{"type": "BODY", "text": "Good evening."}]});
    assert_eq!(
        post(&whatsapp, id, &edit).await.0,
        400,
        "while it is reviewed"
    );
    let reject = json!({"status": "REJECTED", "reason": "TAG_CONTENT_MISMATCH"});
    whatsapp.put("/templates/good_day", reject).await;
    let path = format!("{id}?fields=rejected_reason");
    assert_eq!(
        whatsapp.ask("GET", &path).await.1["rejected_reason"],
        "TAG_CONTENT_MISMATCH"
    );
    let moved = json!({"category": "MARKETING", "components": edit["components"]});
    assert_eq!(
        post(&whatsapp, id, &moved).await,
        (200, json!({"success": true}))
    );
    let (_, now) = whatsapp.ask("GET", id).await;
    assert_eq!(now["status"], "PENDING");
    assert_eq!(
        (&now["category"], &now["previous_category"]),
        (&json!("MARKETING"), &json!("UTILITY"))
    );
    assert_eq!(now["components"][0]["text"], "Good evening.");

    whatsapp
        .put("/templates/good_day", json!({"status": "APPROVED"}))
        .await;
    let back = json!({"category": "UTILITY"});
    assert_eq!(
        post(&whatsapp, id, &back).await.0,
        400,
        "what is approved stays where it is"
    );
    assert_eq!(post(&whatsapp, id, &edit).await.0, 200);
    whatsapp
        .put("/templates/good_day", json!({"status": "APPROVED"}))
        .await;
    assert_eq!(post(&whatsapp, id, &edit).await.0, 400, "once a day");
    let received = whatsapp.platform.wait(5).await;
    let fields = received
        .iter()
        .map(|one| one.body["entry"][0]["changes"][0]["field"].clone());
    let status = json!("message_template_status_update");
    let components = json!("message_template_components_update");
    assert_eq!(
        fields.collect::<Vec<_>>(),
        [&status, &components, &status, &components, &status].map(Value::clone)
    );
    assert_eq!(
        received[0].value()["rejection_info"]["reason"],
        "TAG_CONTENT_MISMATCH"
    );
    assert_eq!(
        received[1].value()["message_template_element"],
        "Good evening."
    );
}

#[tokio::test]
async fn a_hundred_templates_an_hour_are_taken() {
    let whatsapp = Whatsapp::start().await;
    let mut template = saying("Good day.", &[]);
    for number in 0..100 {
        template["name"] = json!(format!("a_{number}"));
        assert_eq!(create(&whatsapp, &template).await.0, 200);
    }
    template["name"] = json!("one_more");
    let (status, answer) = create(&whatsapp, &template).await;
    assert_eq!(
        (status, &answer["error"]["code"]),
        (429, &json!(80_008)),
        "{answer}"
    );
    // Putting one here is no call of Graph's.
    let put = json!({"components": template["components"]});
    assert_eq!(whatsapp.put("/templates/one_more", put).await.0, 200);
}

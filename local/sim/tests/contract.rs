//! The simulator held against Meta's own OpenAPI document, which lies in the folder that
//! `OPENWATI_CONTRACTS` names. Without it these tests say that they were skipped; in CI they fail.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::{collections::BTreeMap, fs, path::Path};

use jsonschema::Validator;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use support::{
    contract::{self, Correction, assert_valid, document, problems},
    files::Files,
    *,
};

/// Where Meta's document is evidently wrong, or older than what Meta describes today: the place,
/// what belongs there, and why.
fn corrections() -> Vec<Correction> {
    vec![
        (
            "/BaseMessageProperties/required",
            json!(["messaging_product"]),
            "recipient_type and type have defaults, and `recipient` may stand in for `to`",
        ),
        (
            "/BaseMessageProperties/properties/recipient",
            json!({"type": "string"}),
            "business-scoped user ids are newer than the document",
        ),
        (
            "/BaseMessageProperties/properties/biz_opaque_callback_data",
            json!({"type": "string", "maxLength": 512}),
            "described on the page about messages, left out here",
        ),
        (
            "/AudioMessage/allOf/1/properties/audio",
            json!({"$ref": "#/components/schemas/MediaObject"}),
            "unchanged; stands here so that a moved schema is noticed",
        ),
        (
            "/LocationMessage/allOf/1/properties/location/properties/latitude/type",
            json!(["string", "number"]),
            "the document's own example has a number",
        ),
        (
            "/LocationMessage/allOf/1/properties/location/properties/longitude/type",
            json!(["string", "number"]),
            "the document's own example has a number",
        ),
        (
            "/LanguageObject/required",
            json!(["code"]),
            "the document's own examples have no policy",
        ),
        (
            "/TemplateComponent/properties/index",
            json!({"type": ["string", "integer"], "pattern": "^[0-9]$", "minimum": 0, "maximum": 9}),
            "the pattern ^[2-6, 11-14]$ contradicts the description (0-9) and the examples",
        ),
        (
            "/TemplateComponent/properties/type/enum",
            json!(["header", "body", "button", "carousel", "limited_time_offer"]),
            "media card carousels and limited-time offers have pages of their own",
        ),
        (
            "/TemplateComponent/properties/sub_type/enum",
            json!(["quick_reply", "url", "catalog", "copy_code", "flow"]),
            "the document's own examples have flow; copy codes have a page of their own",
        ),
        (
            "/WhatsAppPhoneNumberStatus/enum",
            json!(["CONNECTED", "PENDING", "LINKED", "UNLINKED", "RESTRICTED"]),
            "a working number is CONNECTED, as the schema of accounts' numbers says",
        ),
    ]
}

/// Valid bodies that the document does not describe, and why.
const UNDESCRIBED: &[(&str, &str)] = &[
    ("pin", "groups: the document has no type pin"),
    (
        "interactive_cta_url",
        "the document lacks this interactive type",
    ),
    (
        "interactive_location_request",
        "the document lacks this interactive type",
    ),
    (
        "interactive_address_message",
        "the document lacks this interactive type",
    ),
    (
        "interactive_carousel",
        "the document lacks this interactive type",
    ),
    (
        "interactive_voice_call",
        "the document lacks this interactive type",
    ),
    (
        "interactive_order_details",
        "the document lacks this interactive type",
    ),
    (
        "interactive_order_details_upi",
        "the document lacks this interactive type",
    ),
    (
        "interactive_order_status",
        "the document lacks this interactive type",
    ),
    (
        "interactive_catalog_message_without_thumbnail",
        "the page about catalog messages lets the parameters out",
    ),
];

/// Examples of the document that the simulator refuses, and why.
const REFUSED_EXAMPLES: &[(&str, &str)] = &[
    (
        "Send Order Status Message",
        "the placeholder of its reference_id is longer than the 35 characters that it may have",
    ),
    (
        "Send Reply to List Message",
        "it lacks the type, so that it would be a text",
    ),
    (
        "Send Sample Issue Resolution Template",
        "its quick replies have truth values for texts, where the schema wants payloads",
    ),
];

/// A schema of the document as JSON schema, with the corrections.
fn schema(document: &Value, name: &str) -> Validator {
    contract::schema(document, name, corrections())
}

/// The bodies under `fixtures/outgoing`, by name, with links to a server of files.
fn corpus(files: &Files) -> BTreeMap<String, Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/outgoing");
    fs::read_dir(folder)
        .unwrap()
        .map(|file| {
            let path = file.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let text = fs::read_to_string(path).unwrap();
            let to_files = format!("\"link\": \"{}/", files.base);
            let text = text.replace("\"link\": \"https://example.com/", &to_files);
            (name, serde_json::from_str(&text).unwrap())
        })
        .collect()
}

#[tokio::test]
async fn the_whole_corpus_is_accepted_and_shown() {
    let whatsapp = Whatsapp::start().await;
    whatsapp.learn_templates().await;
    let files = Files::start().await;
    let corpus = corpus(&files);
    assert!(corpus.len() > 50);
    for (name, body) in &corpus {
        let (status, answer) = whatsapp.send(body).await;
        assert_eq!(status, 200, "{name}: {answer}");
    }
    whatsapp.quiet().await;
    let to_customer = corpus
        .values()
        .filter(|body| body["recipient_type"] != "group" && body["recipient"].is_null());
    let phone = whatsapp.phone(CUSTOMER).await;
    assert_eq!(phone.len(), to_customer.count());
    for message in phone {
        let kind = message["type"].as_str().unwrap();
        let silent = matches!(kind, "audio" | "sticker");
        assert_eq!(message["text"].is_null(), silent, "{message}");
        let has_file = matches!(kind, "image" | "video" | "audio" | "document" | "sticker");
        assert!(!has_file || message["media_url"].is_string(), "{message}");
    }
}

#[tokio::test]
async fn what_is_accepted_and_answered_is_what_metas_document_describes() {
    let Some(document) = document() else { return };
    let request = schema(&document, "Message");
    let answer = schema(&document, "MessageResponsePayload");
    let callback = schema(&document, "StatusMessageValue");
    let whatsapp = Whatsapp::start().await;
    whatsapp.learn_templates().await;
    let files = Files::start().await;
    for (name, body) in corpus(&files) {
        let problems = problems(&request, &body);
        match UNDESCRIBED
            .iter()
            .find(|(undescribed, _)| *undescribed == name)
        {
            None => assert!(problems.is_empty(), "{name}: {problems:?}"),
            Some((_, reason)) => {
                assert!(
                    !problems.is_empty(),
                    "{name} is described by now ({reason})"
                );
            }
        }
        let (status, answered) = whatsapp.send(&body).await;
        assert_eq!(status, 200, "{name}: {answered}");
        assert_valid(&answer, &answered, &name);
    }
    whatsapp.quiet().await;
    let (_, read) = whatsapp
        .post(&format!("/customers/{CUSTOMER}/read"), json!({}))
        .await;
    assert!(read["read"].as_u64() > Some(40));
    whatsapp.quiet().await;
    let received = whatsapp.platform.received().into_iter();
    for received in received.filter(|received| received.status().is_some()) {
        let mut value = received.value().clone();
        let status = &mut value["statuses"][0];
        if status["recipient_id"].is_null() {
            // The document is older than sends to user ids, whose statuses have no number.
            status["recipient_id"] = status["recipient_user_id"].clone();
        }
        assert_valid(&callback, &value, "a status");
    }
}

#[tokio::test]
async fn the_examples_of_metas_document_are_accepted() {
    let Some(document) = document() else { return };
    let path = "/paths/~1{Version}~1{Phone-Number-ID}~1messages/post/requestBody/content";
    let content = document.pointer(path).unwrap();
    let examples = content["application~1json"].as_object();
    let examples = examples
        .or(content["application/json"].as_object())
        .unwrap();
    let whatsapp = Whatsapp::start().await;
    let mut seen = 0;
    let mut refused = Vec::new();
    for (name, example) in examples["examples"].as_object().unwrap() {
        let mut body = example["value"].clone();
        fill(&mut body);
        let (status, answer) = whatsapp.send(&body).await;
        seen += 1;
        // Files, templates and messages of the examples do not exist.
        let error = &answer["error"];
        let unknown = error["error_subcode"] == 33 || error["code"] == 132_001;
        let unknown = unknown || !body["status"].is_null();
        if status != 200 && !unknown {
            refused.push((name.as_str(), answer["error"].clone()));
        }
    }
    let names: Vec<&str> = refused.iter().map(|(name, _)| *name).collect();
    let expected: Vec<&str> = REFUSED_EXAMPLES.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, expected, "{refused:#?}");
    assert!(seen > 30, "{seen} examples");
}

/// Puts something real where an example has a placeholder.
fn fill(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if let Value::String(text) = member {
                    match name.as_str() {
                        "to" => *text = CUSTOMER.into(),
                        "type" if text.starts_with('<') => *text = "text".into(),
                        "link" | "url" => *text = "http://127.0.0.1:9/a".into(),
                        _ => {}
                    }
                }
                fill(member);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(fill),
        _ => {}
    }
}

#[tokio::test]
async fn files_go_and_come_as_metas_document_describes() {
    let Some(document) = document() else { return };
    let at = |place: &str| document.pointer(place).unwrap().clone();
    let answer = "responses/200/content/application~1json/schema";
    let upload = "/paths/~1{Version}~1{Phone-Number-ID}~1media/post";
    let file = "/paths/~1{Version}~1{Media-ID}";
    let whatsapp = Whatsapp::start().await;

    let fields = at(&format!(
        "{upload}/requestBody/content/multipart~1form-data/schema/properties"
    ));
    let mut form = Form::new();
    for (name, field) in fields.as_object().unwrap() {
        form = match field["format"] == "binary" {
            true => {
                let part = Part::bytes(b"x".to_vec()).file_name("x.jpg");
                form.part(name.clone(), part.mime_str("image/jpeg").unwrap())
            }
            false => form.text(name.clone(), field["example"].as_str().unwrap().to_owned()),
        };
    }
    let url = whatsapp.graph(&format!("{NUMBER}/media"));
    let request = whatsapp.client.post(url).bearer_auth(TOKEN);
    let (status, made) = read(request.multipart(form).send().await.unwrap()).await;
    assert_eq!(status, 200, "{made}");
    let described = jsonschema::validator_for(&at(&format!("{upload}/{answer}"))).unwrap();
    assert_valid(&described, &made, "an upload");
    let id = made["id"].as_str().unwrap();

    let mut described = at(&format!("{file}/get/{answer}"));
    // The size is a number on the wire.
    described["properties"]["file_size"]["type"] = json!("integer");
    let described = jsonschema::validator_for(&described).unwrap();
    let rest = format!("{id}?phone_number_id={NUMBER}");
    let (_, found) = whatsapp.ask("GET", &rest).await;
    assert_valid(&described, &found, "a look-up");
    let described = at(&format!("{file}/get/{answer}/properties"));
    for name in described.as_object().unwrap().keys() {
        assert!(!found[name].is_null(), "{name}: {found}");
    }

    let described = jsonschema::validator_for(&at(&format!("{file}/delete/{answer}"))).unwrap();
    let (_, deleted) = whatsapp.ask("DELETE", &rest).await;
    assert_valid(&described, &deleted, "a deletion");
    let error = schema(&document, "GraphAPIError");
    for rest in [id.to_owned(), format!("{NUMBER}/media")] {
        let (status, answer) = whatsapp.ask("POST", &rest).await;
        assert_eq!(status, 400);
        assert_valid(&error, &answer, "an error");
    }
}

#[tokio::test]
async fn accounts_and_errors_are_what_metas_document_describes() {
    let Some(document) = document() else { return };
    let whatsapp = Whatsapp::start().await;
    let get = async |rest: String| {
        let request = whatsapp
            .client
            .get(whatsapp.graph(&rest))
            .bearer_auth(TOKEN);
        read(request.send().await.unwrap()).await
    };
    for (rest, name) in [
        (NUMBER.to_owned(), "PhoneNumberInfo"),
        (
            format!("{WABA}/phone_numbers"),
            "WhatsAppBusinessAccountPhoneNumbersConnection",
        ),
        (WABA.to_owned(), "WhatsAppBusinessAccount"),
        (format!("{WABA}/subscribed_apps"), "SubscribedAppsResponse"),
    ] {
        let (status, answer) = get(rest.clone()).await;
        assert_eq!(status, 200, "{answer}");
        assert_valid(&schema(&document, name), &answer, &rest);
    }
    let url = whatsapp.graph(&format!("{WABA}/subscribed_apps"));
    let subscribe = whatsapp
        .client
        .post(url)
        .bearer_auth(TOKEN)
        .send()
        .await
        .unwrap();
    assert_valid(
        &schema(&document, "SubscriptionResponse"),
        &read(subscribe).await.1,
        "subscribe",
    );
    let error = schema(&document, "GraphAPIError");
    for rest in [
        "1".to_owned(),
        format!("{NUMBER}/smells"),
        format!("{NUMBER}?fields=smell"),
        format!("{NUMBER}?appsecret_proof=smell"),
        "debug_token".to_owned(),
    ] {
        let (status, answer) = get(rest).await;
        assert_eq!(status, 400);
        assert_valid(&error, &answer, "an error");
    }
    let (_, answer) = whatsapp.send(&text(CUSTOMER, "")).await;
    assert_valid(&error, &answer, "a refused message");
}

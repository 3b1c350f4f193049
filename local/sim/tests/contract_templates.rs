//! Templates held against Meta's own OpenAPI document, which lies in the folder that
//! `OPENWATI_CONTRACTS` names. Without it these tests say that they were skipped; in CI they fail.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use jsonschema::Validator;
use serde_json::{Value, json};
use support::{
    contract::{assert_valid, document},
    *,
};

const ALL: &str = "/{Version}/{WABA-ID}/message_templates";
const ONE: &str = "/{Version}/{TEMPLATE_ID}";

/// The schema of an answer of Graph's, which must have all that the document's own example has.
fn answer(document: &Value, path: &str, method: &str) -> Validator {
    let content = &document["paths"][path][method]["responses"]["200"]["content"];
    validator(content["application/json"]["schema"].clone())
}

fn request(document: &Value, path: &str, method: &str) -> Value {
    document["paths"][path][method]["requestBody"]["content"]["application/json"].clone()
}

fn validator(schema: Value) -> Validator {
    jsonschema::validator_for(&schema).unwrap()
}

async fn call(whatsapp: &Whatsapp, method: &str, rest: &str, body: &Value) -> (u16, Value) {
    let method = method.parse().unwrap();
    let call = whatsapp.client.request(method, whatsapp.graph(rest));
    read(call.bearer_auth(TOKEN).json(body).send().await.unwrap()).await
}

/// Puts something real where an example has a placeholder or a sample of Meta's own.
async fn fill(whatsapp: &Whatsapp, template: &mut Value, name: String) {
    template["name"] = json!(name);
    for component in template["components"].as_array_mut().unwrap() {
        let kind = match component["format"].as_str() {
            Some("IMAGE") => "image/jpeg",
            Some("DOCUMENT") => "application/pdf",
            _ => continue,
        };
        let begin = format!("670843887433847/uploads?file_length=1&file_type={kind}");
        let (_, begun) = whatsapp.ask("POST", &begin).await;
        let bytes = whatsapp
            .client
            .post(whatsapp.graph(begun["id"].as_str().unwrap()));
        let bytes = bytes.bearer_auth(TOKEN).header("file_offset", 0).body("x");
        let (_, whole) = read(bytes.send().await.unwrap()).await;
        component["example"]["header_handle"] = json!([whole["h"]]);
    }
}

#[tokio::test]
async fn the_examples_of_metas_document_are_taken_told_and_edited() {
    let Some(document) = document() else { return };
    let whatsapp = Whatsapp::start().await;
    let made = answer(&document, ALL, "post");
    let all = answer(&document, ALL, "get");
    let one = answer(&document, ONE, "get");
    let examples = request(&document, ALL, "post")["examples"].clone();
    let examples = examples.as_object().unwrap();
    assert!(examples.len() > 8);
    let asked = validator(request(&document, ALL, "post")["schema"].clone());
    for (number, (what, example)) in examples.iter().enumerate() {
        let mut template = example["value"].clone();
        fill(&whatsapp, &mut template, format!("example_{number}")).await;
        assert_valid(&asked, &template, what);
        let path = format!("{WABA}/message_templates");
        let (status, answer) = call(&whatsapp, "POST", &path, &template).await;
        assert_eq!(status, 200, "{what}: {answer}");
        assert_valid(&made, &answer, what);
        for member in ["id", "status", "category"] {
            assert!(answer[member].is_string(), "{what}: {answer}");
        }
        let (status, answer) = whatsapp.ask("GET", answer["id"].as_str().unwrap()).await;
        assert_eq!(status, 200, "{what}: {answer}");
        assert_valid(&one, &answer, what);
        assert_eq!(answer["category"], template["category"], "{what}");
    }
    let (status, listed) = whatsapp
        .ask("GET", &format!("{WABA}/message_templates?limit=100"))
        .await;
    assert_eq!(status, 200, "{listed}");
    assert_valid(&all, &listed, "the list");
    assert_eq!(listed["data"].as_array().unwrap().len(), examples.len() + 2);
    assert!(listed["paging"]["cursors"]["after"].is_string());
    let told = document["paths"][ALL]["get"]["responses"]["200"]["content"]["application/json"]
        ["examples"]["Example response"]["value"]["data"]
        .as_array();
    let told = told
        .unwrap()
        .iter()
        .flat_map(|one| one.as_object().unwrap());
    for (member, _) in told.filter(|(member, _)| *member != "previous_category") {
        assert!(!listed["data"][0][member].is_null(), "{member}: {listed}");
    }

    let edits = request(&document, ONE, "post");
    let edit = &edits["examples"]["Edit template"]["value"];
    assert_valid(&validator(edits["schema"].clone()), edit, "the edit");
    let id = listed["data"][0]["id"].as_str().unwrap();
    let name = listed["data"][0]["name"].as_str().unwrap();
    let (_, _) = whatsapp
        .put(&format!("/templates/{name}"), json!({"status": "REJECTED"}))
        .await;
    let (status, edited) = call(&whatsapp, "POST", id, edit).await;
    assert_eq!(status, 200, "{edited}");
    assert_valid(&answer(&document, ONE, "post"), &edited, "edited");
    let path = format!("{WABA}/message_templates?name={name}");
    let (status, deleted) = whatsapp.ask("DELETE", &path).await;
    assert_eq!(status, 200, "{deleted}");
    assert_valid(&answer(&document, ALL, "delete"), &deleted, "deleted");
}

//! What is wrong with a rule is said by the field's name, and nothing is kept of it.

use openwati_tests::Running;
use serde_json::json;

use super::{create, listed};

#[tokio::test]
async fn what_is_wrong_is_named_and_nothing_is_kept() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    let cases = [
        (json!({"keyword": 5}), "invalid_request", "keyword: "),
        (json!({"keyword": ""}), "invalid_rule", "keyword"),
        (json!({"keyword": " \u{200b} "}), "invalid_rule", "keyword"),
        (
            json!({"keyword": "x".repeat(201)}),
            "invalid_rule",
            "keyword",
        ),
        (
            json!({"match_type": "fuzzy"}),
            "invalid_rule",
            "match_type: must be one of exact, starts_with, contains",
        ),
        (json!({"match_type": 1}), "invalid_request", "match_type: "),
        (
            json!({"response": null}),
            "invalid_rule",
            "response, responses",
        ),
        (
            json!({"response": ""}),
            "invalid_rule",
            "response: must have 1 to 4096 characters, not 0",
        ),
        (json!({"response": 5}), "invalid_request", "response: "),
        (
            json!({"response": null, "responses": []}),
            "invalid_rule",
            "responses",
        ),
        (json!({"responses": "Hi"}), "invalid_request", "responses: "),
        (
            json!({"responses": vec!["Hi"; 11]}),
            "invalid_rule",
            "responses",
        ),
        (
            json!({"responses": ["Hi", "x".repeat(4097)]}),
            "invalid_rule",
            "responses[1]: must have 1 to 4096 characters, not 4097",
        ),
        (
            json!({"responses": ["Hi", null]}),
            "invalid_request",
            "responses[1]: ",
        ),
        (
            json!({"responses": [{}]}),
            "invalid_request",
            "responses[0]: must have exactly one of",
        ),
        (
            json!({"responses": [{"text": "a", "media": {}}]}),
            "invalid_request",
            "responses[0]: must have exactly one of",
        ),
        (
            json!({"responses": [{"text": ""}]}),
            "invalid_rule",
            "responses[0].text: ",
        ),
        (
            json!({"responses": [{"media": {"type": "gif", "url": "https://a.b/c"}}]}),
            "invalid_rule",
            "responses[0].media.type: must be one of",
        ),
        (
            json!({"responses": [{"media": {"type": "image"}}]}),
            "invalid_rule",
            "responses[0].media.url: ",
        ),
        (
            json!({"responses": [{"media": {"type": "image", "url": "ftp://a.b/c"}}]}),
            "media_url_failed",
            "responses[0].media.url: ",
        ),
        (
            json!({"responses": [{"media": {"type": "image", "uploadId": "6a297f98-8000-8d5e-9b7c-2f1d3a5e7c90"}}]}),
            "invalid_rule",
            "responses[0].media.uploadId: ",
        ),
        (
            json!({"responses": [{"media": {"type": "audio", "url": "https://a.b/c", "caption": "a"}}]}),
            "invalid_rule",
            "responses[0].media.caption: ",
        ),
        (
            json!({"responses": [{"template": {}}]}),
            "invalid_request",
            "responses[0].template: missing field `template`",
        ),
        (
            json!({"responses": [{"template": {"template": "Bad Name"}}]}),
            "invalid_rule",
            "responses[0].template.template: ",
        ),
        (
            json!({"responses": [{"template": {"template": "a", "parameters": 5}}]}),
            "invalid_rule",
            "responses[0].template.parameters: ",
        ),
        (
            json!({"responses": [{"interactive": {"body": "a"}}]}),
            "invalid_rule",
            "responses[0].interactive.buttons, list, cta, interactive: ",
        ),
        (
            json!({"responses": [{"interactive": {"body": "a", "buttons": ["Yes", {}]}}]}),
            "invalid_request",
            "responses[0].interactive.buttons[1]: missing field `title`",
        ),
        (
            json!({"responses": [{"interactive": {"body": "a", "buttons": ["x".repeat(21)]}}]}),
            "invalid_rule",
            "responses[0].interactive.buttons[0]: ",
        ),
        (
            json!({"step_delay_seconds": -1}),
            "invalid_rule",
            "step_delay_seconds",
        ),
        (
            json!({"step_delay_seconds": 3601}),
            "invalid_rule",
            "step_delay_seconds",
        ),
        (
            json!({"step_delay_seconds": 70000}),
            "invalid_rule",
            "step_delay_seconds",
        ),
        (
            json!({"step_delay_seconds": "2"}),
            "invalid_request",
            "step_delay_seconds: ",
        ),
        (json!({"active": "yes"}), "invalid_request", "active: "),
        (json!({"order": 1.5}), "invalid_request", "order: "),
        (
            json!({"order": 3_000_000_000_u64}),
            "invalid_request",
            "order: ",
        ),
    ];
    for (wrong, code, expected) in cases {
        let mut body = json!({"keyword": "hi", "match_type": "exact", "response": "Hi"});
        for (field, value) in wrong.as_object().unwrap() {
            body[field] = value.clone();
        }
        let answer = create(client, &body).await.refused(400, code);
        assert!(
            answer.error().contains(expected),
            "{wrong}: {}",
            answer.text
        );
    }
    let unnamed = json!({"response": "Hi"});
    let answer = create(client, &unnamed)
        .await
        .refused(400, "invalid_request");
    assert_eq!(answer.error(), "missing field `keyword`");
    assert!(listed(client).await.is_empty());
}

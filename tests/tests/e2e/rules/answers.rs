//! Every kind of answer is kept and shown as it was written.

use http::Method;
use openwati_tests::Running;
use serde_json::json;

use super::{RULES, create, rule};

#[tokio::test]
async fn every_kind_of_answer_is_shown_as_it_was_written() {
    let tenant = Running::shared().tenant().make().await;
    let client = &tenant.client;
    let responses = json!([
        {"media": {"type": "document", "url": "https://example.com/a.pdf", "fileName": "a.pdf", "mimetype": "application/pdf", "caption": "Prices"}},
        {"media": {"type": "audio", "url": "https://example.com/a.ogg", "voice": true}},
        {"template": {"template": "order_update", "language": "en", "parameters": {"1": "Ali", "2": 42}}},
        {"template": {"template": "hello_world"}},
        {"interactive": {"body": "Sure?", "footer": "-", "buttons": ["Yes", {"id": "n", "title": "No"}]}},
        {"interactive": {"body": "Size?", "list": {"button": "Sizes", "rows": ["Large", "Small"]}}},
        {"interactive": {"body": "Go", "header": {"image": {"link": "https://example.com/a.png"}}, "cta": {"text": "Track", "url": "https://example.com/42"}}},
        {"interactive": {"interactive": {
            "type": "location_request_message",
            "body": {"text": "Where are you?"},
            "action": {"name": "send_location"},
        }}},
        "A text",
    ]);
    let body = json!({"keyword": "all", "match_type": "exact", "responses": responses});
    let made = rule(client, body).await;
    assert_eq!(made["responses"], responses);
    assert_eq!(made["response"], json!(null));
    let shown = client.call(Method::GET, RULES).await.ok();
    assert_eq!(shown.body["rules"][0]["responses"], responses);

    // Several count where one is given too, and a text that is an object is a text.
    let given = json!([{"text": "Hi"}, "Ho"]);
    let body = json!({"keyword": "more", "response": "is not read", "responses": given});
    let made = rule(client, body).await;
    assert_eq!(made["responses"], given);
    assert_eq!(
        (&made["response"], &made["match_type"]),
        (&json!("Hi"), &json!("contains"))
    );

    // One answer may be of any kind, and no list is none.
    let one = json!({"template": {"template": "hello_world"}});
    let body = json!({"keyword": "one", "response": one, "responses": []});
    assert_eq!(rule(client, body).await["responses"], json!([one]));
    let most = json!({"keyword": "k".repeat(200), "responses": vec!["x".repeat(4096); 10]});
    assert_eq!(create(client, &most).await.status, 201);
}

//! What can be sent beside text: it reaches the phone as it was meant, and what is wrong with it is said before anything is
//! claimed.

use http::Method;
use openwati_tests::{Answer, Client, Running, Tenant, someone};
use serde_json::{Value, json};

/// Posts a body to one of the endpoints that send.
pub(crate) async fn post(client: &Client, endpoint: &str, body: &Value) -> Answer {
    let path = format!("/api/public/v1/{endpoint}");
    client.call_with(Method::POST, &path, body).await
}

/// Posts a body, which must be sent, and answers what WhatsApp got of it.
pub(crate) async fn sent(
    platform: &Running,
    tenant: &Tenant,
    endpoint: &str,
    mut body: Value,
) -> Value {
    let to = someone();
    body["to"] = json!(to);
    let answer = post(&tenant.client, endpoint, &body).await.ok();
    assert_eq!(
        answer.body,
        json!({
            "ok": true,
            "id": answer.id(),
            "messageId": answer.wamid(),
            "status": "sent",
            "to": to,
        })
    );
    let shown = platform.whatsapp().phone(&to).shows().await;
    assert_eq!(shown.len(), 1, "{shown:?}");
    assert_eq!(shown[0]["id"], answer.wamid());
    let message = tenant.client.message(answer.id()).await.ok();
    assert_eq!(message.body["message"]["type"], shown[0]["type"]);
    assert_eq!(message.body["message"]["peer"], to.as_str());
    let mut raw = shown[0]["raw"].clone();
    let kind = shown[0]["type"].as_str().unwrap();
    assert_eq!(raw["type"], kind);
    raw[kind].take()
}

/// Posts a body that is refused for what it says: nothing is kept, and no place of the day is taken.
async fn refused(tenant: &Tenant, endpoint: &str, mut body: Value, code: &str) -> String {
    let to = someone();
    body["to"] = json!(to);
    let answer = post(&tenant.client, endpoint, &body).await;
    let answer = answer.refused(400, code);
    assert!(tenant.client.with(&to).await.is_empty());
    answer.error().to_owned()
}

#[tokio::test]
async fn a_location_reaches_the_phone() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let place = json!({"latitude": 31.5204, "longitude": "74.3587", "name": "Shop", "address": "Mall Road"});
    let location = sent(&platform, &tenant, "send-location", place).await;
    assert_eq!(
        location,
        json!({"latitude": "31.5204", "longitude": "74.3587", "name": "Shop", "address": "Mall Road"})
    );
    let bare = json!({"latitude": -90, "longitude": 180});
    sent(&platform, &tenant, "send-location", bare).await;

    let beyond = json!({"latitude": 90.5, "longitude": 0});
    assert_eq!(
        refused(&tenant, "send-location", beyond, "invalid_message").await,
        "latitude: must be between -90 and 90"
    );
    let beyond = json!({"latitude": 0, "longitude": -181});
    assert_eq!(
        refused(&tenant, "send-location", beyond, "invalid_message").await,
        "longitude: must be between -180 and 180"
    );
    for (body, field) in [
        (json!({"longitude": 0}), "`latitude`"),
        (json!({"latitude": "north", "longitude": 0}), "latitude: "),
        (json!({"latitude": 0, "longitude": 0, "name": 5}), "name: "),
    ] {
        let error = refused(&tenant, "send-location", body, "invalid_request").await;
        assert!(error.contains(field), "{error}");
    }
    assert_eq!(tenant.places_taken().await, 2);
}

#[tokio::test]
async fn contact_cards_reach_the_phone() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let card = json!({
        "name": {"formatted_name": "Sara Khan", "first_name": "Sara"},
        "phones": [{"phone": "+92 300 7654321", "type": "WORK", "wa_id": "923007654321"}],
        "emails": [{"email": "sara@example.com"}],
        "addresses": [{"city": "Lahore", "country_code": "PK"}],
        "org": {"company": "Shop"},
        "urls": [{"url": "https://example.com"}],
        "birthday": "1990-01-31",
    });
    let body = json!({"contacts": [card.clone()]});
    let contacts = sent(&platform, &tenant, "send-contacts", body).await;
    assert_eq!(contacts, json!([card]));

    let named = |name: Value| json!({"contacts": [card.clone(), {"name": name}]});
    for (body, code, error) in [
        (
            json!({"contacts": []}),
            "invalid_message",
            "contacts: must have 1 to 5 entries, not 0",
        ),
        (
            json!({"contacts": vec![card.clone(); 6]}),
            "invalid_message",
            "contacts: must have 1 to 5 entries, not 6",
        ),
        (
            named(json!({"formatted_name": "Ali"})),
            "invalid_message",
            "contacts[1].name.first_name: is required",
        ),
        (
            named(json!({"first_name": "Ali"})),
            "invalid_request",
            "contacts[1].name: missing field `formatted_name`",
        ),
    ] {
        assert_eq!(refused(&tenant, "send-contacts", body, code).await, error);
    }
    assert_eq!(tenant.places_taken().await, 1);
}

#[tokio::test]
async fn what_can_be_tapped_reaches_the_phone() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let reply = |id, title| json!({"type": "reply", "reply": {"id": id, "title": title}});
    let buttons = json!({
        "header": "Order #42",
        "body": "Is this your address?",
        "footer": "Mall Road",
        "buttons": ["Yes", {"id": "change", "title": "Change it"}],
    });
    assert_eq!(
        sent(&platform, &tenant, "send-interactive", buttons).await,
        json!({
            "type": "button",
            "header": {"type": "text", "text": "Order #42"},
            "body": {"text": "Is this your address?"},
            "footer": {"text": "Mall Road"},
            "action": {"buttons": [reply("Yes", "Yes"), reply("change", "Change it")]},
        })
    );
    let rows = json!([{"id": "l", "title": "Large", "description": "40 cm"}, {"title": "Small"}]);
    let list = json!({"body": "Size?", "list": {"button": "Sizes", "sections": [{"rows": rows}]}});
    assert_eq!(
        sent(&platform, &tenant, "send-interactive", list).await,
        json!({
            "type": "list",
            "body": {"text": "Size?"},
            "action": {"button": "Sizes", "sections": [{"rows": [
                {"id": "l", "title": "Large", "description": "40 cm"},
                {"id": "Small", "title": "Small"},
            ]}]},
        })
    );
    let cta =
        json!({"body": "On its way", "cta": {"text": "Track", "url": "https://example.com/42"}});
    assert_eq!(
        sent(&platform, &tenant, "send-interactive", cta).await["action"],
        json!({"name": "cta_url", "parameters": {"display_text": "Track", "url": "https://example.com/42"}})
    );
    let whole = json!({
        "type": "location_request_message",
        "body": {"text": "Where are you?"},
        "action": {"name": "send_location"},
    });
    let body = json!({"interactive": whole.clone()});
    assert_eq!(
        sent(&platform, &tenant, "send-interactive", body).await,
        whole
    );
}

#[tokio::test]
async fn a_button_of_a_message_comes_back_with_its_id() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let to = someone();
    let body = json!({"to": to, "body": "Sure?", "buttons": [{"id": "y-1", "title": "Yes"}]});
    let asked = post(&tenant.client, "send-interactive", &body).await.ok();
    let tap = json!({
        "type": "interactive",
        "interactive": {"type": "button_reply", "button_reply": {"id": "y-1", "title": "Yes"}},
        "context": {"id": asked.wamid()},
    });
    let phone = platform.whatsapp().phone(&to);
    phone.does(&tenant.channel().phone_number_id, tap).await;
    let answers = crate::inbound::received(&tenant, &to, 1).await;
    assert_eq!(answers[0]["text"], "Yes");
    assert_eq!(answers[0]["payload"]["button_reply"]["id"], "y-1");
}

#[tokio::test]
async fn what_is_wrong_with_what_can_be_tapped_is_said_of_the_callers_field() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let rows: Vec<_> = (0..11).map(|i| i.to_string()).collect();
    for (body, error) in [
        (
            json!({"body": "Sure?"}),
            "buttons, list, cta, interactive: exactly one of them must be given",
        ),
        (
            json!({"body": "Sure?", "buttons": ["1", "2", "3", "4"]}),
            "buttons: must have 1 to 3 entries, not 4",
        ),
        (
            json!({"body": "Sure?", "buttons": ["1", {"title": "x".repeat(21)}]}),
            "buttons[1].title: must have 1 to 20 characters, not 21",
        ),
        (
            json!({"body": "x".repeat(1025), "buttons": ["1"]}),
            "body: must have 1 to 1024 characters, not 1025",
        ),
        (
            json!({"body": "Size?", "list": {"button": "Open", "rows": rows}}),
            "list.rows: must have 1 to 10 entries, not 11",
        ),
        (
            json!({"body": "Go", "cta": {"text": "Go", "url": "javascript:alert(1)"}}),
            "cta.url: must be an http or https URL",
        ),
        (
            json!({"interactive": {"type": "button", "body": {"text": "a"}, "action": {"buttons": []}}}),
            "interactive.action.buttons: must have 1 to 3 entries, not 0",
        ),
    ] {
        let told = refused(&tenant, "send-interactive", body, "invalid_message").await;
        assert_eq!(told, error);
    }
    for (body, error) in [
        (
            json!({"body": "a", "buttons": ["1", 2]}),
            "buttons[1]: invalid type: integer `2`, expected a title, or an object with `title` and `id`",
        ),
        (
            json!({"interactive": {"type": "button", "body": {"text": "a"}, "action": {}}}),
            "interactive: action: missing field `buttons`",
        ),
    ] {
        let told = refused(&tenant, "send-interactive", body, "invalid_request").await;
        assert_eq!(told, error);
    }
    assert_eq!(tenant.places_taken().await, 0);
}

#[tokio::test]
async fn every_kind_is_sent_once_under_its_idempotency_key() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    for (endpoint, mut body) in [
        (
            "send-location",
            json!({"latitude": 31.5, "longitude": 74.3}),
        ),
        (
            "send-contacts",
            json!({"contacts": [{"name": {"formatted_name": "Sara", "first_name": "Sara"}}]}),
        ),
        (
            "send-interactive",
            json!({"body": "Sure?", "buttons": ["Yes", "No"]}),
        ),
    ] {
        let to = someone();
        body["to"] = json!(to);
        let once = async || {
            let path = format!("/api/public/v1/{endpoint}");
            let request = tenant.client.request(Method::POST, &path).json(&body);
            Client::answer(request.header("idempotency-key", endpoint)).await
        };
        let first = once().await.ok();
        let again = once().await.ok();
        assert!(!first.replayed() && again.replayed(), "{endpoint}");
        assert_eq!(again.body, first.body);
        assert_eq!(platform.whatsapp().phone(&to).shows().await.len(), 1);
        // The key stands for this endpoint alone.
        let text = tenant.client.send_once(endpoint, &to, "Hi").await;
        text.refused(422, "idempotency_key_reused");
    }
    assert_eq!(tenant.places_taken().await, 3);
}

#[tokio::test]
async fn every_kind_meets_the_caps_the_window_and_whatsapps_word() {
    let platform = Running::shared();
    let tenant = platform.tenant().cap(1).make().await;
    let place = |to: &str| json!({"to": to, "latitude": 0, "longitude": 0});
    let (refused, closed) = (someone(), someone());
    let whatsapp = platform.whatsapp();
    whatsapp
        .trouble(&refused, json!({"error": {"code": 131_026}, "times": 1}))
        .await;
    let answer = post(&tenant.client, "send-location", &place(&refused)).await;
    let answer = answer.refused(422, "whatsapp_refused");
    assert_eq!(answer.body["whatsapp"]["code"], 131_026);
    let kept = tenant.client.message(answer.id()).await.ok();
    assert_eq!(kept.body["message"]["status"], "failed");
    assert_eq!(tenant.places_taken().await, 0);

    let unknown = json!({"to": someone(), "latitude": 0, "longitude": 0, "deviceId": "6a297f98-8000-8d5e-9b7c-2f1d3a5e7c90"});
    let answer = post(&tenant.client, "send-location", &unknown).await;
    answer.refused(404, "not_found");

    let answer = post(&tenant.client, "send-location", &place(&closed)).await;
    answer.ok();
    let answer = post(&tenant.client, "send-location", &place(&someone())).await;
    answer.refused(409, "plan_cap_reached");
}

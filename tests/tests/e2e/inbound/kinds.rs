//! Every kind of message.

use openwati_tests::{Running, someone};
use serde_json::{Value, json};

use super::received;

/// Each kind: what the customer does, what a person reads of it, and what stands in `payload`.
fn kinds(earlier: &str) -> Vec<(Value, &'static str, Value)> {
    let location = json!({"latitude": 31.5497, "longitude": 74.3436, "name": "Lahore Fort", "address": "Fort Road"});
    let contacts = json!([{"name": {"formatted_name": "Sara Khan", "first_name": "Sara"}, "phones": [{"phone": "+1"}]}]);
    let button = json!({"payload": "yes", "text": "Yes, please"});
    let interactive = |form: &str, reply: Value| json!({"type": form, form: reply});
    let button_reply = interactive("button_reply", json!({"id": "b1", "title": "Track it"}));
    let list_reply = interactive(
        "list_reply",
        json!({"id": "r1", "title": "Green tea", "description": "hot"}),
    );
    let flow = interactive(
        "nfm_reply",
        json!({"name": "flow", "body": "Sent", "response_json": "{\"size\":\"L\"}"}),
    );
    let permission = interactive(
        "call_permission_reply",
        json!({"response": "accept", "response_source": "user_action"}),
    );
    let order = json!({"catalog_id": "9", "text": "by noon",
        "product_items": [{"product_retailer_id": "tea", "quantity": 2, "item_price": 3.5, "currency": "USD"}]});
    let system = json!({"type": "customer_identity_changed", "body": "Ali has a new phone"});
    let reaction = json!({"message_id": earlier, "emoji": "👍"});
    let edit = json!({"original_message_id": earlier, "message": {"type": "text", "text": {"body": "Better"}}});
    let revoke = json!({"original_message_id": earlier});
    let mystery = json!({"depth": 3, "beams": ["red"]});
    let one = |kind: &str, node: &Value| json!({"type": kind, kind: node});
    vec![
        (
            one("location", &location),
            "[location] Lahore Fort, Fort Road",
            location,
        ),
        (one("contacts", &contacts), "[contacts] Sara Khan", contacts),
        (one("button", &button), "Yes, please", button),
        (one("interactive", &button_reply), "Track it", button_reply),
        (one("interactive", &list_reply), "Green tea", list_reply),
        (one("interactive", &flow), "[flow] Sent", flow),
        (
            one("interactive", &permission),
            "[call permission] accept",
            permission,
        ),
        (one("order", &order), "[order] 2 × tea: by noon", order),
        (one("system", &system), "Ali has a new phone", system),
        (one("reaction", &reaction), "👍", reaction),
        (one("edit", &edit), "Better", edit),
        (one("revoke", &revoke), "[deleted a message]", revoke),
        (one("hologram", &mystery), "[hologram]", mystery),
        (
            json!({"type": "request_welcome"}),
            "[opened the chat]",
            json!(null),
        ),
        (
            json!({"type": "unsupported", "unsupported": {"type": "poll"}}),
            "[unsupported] poll",
            json!({"type": "poll"}),
        ),
    ]
}

#[tokio::test]
async fn every_kind_is_kept_with_words_for_people_and_its_node_for_programs() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let customer = someone();
    let phone = platform.whatsapp().phone(&customer);
    let number = &tenant.channel().phone_number_id;
    let first = phone.writes(number, "Hello").await;
    let kinds = kinds(&first);
    let mut wamids = Vec::new();
    for (message, _, _) in &kinds {
        wamids.push(phone.does(number, message.clone()).await);
    }
    received(&tenant, &customer, kinds.len() + 1).await;
    for ((message, text, payload), wamid) in kinds.iter().zip(&wamids) {
        let kept = tenant.client.message(wamid).await.ok().body["message"].take();
        assert_eq!(kept["type"], message["type"], "{kept}");
        assert_eq!(kept["text"], *text, "{kept}");
        assert_eq!(kept["payload"], *payload, "{kept}");
        assert_eq!(kept["direction"], "in", "{kept}");
    }
}

#[tokio::test]
async fn a_file_is_kept_with_what_whatsapp_says_of_it() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let customer = someone();
    let phone = platform.whatsapp().phone(&customer);
    let number = &tenant.channel().phone_number_id;
    for (message, kind, text) in [
        (
            json!({"type": "image", "image": {"caption": "My cat"}}),
            "image",
            "My cat",
        ),
        (json!({"type": "video", "video": {}}), "video", "[video]"),
        (
            json!({"type": "audio", "audio": {"voice": true}}),
            "audio",
            "[voice note]",
        ),
        (
            json!({"type": "document", "document": {"filename": "bill.pdf"}}),
            "document",
            "bill.pdf",
        ),
        (
            json!({"type": "sticker", "sticker": {}}),
            "sticker",
            "[sticker]",
        ),
    ] {
        let wamid = phone.does(number, message).await;
        let kept = openwati_tests::eventually(kind, openwati_tests::SOON, || async {
            let answer = tenant.client.message(&wamid).await;
            (answer.status == 200).then(|| answer.body["message"].clone())
        })
        .await;
        assert_eq!(
            (&kept["type"], &kept["text"]),
            (&json!(kind), &json!(text)),
            "{kept}"
        );
        assert!(kept["media"]["mime_type"].is_string(), "{kept}");
        assert!(kept["media"]["url"].is_string(), "{kept}");
    }
}

#[tokio::test]
async fn what_a_message_answers_is_kept() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let customer = someone();
    let number = &tenant.channel().phone_number_id;
    let sent = tenant.client.send(&customer, "Tea or coffee?").await.ok();
    let reply = json!({"type": "text", "text": "Tea", "context": {"message_id": sent.wamid()}});
    platform
        .whatsapp()
        .phone(&customer)
        .does(number, reply)
        .await;
    let kept = &received(&tenant, &customer, 1).await[0];
    assert_eq!(kept["reply_to"], sent.wamid());
}

#[tokio::test]
async fn what_no_item_holds_is_kept_whole_in_the_bucket() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let customer = someone();
    let phone = platform.whatsapp().phone(&customer);
    let beams = "red ".repeat(150_000);
    let mystery = json!({"type": "hologram", "hologram": {"beams": beams, "caption": beams}});
    phone.does(&tenant.channel().phone_number_id, mystery).await;
    let kept = &received(&tenant, &customer, 1).await[0];
    assert_eq!(
        (&kept["type"], &kept["payload"]),
        (&json!("hologram"), &json!(null))
    );
    assert!(
        kept["text"].as_str().unwrap().starts_with("red red"),
        "{kept}"
    );
    let id: openwati_core::id::Id = kept["id"].as_str().unwrap().parse().unwrap();
    let object = platform
        .aws()
        .s3
        .get_object()
        .bucket(&platform.ready().aws.bucket);
    let object = object.key(format!("whole/{}/{id}", tenant.id)).send().await;
    let bytes = object.unwrap().body.collect().await.unwrap().into_bytes();
    let whole: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(whole["hologram"]["beams"], beams.as_str());
}

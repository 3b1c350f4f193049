//! What Meta tells of templates, in order and out of it.

use openwati_tests::{SOON, Tenant, eventually};
use serde_json::{Value, json};

use super::{becomes, counts, hearing, listed, meta_has, parts, unheard};

/// Tells what became of a template, as Meta does at this second.
async fn told(tenant: &Tenant, field: &str, template: &Value, at: i64, mut value: Value) {
    let id: u64 = template["id"].as_str().unwrap().parse().unwrap();
    value["message_template_id"] = json!(id);
    value["message_template_name"] = template["name"].clone();
    value["message_template_language"] = template["language"].clone();
    let change = json!({"field": field, "value": value});
    let entry = json!({"id": tenant.channel().waba_id, "time": at, "changes": [change]});
    let body = json!({"object": "whatsapp_business_account", "entry": [entry]});
    tenant.callback(&body).await.ok();
}

#[tokio::test]
async fn what_was_told_last_holds_in_whatever_order_it_comes() {
    let (tenant, _) = unheard().await;
    let client = &tenant.client;
    counts(client).await;
    let template = listed(client, "name=hello_world").await.remove(0);
    let now = tenant.services().now().seconds();
    let status = "message_template_status_update";
    let event = |event: &str| json!({"event": event, "reason": "NONE"});
    told(&tenant, status, &template, now + 20, event("PAUSED")).await;
    becomes(client, "hello_world", |one| one["status"] == "PAUSED").await;
    // One that came too late, and one that came twice.
    told(&tenant, status, &template, now + 10, event("DISABLED")).await;
    told(&tenant, status, &template, now + 20, event("PAUSED")).await;
    let quality = json!({"previous_quality_score": "GREEN", "new_quality_score": "YELLOW"});
    told(
        &tenant,
        "message_template_quality_update",
        &template,
        now + 15,
        quality,
    )
    .await;
    let category = json!({"previous_category": "UTILITY", "new_category": "MARKETING"});
    told(
        &tenant,
        "template_category_update",
        &template,
        now + 15,
        category,
    )
    .await;
    let both = becomes(client, "hello_world", |one| {
        one["quality"] == "YELLOW" && one["category"] == "MARKETING"
    });
    assert_eq!(both.await["status"], "PAUSED");
    // Nor does a reading undo what was told after it began.
    counts(client).await;
    assert_eq!(
        listed(client, "name=hello_world").await[0]["status"],
        "PAUSED"
    );
    told(&tenant, status, &template, now + 30, event("DELETED")).await;
    eventually("it is gone", SOON, || async {
        listed(client, "name=hello_world")
            .await
            .is_empty()
            .then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_template_that_was_not_known_is_read_when_meta_tells_of_it() {
    let (tenant, whatsapp) = hearing().await;
    let client = &tenant.client;
    let template = json!({"components": parts("Hi there"), "status": "PENDING"});
    meta_has(&whatsapp, &tenant, "autumn", template).await;
    let read = becomes(client, "autumn", |one| one["status"] == "PENDING").await;
    assert_eq!(read["components"][0]["text"], "Hi there");
    meta_has(&whatsapp, &tenant, "autumn", json!({"status": "APPROVED"})).await;
    becomes(client, "autumn", |one| one["status"] == "APPROVED").await;
    let rejected = json!({"status": "REJECTED", "reason": "PROMOTIONAL", "quality": "RED"});
    meta_has(&whatsapp, &tenant, "autumn", rejected).await;
    becomes(client, "autumn", |one| {
        one["status"] == "REJECTED" && one["reason"] == "PROMOTIONAL" && one["quality"] == "RED"
    })
    .await;
}

#[tokio::test]
async fn components_that_changed_are_read_anew() {
    let (tenant, whatsapp) = hearing().await;
    let client = &tenant.client;
    counts(client).await;
    let changed = json!({"language": "en_US", "components": parts("Something else")});
    meta_has(&whatsapp, &tenant, "hello_world", changed).await;
    becomes(client, "hello_world", |one| {
        one["components"][0]["text"] == "Something else"
    })
    .await;
}

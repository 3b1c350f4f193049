//! What WhatsApp tells that is no message.

use aws_sdk_dynamodb::types::AttributeValue;
use openwati::Ready;
use openwati_core::{tenant::TenantId, time::Clock};
use openwati_store::aws::Clients;
use openwati_tests::{Running, SOON, Tenant, eventually};
use serde_json::{Value, json};

/// The notices that a tenant has of this month and the one before, each with its field and value.
pub(crate) async fn notices(
    clients: &Clients,
    ready: &Ready,
    tenant: &TenantId,
) -> Vec<(String, Option<Value>)> {
    let now = Clock::system().now();
    let mut found = Vec::new();
    let before = now.minus(std::time::Duration::from_secs(31 * 86_400));
    for month in [before, now].map(|at| at.year_month()) {
        let query = clients.dynamodb.query().table_name(&ready.aws.table);
        let partition = format!("{tenant}#callbacks#{month}");
        let query = query
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", AttributeValue::S(partition));
        for item in query.send().await.unwrap().items.unwrap_or_default() {
            let value = item.get("value").and_then(|value| value.as_s().ok());
            let value = value.map(|value| serde_json::from_str(value).unwrap());
            found.push((item["field"].as_s().unwrap().clone(), value));
        }
    }
    found
}

async fn told(
    platform: &Running,
    tenant: &Tenant,
    changes: Value,
    count: usize,
) -> Vec<(String, Option<Value>)> {
    let entry = json!({"id": tenant.channel().waba_id, "time": tenant.services().now().seconds(), "changes": changes});
    let body = json!({"object": "whatsapp_business_account", "entry": [entry]});
    // Meta posts again what it saw no answer to.
    for _ in 0..2 {
        tenant.callback(&body).await.ok();
    }
    eventually("all of it is kept", SOON, || async {
        let notices = notices(&platform.aws(), platform.ready(), &tenant.id).await;
        assert!(notices.len() <= count, "{notices:?}");
        (notices.len() == count).then_some(notices)
    })
    .await
}

#[tokio::test]
async fn what_is_no_message_is_kept_as_it_came_and_once() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let fields = [
        (
            "message_template_status_update",
            json!({"event": "APPROVED", "message_template_id": 12, "reason": "NONE"}),
        ),
        (
            "message_template_quality_update",
            json!({"previous_quality_score": "GREEN", "new_quality_score": "RED"}),
        ),
        (
            "phone_number_quality_update",
            json!({"display_phone_number": "15550000001", "event": "THROUGHPUT_UPGRADE"}),
        ),
        ("account_update", json!({"event": "VERIFIED_ACCOUNT"})),
        (
            "account_alerts",
            json!({"entity_type": "WABA", "alert_severity": "INFORMATIONAL"}),
        ),
        (
            "payment_configuration_update",
            json!({"configuration_name": "razorpay", "status": "ACTIVE"}),
        ),
        (
            "user_preferences",
            json!({"user_preferences": [{"wa_id": "1", "category": "marketing_messages", "value": "stop"}]}),
        ),
        ("something_new", json!({"anything": [1, 2, {"deep": null}]})),
    ];
    let mut changes: Vec<Value> = fields
        .iter()
        .map(|(field, value)| json!({"field": field, "value": value}))
        .collect();
    let channel = tenant.channel();
    let metadata = json!({"phone_number_id": channel.phone_number_id, "display_phone_number": channel.phone_number});
    let errors = json!([{"code": 130_429, "title": "Rate limit hit", "error_data": {"details": "too fast"}}]);
    let out_of_band = json!({"metadata": metadata, "errors": errors});
    let payment = json!({"metadata": metadata, "statuses": [{"id": "wamid.1", "type": "payment", "status": "captured",
        "payment": {"reference_id": "r1"}}]});
    // A message from nobody is none.
    let nobody = json!({"metadata": metadata, "messages": [{"id": "wamid.2", "type": "text", "text": {"body": "?"}}]});
    let of_messages = [&out_of_band, &payment, &nobody];
    changes.extend(
        of_messages
            .iter()
            .map(|value| json!({"field": "messages", "value": value})),
    );
    let count = changes.len();
    let kept = told(&platform, &tenant, json!(changes), count).await;
    for (field, value) in &fields {
        assert!(
            kept.contains(&((*field).to_owned(), Some(value.clone()))),
            "{field}: {kept:?}"
        );
    }
    for value in of_messages {
        assert!(
            kept.contains(&("messages".to_owned(), Some(value.clone()))),
            "{kept:?}"
        );
    }
}

#[tokio::test]
async fn a_notice_that_no_item_holds_is_kept_in_the_bucket() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let value = json!({"event": "TEST", "padding": "x".repeat(400_000)});
    let changes = json!([{"field": "account_update", "value": value}]);
    let kept = told(&platform, &tenant, changes, 1).await;
    assert_eq!(kept, [("account_update".to_owned(), None)]);
    let objects = platform
        .aws()
        .s3
        .list_objects_v2()
        .bucket(&platform.ready().aws.bucket);
    let objects = objects.prefix(format!("whole/{}/", tenant.id)).send().await;
    let objects = objects.unwrap().contents.unwrap();
    assert_eq!(objects.len(), 1);
    assert!(objects[0].size > Some(400_000));
}

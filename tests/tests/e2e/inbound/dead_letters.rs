//! A job that nobody can work, and those behind it.

use openwati_services::{Record, inbound};
use openwati_tests::{Running, someone};
use serde_json::json;

use super::received;

fn record(id: &str, body: String, receives: u32) -> Record {
    Record {
        id: id.to_owned(),
        body,
        group: Some("1".to_owned()),
        receives,
    }
}

#[tokio::test]
async fn what_stands_behind_a_job_that_nobody_can_work_waits_for_it_but_does_not_end_with_it() {
    let platform = Running::shared();
    let services = platform.services_with(|_| {});
    let tenant = platform.tenant().make().await;
    let (channel, customer, now) = (tenant.channel(), someone(), services.now());
    let job = json!({
        "tenant": tenant.id, "channel": channel.id, "waba_id": channel.waba_id, "field": "messages",
        "told_at": now,
        "value": {"messages": [{
            "from": customer, "id": format!("wamid.{}", someone()), "timestamp": now.seconds().to_string(),
            "type": "text", "text": {"body": "Is it open today?"},
        }]},
    });
    for (receives, failed) in [
        (1, &["poison", "text"][..]),
        (9, &["poison", "text"]),
        (10, &["poison"]),
    ] {
        let records = vec![
            record("poison", "{}".to_owned(), receives),
            record("text", job.to_string(), receives),
        ];
        assert_eq!(inbound::work(&services, records).await, failed);
    }
    received(&tenant, &customer, 1).await;
}

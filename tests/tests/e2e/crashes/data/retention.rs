//! The clock's round of what is old, cut between its beginning and the note of when it is due again.

use std::time::Duration;

use http::Method;
use openwati_core::tenant::TenantId;
use openwati_core::time::{Clock, Moment};
use openwati_store::Store;
use openwati_store::due::Due;
use openwati_tests::{SOON, eventually, someone};
use serde_json::json;

use super::super::{armed, dies, program};
use crate::data::{WORKED, image, items, text};

/// What only it passes.
pub(super) const POINT: &str = "data.retention_begun";

#[tokio::test]
async fn a_days_round_that_is_cut_is_made_once() {
    let program = program();
    let process = armed(&program, POINT).await;
    let (client, number) = (process.client(), process.channel());
    let customer = someone();
    let phone = process.whatsapp().phone(&customer);
    let mut value = phone.holds(&number.phone_number_id, image("old")).await;
    let now = Clock::system().now();
    let sent = now.minus(Duration::from_secs(40 * 86_400));
    value["messages"][0]["timestamp"] = json!(sent.seconds().to_string());
    let wamid = value["messages"][0]["id"].as_str().unwrap().to_owned();
    let change = json!({"field": "messages", "value": value});
    let entry = json!({"id": number.waba_id, "changes": [change]});
    let body = json!({"object": "whatsapp_business_account", "entry": [entry]});
    let answer = process.callback(&body).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    crate::media::settled(&client, &wamid, SOON).await;
    let change = json!({"retentionDays": 30});
    let changed = client.call_with(Method::PATCH, "/api/settings", &change);
    changed.await.ok();
    // It is due tomorrow; today will do.
    let tenant: TenantId = process.ready().tenant_id.parse().unwrap();
    let store = Store::new(process.aws().dynamodb, &process.ready().aws.table);
    let due = Due::Retention(tenant.clone());
    store.postpone(&due, now).await.unwrap();
    dies(process, POINT).await;

    let process = program.start().await;
    let client = process.client();
    let store = Store::new(process.aws().dynamodb, &process.ready().aws.table);
    let job = eventually("the round is over", WORKED, || async {
        let jobs = store.data_jobs(&tenant, None, 10).await.unwrap();
        assert_eq!(jobs.len(), 1, "{jobs:?}");
        jobs.into_iter().find(|job| job.finished_at.is_some())
    })
    .await;
    assert_eq!(job.counts["messages"], 1, "{job:?}");
    assert_eq!(client.message(&wamid).await.status, 404);
    let begun = async || {
        let items = items(&process.aws(), process.ready()).await;
        let begun = |item: &&_| text(item, "act") == "retention.begun";
        items.iter().filter(begun).count()
    };
    assert_eq!(begun().await, 1);
    eventually("it is due tomorrow again", SOON, || async {
        let items = items(&process.aws(), process.ready()).await;
        let is_own =
            |item: &&_| (text(item, "pk"), text(item, "sk")) == (tenant.as_str(), "tenant");
        let due_at = items.iter().find(is_own)?.get("due_at")?.as_n().ok()?;
        let due_at = Moment::from_millis(due_at.parse().ok()?);
        (due_at > now).then_some(())
    })
    .await;
    process.kill().await;
}

//! What WhatsApp reports that no queue holds.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use futures::{StreamExt as _, stream};
use openwati_tests::{Running, SOON, Tenant, eventually};
use serde_json::json;
use tokio::time::Instant;

use super::SETTLED;

/// No month is longer.
const MONTH: Duration = Duration::from_secs(31 * 86_400);

/// WhatsApp reports what no queue holds, until `end`. Says how often.
pub(super) async fn reports(platform: &Running, tenant: &Tenant, end: Instant) -> usize {
    let mut reported = 0;
    while Instant::now() < end {
        reported += 1;
        let value = json!({"event": "TEST", "number": reported, "padding": "x".repeat(300_000)});
        let channel = &tenant.channel().phone_number_id;
        let event = json!({"field": "account_update", "value": value, "channel": channel});
        platform.whatsapp().post("/events", &event).await;
        let what = format!("report {reported} is stored");
        eventually(&what, SETTLED, || async {
            (spilled(platform, tenant).await >= reported).then_some(())
        })
        .await;
    }
    reported
}

/// Bodies of jobs in the bucket. Asks again where the bucket does not answer, as it may be told to.
pub(super) async fn spilled(platform: &Running, tenant: &Tenant) -> usize {
    let s3 = platform.aws().s3;
    eventually("the bucket answers", SOON, || async {
        let list = s3
            .list_objects_v2()
            .bucket(&platform.ready().aws.bucket)
            .prefix(format!("spill/{}/", tenant.id));
        let objects = list.send().await.ok()?.contents.unwrap_or_default();
        Some(objects.len())
    })
    .await
}

/// What was reported is kept, each report once.
pub(super) async fn look_at_reports(platform: &Running, tenant: &Tenant, reported: usize) {
    assert_eq!(spilled(platform, tenant).await, reported);
    let what = format!("{reported} reports are kept");
    eventually(&what, SETTLED, || async {
        let kept = kept(platform, tenant).await;
        assert!(kept <= reported, "{kept} of {reported} reports");
        (kept == reported).then_some(())
    })
    .await;
}

/// How many notices a tenant has of this month and the one before.
async fn kept(platform: &Running, tenant: &Tenant) -> usize {
    let now = tenant.services().now();
    let before = now.minus(MONTH);
    let months = stream::iter([before, now].map(|at| at.year_month()));
    let counts = months.then(|month| async move {
        let partition = format!("{}#callbacks#{month}", tenant.id);
        let query = platform.aws().dynamodb.query();
        let query = query
            .table_name(&platform.ready().aws.table)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", AttributeValue::S(partition))
            .into_paginator()
            .items();
        query.send().try_collect().await.unwrap().len()
    });
    counts.collect::<Vec<_>>().await.into_iter().sum()
}

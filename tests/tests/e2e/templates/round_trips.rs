//! What a reading of templates asks for.

use std::time::Duration;

use openwati_services::{Platform, Record, data};
use openwati_tests::{Proxy, Running, Tenant, in_sequence};
use serde_json::json;

/// Long against what DynamoDB takes here, so that requests at the same time are seen as such.
const DELAY: Duration = Duration::from_millis(100);

/// Reads an account, as the hour does. Answers how many requests came one after the other, Graph's among them.
async fn read(platform: &Platform, proxy: &Proxy, tenant: &Tenant) -> usize {
    let job = json!({"templates": {"tenant": tenant.id, "waba_id": tenant.channel().waba_id}});
    let record = Record {
        id: "1".to_owned(),
        body: job.to_string(),
        group: Some("1".to_owned()),
        receives: 1,
    };
    proxy.take();
    assert!(data::work(platform, vec![record]).await.is_empty());
    in_sequence(&proxy.take())
}

#[tokio::test]
async fn an_account_is_read_in_five_steps_and_in_four_where_nothing_is_new() {
    let platform = Running::shared();
    let ready = platform.ready();
    let proxy = Proxy::start(&ready.aws.endpoints.dynamodb, &ready.graph_base_url, DELAY).await;
    let services = platform.services_over(proxy.dynamodb(), &proxy.graph());
    let tenant = platform
        .tenant()
        .callbacks_to("http://127.0.0.1:1/")
        .make()
        .await;
    // What there is, that it begins, Graph, what is new, that it ended.
    assert_eq!(read(&services, &proxy, &tenant).await, 5);
    assert_eq!(read(&services, &proxy, &tenant).await, 4);
}

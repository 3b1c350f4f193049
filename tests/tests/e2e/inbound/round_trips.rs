//! What a customer's message asks of DynamoDB.

use std::{collections::BTreeMap, time::Duration};

use openwati_services::{Platform, Record, inbound};
use openwati_tests::{Needs, Proxy, Running, Tenant, in_sequence, lacks, someone};
use serde_json::json;

/// Long against what DynamoDB takes here, so that requests at the same time are seen as such.
const DELAY: Duration = Duration::from_millis(100);

/// What a text asked for: requests one after the other, units read and units written.
async fn measure(
    platform: &Platform,
    proxy: &Proxy,
    tenant: &Tenant,
    customer: &str,
) -> (usize, f64, f64) {
    let channel = tenant.channel();
    let now = platform.now();
    let job = json!({
        "tenant": tenant.id, "channel": channel.id, "waba_id": channel.waba_id, "field": "messages",
        "told_at": now,
        "value": {
            "metadata": {"display_phone_number": channel.phone_number, "phone_number_id": channel.phone_number_id},
            "contacts": [{"profile": {"name": "Ali"}, "wa_id": customer, "user_id": format!("PK.{customer}")}],
            "messages": [{
                "from": customer, "from_user_id": format!("PK.{customer}"), "id": format!("wamid.{}", someone()),
                "timestamp": now.seconds().to_string(), "type": "text", "text": {"body": "Is it open today?"},
            }],
        },
    });
    let record = Record {
        id: "1".to_owned(),
        body: job.to_string(),
        group: Some("1".to_owned()),
        receives: 1,
    };
    proxy.take();
    let failed = inbound::work(platform, vec![record]).await;
    assert!(failed.is_empty());
    let calls = proxy.take();
    let mut units: BTreeMap<String, f64> = BTreeMap::new();
    for call in &calls {
        let name = call.operation.clone().expect("WhatsApp is not asked");
        *units.entry(name).or_default() += call.units;
    }
    let reads = ["GetItem", "Query", "BatchGetItem"];
    let sum = |read: bool| -> f64 {
        let of = units
            .iter()
            .filter(|(name, _)| reads.contains(&name.as_str()) == read);
        of.map(|(_, units)| units).sum()
    };
    println!("{units:?}");
    (in_sequence(&calls), sum(true), sum(false))
}

#[tokio::test]
async fn a_text_asks_twice_in_sequence() {
    let platform = Running::shared();
    let ready = platform.ready();
    let proxy = Proxy::start(&ready.aws.endpoints.dynamodb, &ready.graph_base_url, DELAY).await;
    let services = platform.services_over(proxy.dynamodb(), &proxy.graph());
    let tenant = platform.tenant().make().await;
    let customer = someone();
    let first = measure(&services, &proxy, &tenant, &customer).await;
    let usual = measure(&services, &proxy, &tenant, &customer).await;
    if lacks(Needs::Embedded("units are counted otherwise elsewhere")) {
        assert_eq!((first.0, usual.0), (FIRST.0, USUAL.0));
        return;
    }
    assert_eq!(first, FIRST, "of somebody new");
    assert_eq!(usual, USUAL, "of somebody known");
}

/// Requests in sequence, units read and units written for a text of somebody who wrote before.
const USUAL: (usize, f64, f64) = (2, 6.0, 7.0);
/// The same for somebody new, with a contact, a word by which it is found, and two keys.
const FIRST: (usize, f64, f64) = (3, 6.0, 17.0);

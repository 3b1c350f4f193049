//! What a send asks of DynamoDB.

use std::{collections::BTreeMap, time::Duration};

use openwati_core::{id::Id, message::Outgoing};
use openwati_services::{
    Gate, Platform, authenticate,
    idempotency::Idempotency,
    send::{self, Request},
};
use openwati_tests::{Call, Proxy, Running, Tenant, in_sequence, someone};

/// Long against what DynamoDB takes here, so that requests at the same time are seen as such.
const DELAY: Duration = Duration::from_millis(100);

/// A send as it is measured.
struct Case {
    name: &'static str,
    to: String,
    with_device: bool,
    idempotency_key: Option<&'static str>,
    /// Capacity units that are read and written, and the units of the indexes among them, as ARCHITECTURE.md has them.
    units: (f64, f64),
}

/// What a send asked for.
struct Asked {
    before: usize,
    after: usize,
    read: BTreeMap<String, f64>,
    written: BTreeMap<String, f64>,
}

async fn measure(platform: &Platform, proxy: &Proxy, tenant: &Tenant, case: &Case) -> Asked {
    let request = Request {
        to: case.to.clone(),
        message: Outgoing::text("Hello from WATI".to_owned()),
        channel: case.with_device.then(|| -> Id { tenant.channel().id }),
        idempotency: case.idempotency_key.map(|key| Idempotency {
            key: key.to_owned(),
            request_hash: "0".repeat(64),
        }),
    };
    proxy.take();
    let key = tenant.client.key();
    let caller = authenticate::by_api_key(platform, key, Gate::RestApi)
        .await
        .unwrap();
    send::send(platform, &caller, request).await.unwrap();
    let calls = proxy.take();
    let provider = calls
        .iter()
        .find(|call| call.operation.is_none())
        .expect("WhatsApp is asked");
    let (before, after): (Vec<&Call>, Vec<&Call>) = calls
        .iter()
        .filter(|call| call.operation.is_some())
        .partition(|call| call.began < provider.began);
    assert!(after.iter().all(|call| call.began >= provider.ended));
    assert!(before.iter().all(|call| call.ended <= provider.began));
    let (mut read, mut written) = (BTreeMap::new(), BTreeMap::new());
    for call in before.iter().chain(&after) {
        let name = call.operation.clone().expect("WhatsApp was left out");
        let reads =
            ["GetItem", "Query", "BatchGetItem", "TransactGetItems"].contains(&name.as_str());
        let units = if reads { &mut read } else { &mut written };
        *units.entry(name).or_default() += call.units;
    }
    Asked {
        before: in_sequence(before),
        after: in_sequence(after),
        read,
        written,
    }
}

#[tokio::test]
async fn a_send_asks_at_most_three_times_in_sequence_before_whatsapp_and_once_after() {
    let platform = Running::shared();
    let ready = platform.ready();
    let proxy = Proxy::start(&ready.aws.endpoints.dynamodb, &ready.graph_base_url, DELAY).await;
    let services = platform.services_over(proxy.dynamodb(), &proxy.graph());
    let sink = openwati_tests::Sink::start().await;
    let tenant = platform
        .tenant()
        .country("PK")
        .callbacks_to(sink.url())
        .make()
        .await;
    let local = format!("0{}", &someone()[2..]);
    let case = |name, with_device, idempotency_key, units| Case {
        name,
        to: format!("+{}", someone()),
        with_device,
        idempotency_key,
        units,
    };
    let cases = [
        case("plain", false, None, PLAIN),
        case("deviceId", true, None, PLAIN),
        case("Idempotency-Key", false, Some("k1"), WITH_KEY),
        case("deviceId and Idempotency-Key", true, Some("k2"), WITH_KEY),
        Case {
            to: local.clone(),
            ..case("local number", false, None, PLAIN)
        },
        Case {
            to: format!("0{}", &someone()[2..]),
            ..case(
                "local number and Idempotency-Key",
                true,
                Some("k3"),
                WITH_KEY,
            )
        },
    ];
    // The first item of a day and of a second is new; what is measured is the usual.
    tenant.client.send(&someone(), "Hello").await.ok();
    for case in cases {
        let asked = measure(&services, &proxy, &tenant, &case).await;
        let sum = |units: &BTreeMap<String, f64>| units.values().sum::<f64>();
        let total = (sum(&asked.read), sum(&asked.written));
        println!(
            "{}: {} before WhatsApp, {} after; reads {:?} = {}, writes {:?} = {}",
            case.name, asked.before, asked.after, asked.read, total.0, asked.written, total.1
        );
        assert!(asked.before <= 3, "{}: {} before", case.name, asked.before);
        assert!(asked.after <= 1, "{}: {} after", case.name, asked.after);
        assert_eq!(total, case.units, "{}", case.name);
    }
}

/// Units that a send reads and writes.
const PLAIN: (f64, f64) = (2.0, 11.0);
/// The same with an idempotency key.
const WITH_KEY: (f64, f64) = (2.0, 12.0);

//! A tenth of all calls going wrong while everything that there is goes on.

use std::{env, time::Duration};

use openwati_tests::{Needs, lacks};
use serde_json::json;
use tokio::time::Instant;

use super::customers::{look_at_customers, writes};
use super::events::{look_at_events, receiver};
use super::reports::{look_at_reports, reports};
use super::sends::{look_at_sends, sends};
use super::{KINDS, end, platform, struck, trouble};

/// How long the trouble lasts, in seconds, if not as long as usual.
const TROUBLE: &str = "OPENWATI_TEST_TROUBLE_SECONDS";

/// How long it usually lasts.
const USUAL: Duration = Duration::from_secs(20);

/// How long the trouble is to last.
fn lasting() -> Duration {
    match env::var(TROUBLE) {
        Ok(seconds) => Duration::from_secs(seconds.parse().expect("seconds are a number")),
        Err(_) => USUAL,
    }
}

#[tokio::test]
async fn a_tenth_of_all_calls_to_aws_going_wrong_loses_nothing_and_doubles_nothing() {
    if lacks(Needs::ServiceFaults) {
        return;
    }
    let platform = platform().await;
    let mut tenant = platform.tenant().make().await;
    tenant.answers("ping", &["pong"]).await;
    tenant.client = tenant.key().per_minute(1_000_000).make().await;
    let receiver = receiver().await;
    let webhook = tenant.client.webhook(receiver.url(), &[]).await;
    trouble(
        &platform,
        json!({"aws": "all", "error": "mixed", "rate": 0.1, "seed": 1}),
    )
    .await;

    let until = Instant::now() + lasting();
    let (sent, written, reported) = tokio::join!(
        sends(&platform, &tenant.client, until),
        writes(&platform, &tenant, until),
        reports(&platform, &tenant, until),
    );

    let met = end(&platform).await;
    // An event that failed four times in a row would wait for longer than anybody looks.
    receiver.recovers();
    for service in ["dynamodb", "sqs", "s3"] {
        assert!(
            KINDS.iter().any(|kind| struck(&met[service], kind) > 0),
            "{service}: {met:?}"
        );
    }
    for kind in KINDS {
        assert!(
            met.values().any(|service| struck(service, kind) > 0),
            "{kind}: {met:?}"
        );
    }
    let told = sent.iter().filter(|sent| sent.answer.status == 200).count();
    // Whoever asks again is answered, but for the few of which nobody knew at the time whether WhatsApp had them.
    assert!(told * 100 >= sent.len() * 90, "{told} of {}", sent.len());

    look_at_sends(&platform, &tenant.client, &sent).await;
    let answered = look_at_customers(&platform, &tenant, &written).await;
    assert!(
        answered * 100 >= written.len() * 90,
        "{answered} of {}",
        written.len()
    );
    look_at_reports(&platform, &tenant, reported).await;
    let events = look_at_events(&tenant, &receiver, &webhook, &written).await;
    let places = tenant.places_taken().await;
    assert!(
        usize::try_from(places).unwrap() >= told + answered,
        "{places} places for {told} and {answered}"
    );
    println!(
        "{} sends, {} customers, {reported} reports, {events} events; met: {met:?}",
        sent.len(),
        written.len()
    );
    platform.stop().await;
}

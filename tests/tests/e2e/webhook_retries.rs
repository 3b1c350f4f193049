//! What an endpoint does not take is tried again, by the ladder and no faster.

use std::time::Duration;

use http::Method;
use openwati_tests::{Needs, Receiver, Reply, Running, SOON, eventually, lacks};
use serde_json::{Value, json};
use tokio::time::Instant;

/// A platform whose waits of policy are so many times shorter.
async fn fast(speed: f64) -> Option<Running> {
    if lacks(Needs::OwnPlatform) || lacks(Needs::FastQueues) {
        return None;
    }
    Some(Running::start(|options| options.speed = speed).await)
}

fn errors(delivery: &Value) -> Vec<String> {
    let log = delivery["log"].as_array().unwrap().iter();
    log.map(|attempt| attempt["error"].as_str().unwrap_or("none").to_owned())
        .collect()
}

#[tokio::test]
async fn the_whole_ladder_is_climbed_and_what_was_dropped_is_recovered() {
    const SPEED: f64 = 600.0;
    let Some(platform) = fast(SPEED).await else {
        return;
    };
    let tenant = platform.tenant().make().await;
    let receiver = Receiver::start().await;
    receiver.always(Reply::Full(500, None, "out of order".to_owned()));
    let webhook = tenant.client.webhook(receiver.url(), &[]).await;
    let began = openwati_core::time::Clock::system().now().iso();
    let delivery = webhook.test().await;

    let steps = [60, 300, 1_800, 7_200, 43_200];
    let all: u64 = steps.iter().sum();
    let longest = Duration::from_secs(all).mul_f64(1.1 / SPEED) + 2 * SOON;
    eventually("all six attempts are made", longest, || async {
        (receiver.events().len() == 6).then_some(())
    })
    .await;
    let dropped = webhook.reaches(&delivery, "dropped").await;
    let times: Vec<Instant> = receiver.events().iter().map(|event| event.at).collect();
    for (pair, step) in times.windows(2).zip(steps) {
        let least = Duration::from_secs(step).div_f64(SPEED);
        let waited = pair[1] - pair[0];
        // A queue's delay has whole seconds, of which one is 2 ms here; the rest is the machine's, which may be busy.
        let most = least.mul_f64(1.1) + SOON / 2;
        assert!(waited >= least, "{step}: {waited:?} instead of {least:?}");
        assert!(waited <= most, "{step}: {waited:?} instead of {least:?}");
    }
    assert_eq!(dropped["reason"], "retries_exhausted");
    assert_eq!(dropped["attempts"], 6);
    assert_eq!(errors(&dropped), ["status"; 6]);
    for attempt in dropped["log"].as_array().unwrap() {
        assert_eq!(
            (&attempt["status"], &attempt["answer"]),
            (&json!(500), &json!("out of order"))
        );
    }
    assert!(dropped["log"][5]["nextAttemptAt"].is_null());

    receiver.always(Reply::Status(204));
    let recover = webhook.path("/recover");
    let since = json!({"since": began});
    let answer = tenant.client.call_with(Method::POST, &recover, &since);
    assert_eq!(answer.await.status, 202);
    let events = receiver.gets(7).await;
    assert_eq!(
        events[6].header("webhook-id"),
        events[0].header("webhook-id")
    );
    assert_eq!(events[6].body, events[0].body);
    let delivered = webhook.reaches(&delivery, "delivered").await;
    assert_eq!(delivered["attempts"], 7);
    assert!(delivered["reason"].is_null());
    assert!(webhook.now().await["failingSince"].is_null());
    platform.stop().await;
}

#[tokio::test]
async fn events_of_an_endpoint_that_fails_wait_for_a_probe() {
    let Some(platform) = fast(30.0).await else {
        return;
    };
    let tenant = platform.tenant().make().await;
    let receiver = Receiver::start().await;
    receiver.always(Reply::Status(500));
    let webhook = tenant.client.webhook(receiver.url(), &[]).await;
    let mut deliveries = Vec::new();
    while webhook.now().await["failingSince"].is_null() || receiver.events().len() < 5 {
        deliveries.push(webhook.test().await);
        let count = deliveries.len().min(5);
        receiver.gets(count).await;
    }
    // Five failed in a row: what comes now is not posted, but keeps its step.
    let parked = eventually("an event is parked", SOON, || async {
        let id = webhook.test().await;
        let parked = webhook.reaches(&id, "pending").await;
        (errors(&parked) == ["breaker_open"]).then_some(id)
    })
    .await;
    receiver.always(Reply::Status(200));
    let delivered = webhook.reaches(&parked, "delivered").await;
    assert_eq!(delivered["log"][0]["error"], "breaker_open");
    assert_eq!(delivered["log"][0]["headers"], json!({}));
    assert!(delivered["log"][0]["nextAttemptAt"].is_string());
    for delivery in &deliveries {
        webhook.reaches(delivery, "delivered").await;
    }
    assert!(webhook.now().await["failingSince"].is_null());
    let before = receiver.events().len();
    webhook.test().await;
    receiver.gets(before + 1).await;
    platform.stop().await;
}

#[tokio::test]
async fn an_endpoint_that_is_gone_is_disabled_and_the_others_are_told() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let (gone, other) = (Receiver::start().await, Receiver::start().await);
    gone.always(Reply::Status(410));
    let webhook = tenant.client.webhook(gone.url(), &[]).await;
    tenant
        .client
        .webhook(other.url(), &["endpoint.disabled"])
        .await;
    let delivery = webhook.test().await;
    let dropped = webhook.reaches(&delivery, "dropped").await;
    assert_eq!(dropped["reason"], "endpoint_disabled");

    let told = other
        .gets_one("the notice", |body| body["event"] == "endpoint.disabled")
        .await
        .json();
    assert_eq!(told["endpointId"], webhook.id.as_str());
    assert_eq!(told["url"], gone.url());
    assert_eq!(told["reason"], "it answered 410 Gone");
    assert_eq!(told["deviceId"], Value::Null);
    let now = webhook.now().await;
    assert_eq!(now["enabled"], false);
    assert_eq!(now["disabledReason"], "it answered 410 Gone");
    let resend = format!("/api/deliveries/{delivery}/resend");
    let refused = tenant.client.call(Method::POST, &resend).await;
    refused.refused(409, "webhook_disabled");

    gone.always(Reply::Status(200));
    let enable = json!({"enabled": true});
    let path = webhook.path("");
    let enabled = tenant.client.call_with(Method::PATCH, &path, &enable);
    assert_eq!(enabled.await.ok().body["webhook"]["enabled"], true);
    let again = tenant.client.call(Method::POST, &resend).await;
    assert_eq!(again.status, 202, "{}", again.text);
    webhook.reaches(&delivery, "delivered").await;
}

#[tokio::test]
async fn a_wish_to_wait_is_granted_up_to_the_next_step() {
    const SPEED: f64 = 60.0;
    let Some(platform) = fast(SPEED).await else {
        return;
    };
    let tenant = platform.tenant().make().await;
    let receiver = Receiver::start().await;
    let wish = |seconds: &str| {
        let header = ("retry-after", seconds.to_owned());
        Reply::Full(503, Some(header), String::new())
    };
    // A minute is the first step, and five the second.
    receiver.answers([wish("180"), wish("1")]);
    let webhook = tenant.client.webhook(receiver.url(), &[]).await;
    let delivery = webhook.test().await;
    webhook.reaches(&delivery, "delivered").await;
    let times: Vec<Instant> = receiver.events().iter().map(|event| event.at).collect();
    let waits: Vec<f64> = times
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).as_secs_f64() * SPEED)
        .collect();
    assert!(waits[0] >= 180.0, "{waits:?}");
    assert!(waits[1] >= 300.0, "{waits:?}");
    platform.stop().await;
}

#[tokio::test]
async fn a_redirect_is_a_failure_and_is_not_followed() {
    if lacks(Needs::FastQueues) {
        return;
    }
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let (receiver, elsewhere) = (Receiver::start().await, Receiver::start().await);
    let there = ("location", elsewhere.url().to_owned());
    receiver.answers([Reply::Full(302, Some(there), String::new())]);
    let webhook = tenant.client.webhook(receiver.url(), &[]).await;
    let delivery = webhook.test().await;
    let delivered = webhook.reaches(&delivery, "delivered").await;
    assert_eq!(delivered["log"][0]["status"], 302);
    assert_eq!(errors(&delivered), ["status", "none"]);
    assert!(elsewhere.events().is_empty());
}

#[tokio::test]
async fn an_endpoint_that_fails_for_five_days_is_disabled() {
    // Five days are four seconds.
    let Some(platform) = fast(100_000.0).await else {
        return;
    };
    let tenant = platform.tenant().make().await;
    let receiver = Receiver::start().await;
    receiver.always(Reply::Status(500));
    let webhook = tenant.client.webhook(receiver.url(), &[]).await;
    let other = Receiver::start().await;
    tenant
        .client
        .webhook(other.url(), &["endpoint.disabled"])
        .await;
    let since = Instant::now();
    eventually("it is disabled", SOON, || async {
        let path = webhook.path("/test");
        let answer = tenant.client.call(Method::POST, &path).await;
        (answer.status == 409).then_some(())
    })
    .await;
    assert!(since.elapsed() >= Duration::from_secs(5 * 86_400).div_f64(100_000.0));
    assert_eq!(
        webhook.now().await["disabledReason"],
        "it failed for 5 days"
    );
    let told = other.gets(1).await;
    assert_eq!(told[0].json()["reason"], "it failed for 5 days");
    platform.stop().await;
}

#[tokio::test]
async fn two_failures_with_days_of_silence_between_them_disable_nothing() {
    const DAY: Duration = Duration::from_secs(86_400);
    let Some(platform) = fast(100_000.0).await else {
        return;
    };
    let tenant = platform.tenant().make().await;
    let receiver = Receiver::start().await;
    receiver.always(Reply::Status(500));
    let webhook = tenant.client.webhook(receiver.url(), &[]).await;
    let since = Instant::now();
    let first = webhook.test().await;
    webhook.reaches(&first, "dropped").await;
    eventually("six days are over", SOON, || async {
        (since.elapsed() >= (6 * DAY).div_f64(100_000.0)).then_some(())
    })
    .await;
    let second = webhook.test().await;
    webhook.reaches(&second, "dropped").await;
    assert_eq!(webhook.now().await["enabled"], true);
    platform.stop().await;
}

//! Caps and rates, at their edges, by many at once.

use std::time::Duration;

use futures::future::join_all;
use http::Method;
use openwati_core::time::Moment;
use openwati_tests::{
    Answer, Client, Needs, Running, SOON, Tenant, eventually, lacks, someone,
    until_the_minute_has_left,
};
use serde_json::json;

/// One text to each of so many customers, all at once.
async fn send_to(client: &Client, customers: &[String]) -> Vec<Answer> {
    join_all(customers.iter().map(|to| client.send(to, "Hello"))).await
}

fn customers(count: usize) -> Vec<String> {
    std::iter::repeat_with(someone).take(count).collect()
}

fn with_status(answers: &[Answer], status: u16) -> Vec<&Answer> {
    answers
        .iter()
        .filter(|answer| answer.status == status)
        .collect()
}

/// How many of these customers' phones show a message. None may show two.
async fn phones_reached(platform: &Running, customers: &[String]) -> usize {
    let mut reached = 0;
    for customer in customers {
        let texts = platform.whatsapp().phone(customer).texts().await.len();
        assert!(texts <= 1, "{customer} got {texts}");
        reached += texts;
    }
    reached
}

/// How many seconds of the clock these sends took part in, and their answers.
async fn send_by_the_clock(tenant: &Tenant, customers: &[String]) -> (usize, Vec<Answer>) {
    let began = tenant.services().now().seconds();
    let answers = send_to(&tenant.client, customers).await;
    let seconds = tenant.services().now().seconds() - began + 1;
    (usize::try_from(seconds).unwrap(), answers)
}

#[tokio::test]
async fn fifty_at_the_edge_of_the_days_cap_are_let_through_to_the_last_place_and_no_further() {
    let platform = Running::shared();
    let tenant = platform.tenant().cap(20).make().await;
    let customers = customers(50);
    let answers = send_to(&tenant.client, &customers).await;
    assert_eq!(
        (
            with_status(&answers, 200).len(),
            with_status(&answers, 409).len()
        ),
        (20, 30)
    );
    for refused in with_status(&answers, 409) {
        let refused = refused.clone().refused(409, "plan_cap_reached");
        let error = refused.error();
        assert!(
            error.contains("20") && error.contains("outbound messages per day"),
            "{error}"
        );
        let resets = error
            .split(' ')
            .find_map(Moment::parse_iso)
            .expect("it says when it resets");
        let hours = tenant.services().now().until(resets).as_secs_f64() / 3_600.0;
        assert!((11.9..=12.1).contains(&hours), "{error}");
    }
    assert_eq!(phones_reached(&platform, &customers).await, 20);
    assert_eq!(tenant.places_taken().await, 20);
    assert_eq!(
        tenant.client.all(&[]).await.len(),
        20,
        "what was refused is not kept"
    );
}

#[tokio::test]
async fn fifty_at_the_edge_of_the_keys_minute_are_let_in_to_its_limit_and_no_further() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let client = tenant.key().per_minute(20).make().await;
    let customers = customers(50);
    until_the_minute_has_left(Duration::from_secs(20)).await;
    let answers = send_to(&client, &customers).await;
    assert_eq!(
        (
            with_status(&answers, 200).len(),
            with_status(&answers, 429).len()
        ),
        (20, 30)
    );
    let mut left: Vec<u64> = with_status(&answers, 200)
        .iter()
        .map(|a| a.number("ratelimit-remaining"))
        .collect();
    left.sort_unstable();
    assert_eq!(left, (0..20).collect::<Vec<u64>>());
    for refused in with_status(&answers, 429) {
        assert!(
            (1..=60).contains(
                &refused
                    .clone()
                    .refused(429, "rate_limited")
                    .number("retry-after")
            )
        );
    }
    assert_eq!(phones_reached(&platform, &customers).await, 20);
}

#[tokio::test]
async fn fifty_at_the_edge_of_the_numbers_rate_get_its_slots_and_no_more() {
    let platform = Running::shared();
    let tenant = platform.tenant().per_second(5).make().await;
    let customers = customers(50);
    let (seconds, answers) = send_by_the_clock(&tenant, &customers).await;
    let sent = with_status(&answers, 200).len();
    assert!(
        (5..=5 * seconds).contains(&sent),
        "{sent} in {seconds} seconds"
    );
    for refused in with_status(&answers, 429) {
        let refused = refused.clone().refused(429, "channel_busy");
        assert_eq!(refused.number("retry-after"), 1);
    }
    assert_eq!(with_status(&answers, 429).len(), 50 - sent);
    assert_eq!(phones_reached(&platform, &customers).await, sent);
    // Who was refused for the rate is not kept and has no place of the day.
    assert_eq!(tenant.client.all(&[]).await.len(), sent);
    assert_eq!(usize::try_from(tenant.places_taken().await).unwrap(), sent);
}

#[tokio::test]
async fn ten_at_once_with_one_idempotency_key_are_one_message() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let to = someone();
    let tries = (0..10).map(|_| tenant.client.send_once("order-1", &to, "Your order"));
    let answers = join_all(tries).await;
    let first: Vec<&Answer> = answers
        .iter()
        .filter(|a| a.status == 200 && !a.replayed())
        .collect();
    assert_eq!(first.len(), 1);
    for answer in &answers {
        match answer.status {
            200 => assert_eq!(answer.body, first[0].body),
            _ => assert!(
                answer
                    .clone()
                    .refused(409, "in_progress")
                    .header("retry-after")
                    .is_some()
            ),
        }
    }
    assert_eq!(platform.whatsapp().phone(&to).texts().await, ["Your order"]);
    assert_eq!(tenant.places_taken().await, 1);
    assert_eq!(tenant.client.with(&to).await.len(), 1);
}

#[tokio::test]
async fn a_refusal_gives_its_place_of_the_day_back() {
    let platform = Running::shared();
    let tenant = platform.tenant().cap(1).make().await;
    let (refused, good) = (someone(), someone());
    platform
        .whatsapp()
        .trouble(&refused, json!({"error": {"code": 131_030}}))
        .await;
    tenant
        .client
        .send(&refused, "Hello")
        .await
        .refused(422, "whatsapp_refused");
    assert_eq!(tenant.places_taken().await, 0);
    tenant.client.send(&good, "Hello").await.ok();
    tenant
        .client
        .send(&good, "Hello")
        .await
        .refused(409, "plan_cap_reached");
    assert_eq!(tenant.places_taken().await, 1);
}

#[tokio::test]
async fn a_cap_of_nothing_lets_nothing_through() {
    let platform = Running::shared();
    let tenant = platform.tenant().cap(0).make().await;
    let to = someone();
    let answer = tenant
        .client
        .send(&to, "Hello")
        .await
        .refused(409, "plan_cap_reached");
    assert!(answer.error().contains(" 0 "), "{}", answer.text);
    assert_eq!(platform.whatsapp().phone(&to).texts().await, [""; 0]);
}

#[tokio::test]
async fn a_number_that_whatsapp_throttles_is_halved() {
    let platform = Running::shared();
    let tenant = platform.tenant().per_second(8).make().await;
    let throttled = someone();
    platform
        .whatsapp()
        .trouble(&throttled, json!({"error": {"code": 130_429}, "times": 1}))
        .await;
    let busy = tenant
        .client
        .send(&throttled, "Hello")
        .await
        .refused(429, "whatsapp_busy");
    assert!(busy.number("retry-after") >= 1);
    assert_eq!(tenant.places_taken().await, 0);
    let (seconds, answers) = send_by_the_clock(&tenant, &customers(30)).await;
    let sent = with_status(&answers, 200).len();
    // None of the throttled second's slots may be left, but those of no second are more than four.
    assert!(sent <= 4 * seconds, "{sent} in {seconds} seconds");
    eventually("it sends on", SOON, || async {
        (tenant.client.send(&someone(), "Hello").await.status == 200).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_place_whose_return_was_not_answered_goes_back_once() {
    if lacks(Needs::ServiceFaults) {
        return;
    }
    let platform = Running::start(|_| ()).await;
    let tenant = platform.tenant().make().await;
    let whatsapp = platform.whatsapp();
    let kept = tenant.client.send(&someone(), "Hello").await.ok();
    tenant.client.reaches(kept.id(), "delivered").await;
    let to = someone();
    let refusal = json!({"delay_ms": 1_500, "error": {"code": 131_030}, "times": 1});
    whatsapp.trouble(&to, refusal).await;
    let (answer, ()) = tokio::join!(tenant.client.send(&to, "Hello"), async {
        eventually("the place is taken", SOON, || async {
            (tenant.places_taken().await == 2).then_some(())
        })
        .await;
        // Whatever is asked is done, and never answered.
        let lost = json!({"aws": "dynamodb", "operations": ["UpdateItem"], "error": "lost_answer"});
        whatsapp.post("/faults", &lost).await;
    });
    answer.refused(503, "unavailable");
    let ended = platform.client().stranger(Method::DELETE, "/_sim/faults");
    Client::answer(ended).await.ok();
    assert_eq!(tenant.places_taken().await, 1);
    platform.stop().await;
}

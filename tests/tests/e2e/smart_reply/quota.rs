//! The places of a tenant's day.

use futures::future::join_all;
use openwati_tests::{AiServer, Needs, SOON, eventually, lacks};
use serde_json::Value;

use super::{Customer, is_over, log, switch_on, used_today, with_ai};

/// Customers who write at the same time.
const CUSTOMERS: usize = 50;
/// How many of them may be answered.
const PLACES: u32 = 10;

#[tokio::test]
async fn a_day_has_as_many_answers_as_the_plan_says_whoever_writes_at_the_same_time() {
    if lacks(Needs::OwnPlatform) {
        return;
    }
    let ai = AiServer::start().await;
    let platform = with_ai(&ai).await;
    let tenant = platform.tenant().ai_replies(PLACES).make().await;
    switch_on(&tenant.client).await;
    let customers: Vec<_> = std::iter::repeat_with(|| Customer::new(&platform, &tenant))
        .take(CUSTOMERS)
        .collect();
    // All are at it before one is answered.
    ai.holds(true);
    join_all(customers.iter().map(|customer| customer.writes("Hello?"))).await;
    eventually("the AI is asked", SOON, || async {
        (!ai.asked().is_empty()).then_some(())
    })
    .await;
    ai.holds(false);
    let entries = eventually("the log says what became of all", SOON, || async {
        let entries = log(&tenant.client, "limit=100").await;
        assert!(entries.len() <= CUSTOMERS, "{entries:?}");
        (entries.len() == CUSTOMERS && entries.iter().all(is_over)).then_some(entries)
    })
    .await;
    let count = |outcome: &str| {
        let of = |entry: &&Value| entry["outcome"] == outcome;
        entries.iter().filter(of).count()
    };
    assert_eq!(count("ai"), PLACES as usize, "{entries:?}");
    assert_eq!(count("quota_exceeded"), CUSTOMERS - PLACES as usize);
    assert_eq!(ai.asked().len(), PLACES as usize);
    assert_eq!(used_today(&tenant.client).await, u64::from(PLACES));
    let mut answered = 0;
    for customer in &customers {
        let texts = customer.phone.texts().await;
        assert!(texts.len() <= 1, "{texts:?}");
        answered += texts.len();
    }
    assert_eq!(answered, PLACES as usize);
    platform.stop().await;
}

#[tokio::test]
async fn a_plan_without_the_ai_has_none() {
    if lacks(Needs::OwnPlatform) {
        return;
    }
    let ai = AiServer::start().await;
    let platform = with_ai(&ai).await;
    let tenant = platform.tenant().ai_replies(0).make().await;
    switch_on(&tenant.client).await;
    let customer = Customer::new(&platform, &tenant);
    let entry = customer.is_settled("Hello?").await;
    assert_eq!(entry["outcome"], "quota_exceeded");
    assert_eq!(customer.phone.texts().await, [""; 0]);
    assert!(ai.asked().is_empty());
    platform.stop().await;
}

#[tokio::test]
async fn a_conversation_has_ten_answers_an_hour() {
    if lacks(Needs::OwnPlatform) {
        return;
    }
    let ai = AiServer::start().await;
    let platform = with_ai(&ai).await;
    let tenant = platform.tenant().make().await;
    switch_on(&tenant.client).await;
    let talkative = Customer::new(&platform, &tenant);
    for number in 1..=10 {
        let entry = talkative.is_settled(&format!("Hello {number}")).await;
        assert_eq!(entry["outcome"], "ai", "{number}");
    }
    for number in 11..=12 {
        let entry = talkative.is_settled(&format!("Hello {number}")).await;
        assert_eq!(entry["outcome"], "braked", "{number}");
    }
    assert_eq!(talkative.phone.texts().await.len(), 10);
    assert_eq!(ai.asked().len(), 10);
    assert_eq!(used_today(&tenant.client).await, 10);
    let other = Customer::new(&platform, &tenant);
    assert_eq!(other.is_settled("Hello").await["outcome"], "ai");
    platform.stop().await;
}

//! Messages that are not the AI's to answer.

use http::Method;
use openwati_core::role::Role;
use openwati_tests::{AiServer, Client, Needs, Running, SOON, eventually, lacks};
use serde_json::{Value, json};

use super::{Customer, another_second, log_of, set_ai, settled, switch_on, with_ai};
use crate::inbound::received;

#[tokio::test]
async fn an_ai_that_is_switched_off_is_not_asked() {
    if lacks(Needs::OwnPlatform) {
        return;
    }
    let ai = AiServer::start().await;
    let platform = with_ai(&ai).await;
    let tenant = platform.tenant().make().await;
    let customer = Customer::new(&platform, &tenant);
    customer.writes("Hello?").await;
    received(&tenant, &customer.number, 1).await;
    set_ai(&tenant.client, json!({"enabled": true})).await;
    set_ai(&tenant.client, json!({"enabled": false})).await;
    customer.writes("Hello?").await;
    received(&tenant, &customer.number, 2).await;
    switch_on(&tenant.client).await;
    let entry = customer.is_settled("And now?").await;
    assert_eq!(entry["outcome"], "ai");
    // What stands behind others in its group is worked after them: those were nobody's.
    assert_eq!(ai.asked().len(), 1);
    assert_eq!(customer.phone.texts().await, ["You wrote: And now?"]);
    platform.stop().await;
}

#[tokio::test]
async fn without_an_operators_key_nothing_happens() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let request = tenant.client.request(Method::GET, "/api/auto-replies/ai");
    let shown = Client::answer(request).await.ok().body;
    assert_eq!(shown["available"], false, "{shown}");
    switch_on(&tenant.client).await;
    let customer = Customer::new(&platform, &tenant);
    customer.writes("Hello?").await;
    received(&tenant, &customer.number, 1).await;
    customer.writes("Hello?").await;
    received(&tenant, &customer.number, 2).await;
    assert_eq!(customer.phone.texts().await, [""; 0]);
    let log = log_of(&tenant.client, &customer.number).await;
    assert_eq!(log, [Value::Null; 0]);
}

#[tokio::test]
async fn a_rule_goes_before_the_ai() {
    if lacks(Needs::OwnPlatform) {
        return;
    }
    let ai = AiServer::start().await;
    let platform = with_ai(&ai).await;
    let tenant = platform.tenant().make().await;
    switch_on(&tenant.client).await;
    let rule = json!({"keyword": "price", "match_type": "contains", "response": "Ten a piece."});
    let request = tenant.client.request(Method::POST, "/api/auto-replies");
    let made = Client::answer(request.json(&rule)).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let customer = Customer::new(&platform, &tenant);
    let entry = customer.is_settled("What is the price?").await;
    assert_eq!(entry["outcome"], "keyword");
    assert!(ai.asked().is_empty());
    another_second(&tenant).await;
    let entry = customer.is_settled("Thank you!").await;
    assert_eq!(entry["outcome"], "ai");
    // The AI knows what the rule answered.
    let question = &ai.asked_about("Thank you!")[0].body;
    assert!(question.to_string().contains("Ten a piece."), "{question}");
    platform.stop().await;
}

#[tokio::test]
async fn nobody_who_opted_out_and_no_old_message_is_answered() {
    if lacks(Needs::OwnPlatform) {
        return;
    }
    let ai = AiServer::start().await;
    let platform = with_ai(&ai).await;
    let tenant = platform.tenant().make().await;
    switch_on(&tenant.client).await;

    let out = Customer::new(&platform, &tenant);
    assert_eq!(out.is_settled("STOP").await["outcome"], "opted_out");
    let entry = out.is_settled("Hello?").await;
    assert_eq!(entry["outcome"], "suppressed");

    let late = Customer::new(&platform, &tenant);
    let now = tenant.services().now().seconds();
    let old = json!({"type": "text", "text": "Hello?", "timestamp": now - 3 * 86_400});
    late.phone
        .does(&tenant.channel().phone_number_id, old)
        .await;
    received(&tenant, &late.number, 1).await;
    let entry = late.is_settled("And now?").await;
    assert_eq!(entry["outcome"], "ai");
    assert_eq!(late.phone.texts().await, ["You wrote: And now?"]);
    assert!(ai.asked_about("Hello?").is_empty());
    assert_eq!(ai.asked().len(), 1);
    platform.stop().await;
}

#[tokio::test]
async fn the_ai_is_quiet_for_a_while_after_a_person_answered() {
    if lacks(Needs::OwnPlatform) {
        return;
    }
    let ai = AiServer::start().await;
    let platform = with_ai(&ai).await;
    let tenant = platform.tenant().make().await;
    switch_on(&tenant.client).await;
    let customer = Customer::new(&platform, &tenant);
    customer.is_settled("One").await;
    let person = tenant.person().role(Role::Manager).make().await;
    let person = person.logged_in().await;
    person.send(&customer.number, "I am a person.").await.ok();
    customer.writes("Two").await;
    received(&tenant, &customer.number, 2).await;
    customer.writes("Three").await;
    received(&tenant, &customer.number, 3).await;
    assert_eq!(ai.asked().len(), 1);

    // While the AI thinks, a person may be faster.
    let other = Customer::new(&platform, &tenant);
    ai.holds(true);
    other.writes("Four").await;
    eventually("the AI is asked", SOON, || async {
        (ai.asked().len() == 2).then_some(())
    })
    .await;
    person.send(&other.number, "So am I.").await.ok();
    ai.holds(false);
    let entry = settled(&tenant.client, &other.number, 1).await;
    assert_eq!(entry["outcome"], "stopped", "{entry}");
    assert_eq!(entry["reason"], "paused");
    assert_eq!(other.phone.texts().await, ["So am I."]);
    platform.stop().await;
}

//! An AI that is slow, busy, broken or unwilling.

use openwati_tests::{AiDoes, AiServer, Needs, Running, SOON, eventually, lacks};

use super::{Customer, log_of, switch_on, used_today, with_ai};

#[tokio::test]
async fn an_ai_that_fails_answers_nobody_and_takes_no_place() {
    if lacks(Needs::OwnPlatform) {
        return;
    }
    let ai = AiServer::start().await;
    let platform = with_ai(&ai).await;
    let tenant = platform.tenant().ai_replies(1).make().await;
    switch_on(&tenant.client).await;
    for (does, reason) in [
        (AiDoes::Status(429), "too_busy"),
        (AiDoes::Status(500), "http_error"),
        (AiDoes::Status(402), "http_error"),
        (AiDoes::Garbage, "garbage"),
        (AiDoes::Empty, "empty"),
        (AiDoes::Says(" \n\u{0} ".to_owned()), "empty"),
        (AiDoes::Refuses, "refused"),
        (AiDoes::Filtered, "refused"),
        (AiDoes::BreaksOff, "connection_lost"),
    ] {
        ai.does(does.clone());
        let customer = Customer::new(&platform, &tenant);
        let entry = customer.is_settled("Are you there?").await;
        assert_eq!(entry["outcome"], "ai_failed", "{does:?}");
        assert_eq!(entry["reason"], reason, "{does:?}");
        assert_eq!(customer.phone.texts().await, [""; 0], "{does:?}");
        eventually("the place is given back", SOON, || async {
            (used_today(&tenant.client).await == 0).then_some(())
        })
        .await;
    }
    assert_eq!(ai.asked().len(), 9, "nobody is asked twice");

    ai.does(AiDoes::Repeats);
    let customer = Customer::new(&platform, &tenant);
    let entry = customer.is_settled("And now?").await;
    assert_eq!(entry["outcome"], "ai");
    assert_eq!(customer.phone.texts().await, ["You wrote: And now?"]);
    platform.stop().await;
}

#[tokio::test]
async fn an_ai_that_takes_too_long_answers_nobody() {
    if lacks(Needs::OwnPlatform) {
        return;
    }
    let ai = AiServer::start().await;
    // The AI has a third of it.
    let platform = Running::start(|options| {
        options.ai = ai.options();
        options.function_timeout = Some(std::time::Duration::from_secs(6));
    })
    .await;
    let tenant = platform.tenant().make().await;
    switch_on(&tenant.client).await;
    let customer = Customer::new(&platform, &tenant);
    ai.holds(true);
    let entry = customer.is_settled("Are you there?").await;
    assert_eq!(entry["outcome"], "ai_failed");
    assert_eq!(entry["reason"], "timed_out");
    ai.holds(false);
    let entry = customer.is_settled("Hello?").await;
    assert_eq!(entry["outcome"], "ai");
    assert_eq!(customer.phone.texts().await, ["You wrote: Hello?"]);
    assert_eq!(ai.asked_about("Are you there?").len(), 1);
    assert_eq!(log_of(&tenant.client, &customer.number).await.len(), 2);
    eventually("the place is given back", SOON, || async {
        (used_today(&tenant.client).await == 1).then_some(())
    })
    .await;
    platform.stop().await;
}

#[tokio::test]
async fn an_answer_that_whatsapp_refuses_is_written_down_as_not_sent() {
    if lacks(Needs::OwnPlatform) {
        return;
    }
    let ai = AiServer::start().await;
    let platform = with_ai(&ai).await;
    let tenant = platform.tenant().make().await;
    switch_on(&tenant.client).await;
    let customer = Customer::new(&platform, &tenant);
    let refusal = serde_json::json!({"error": {"code": 131_026}, "times": 1});
    platform.whatsapp().trouble(&customer.number, refusal).await;
    let entry = customer.is_settled("Hello?").await;
    assert_eq!(entry["outcome"], "ai_failed");
    assert_eq!(entry["reason"], "not_sent");
    assert_eq!(customer.phone.texts().await, [""; 0]);
    platform.stop().await;
}

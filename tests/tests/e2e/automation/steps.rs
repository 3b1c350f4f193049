//! Answers of more than one step.

use std::time::Duration;

use http::Method;
use openwati_core::automation::Outcome;
use openwati_tests::{
    FileHost, HostedFile, Needs, Running, SOON, eventually, lacks, someone, texts_of,
};
use serde_json::json;

use super::texts;

#[tokio::test]
async fn an_answer_may_be_a_text_a_file_a_template_or_something_to_tap() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let host = FileHost::start().await;
    let file = HostedFile::png("an answer");
    let body = json!({"type": "BODY", "text": "Hello {{1}}, and welcome to our shop. How can we help you today?", "example": {"body_text": [["Ali"]]}});
    let template = json!({
        "waba_id": tenant.channel().waba_id, "status": "APPROVED", "category": "UTILITY", "language": "en",
        "components": [body],
    });
    platform
        .whatsapp()
        .put("/templates/welcome", &template)
        .await;
    let rule = json!({"keyword": "hello", "answers": [
        "Welcome",
        {"media": {"type": "image", "url": host.has("/menu.png", file.clone()), "caption": "The menu"}},
        {"template": {"template": "welcome", "language": "en", "parameters": ["Ali"]}},
        {"interactive": {"body": "Shall we call?", "buttons": ["Yes"]}},
    ]});
    let rule = tenant.rule(rule).await;
    let phone = platform.whatsapp().phone(&someone());
    phone
        .writes(&tenant.channel().phone_number_id, "Hello!")
        .await;
    let came = eventually("four answers come", SOON, || async {
        let mut shown = phone.shows().await;
        shown.retain(|message| message["direction"] == "out");
        (shown.len() == 4).then_some(shown)
    })
    .await;
    let kinds: Vec<_> = came.iter().map(|message| message["type"].clone()).collect();
    assert_eq!(kinds, ["text", "image", "template", "interactive"]);
    assert_eq!(came[1]["raw"]["image"]["caption"], "The menu");
    let log = tenant.automation_log(1).await;
    assert_eq!(log[0].rule, Some(rule.id));
    assert_eq!(log[0].answers.len(), 4);
    assert_eq!(log[0].reason, None);
    // Each stands behind the one before it.
    let mut sorted = log[0].answers.clone();
    sorted.sort();
    assert_eq!(sorted, log[0].answers);
}

#[tokio::test]
async fn what_can_not_be_sent_is_written_down_and_what_follows_it_comes() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let host = FileHost::start().await;
    let rule = json!({"keyword": "hello", "answers": [
        {"media": {"type": "image", "url": host.answers("/gone.png", 404)}},
        {"template": {"template": "nowhere", "language": "en"}},
        {"text": "Welcome"},
    ]});
    tenant.rule(rule).await;
    let phone = platform.whatsapp().phone(&someone());
    phone
        .writes(&tenant.channel().phone_number_id, "Hello!")
        .await;
    assert_eq!(texts(&phone, 1).await, ["Welcome"]);
    let log = tenant.automation_log(1).await;
    assert_eq!(log[0].outcome, Outcome::Keyword);
    assert_eq!(log[0].reason.as_deref(), Some("template_not_found"));
    assert_eq!(log[0].answers.len(), 1);
}

/// A platform on which an hour takes three seconds.
async fn hasty() -> Option<Running> {
    if lacks(Needs::FastQueues) {
        return None;
    }
    Some(Running::start(|options| options.speed = 1_200.0).await)
}

#[tokio::test]
async fn steps_come_two_seconds_and_an_hour_apart() {
    let Some(platform) = hasty().await else {
        return;
    };
    let tenant = platform.tenant().make().await;
    for (keyword, delay) in [("soon", 2), ("later", 3600)] {
        let rule = json!({"keyword": keyword, "step_delay_seconds": delay,
            "answers": texts_of(&["one", "two", "three"])});
        tenant.rule(rule).await;
    }
    let number = &tenant.channel().phone_number_id;
    let real = |seconds: u64| Duration::from_secs(seconds).div_f64(1_200.0);
    for (count, keyword, delay) in [(1, "soon", 2), (2, "later", 3600)] {
        let phone = platform.whatsapp().phone(&someone());
        phone.writes(number, keyword).await;
        assert_eq!(texts(&phone, 3).await, ["one", "two", "three"]);
        let log = tenant.automation_log(count).await;
        let store = tenant.store();
        let mut times = Vec::new();
        for answer in &log[count - 1].answers {
            let sent = store.message(&tenant.id, *answer).await.unwrap().unwrap();
            times.push(sent.stages().sent_at.unwrap());
        }
        for pair in times.windows(2) {
            assert!(
                pair[0].until(pair[1]) >= real(delay),
                "{keyword}: {times:?}"
            );
        }
    }
    platform.stop().await;
}

#[tokio::test]
async fn a_rule_that_is_deleted_or_switched_off_between_its_steps_says_no_more() {
    let Some(platform) = hasty().await else {
        return;
    };
    let tenant = platform.tenant().make().await;
    let mut rules = Vec::new();
    for keyword in ["first", "second"] {
        let rule = json!({"keyword": keyword, "step_delay_seconds": 3600, "answers": texts_of(&["one", "two"])});
        rules.push(tenant.rule(rule).await);
    }
    let phone = platform.whatsapp().phone(&someone());
    let number = &tenant.channel().phone_number_id;
    phone.writes(number, "first").await;
    phone.writes(number, "second").await;
    texts(&phone, 2).await;
    let store = tenant.store();
    let removed = store.remove_rules(&tenant.id, &[rules[0].id]).await;
    assert_eq!(removed.unwrap(), 1);
    let mut second = rules[1].clone();
    second.active = false;
    assert!(store.change_rule(&tenant.id, &mut second).await.unwrap());
    let log = tenant.automation_log(2).await;
    for (rule, reason) in rules.iter().zip(["rule_deleted", "rule_inactive"]) {
        let run = log.iter().find(|run| run.rule == Some(rule.id)).unwrap();
        assert_eq!(run.outcome, Outcome::Stopped);
        assert_eq!(run.reason.as_deref(), Some(reason));
    }
    assert_eq!(texts(&phone, 2).await, ["one", "one"]);
    platform.stop().await;
}

#[tokio::test]
async fn who_opts_out_between_two_steps_gets_no_more() {
    let Some(platform) = hasty().await else {
        return;
    };
    let tenant = platform.tenant().make().await;
    let rule = json!({"keyword": "hello", "step_delay_seconds": 3600, "answers": texts_of(&["one", "two"])});
    tenant.rule(rule).await;
    let phone = platform.whatsapp().phone(&someone());
    let number = &tenant.channel().phone_number_id;
    phone.writes(number, "hello").await;
    texts(&phone, 1).await;
    phone.writes(number, "STOP").await;
    let log = tenant.automation_log(2).await;
    assert_eq!(log[0].outcome, Outcome::Suppressed);
    assert_eq!(log[1].outcome, Outcome::OptedOut);
    assert_eq!(texts(&phone, 1).await, ["one"]);
    platform.stop().await;
}

#[tokio::test]
async fn a_tenant_over_its_cap_of_the_day_answers_again_the_next_one() {
    let platform = Running::shared();
    let tenant = platform.tenant().cap(1).make().await;
    tenant.answers("hello", &["one", "two"]).await;
    let phone = platform.whatsapp().phone(&someone());
    let number = &tenant.channel().phone_number_id;
    phone.writes(number, "hello").await;
    let log = tenant.automation_log(1).await;
    assert_eq!(log[0].outcome, Outcome::Keyword);
    assert_eq!(log[0].reason.as_deref(), Some("plan_cap_reached"));
    assert_eq!(texts(&phone, 1).await, ["one"]);
    assert_eq!(tenant.places_taken().await, 1);
}

#[tokio::test]
async fn a_suspended_tenant_hears_its_customers_and_answers_none() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    tenant.answers("hello", &["one", "two"]).await;
    let operator = crate::admin::operator().await.2;
    let path = format!("/api/admin/tenants/{}", tenant.id);
    let suspend = json!({"suspended": true});
    operator
        .call_with(Method::PATCH, &path, &suspend)
        .await
        .ok();
    let phone = platform.whatsapp().phone(&someone());
    phone
        .writes(&tenant.channel().phone_number_id, "hello")
        .await;
    let log = tenant.automation_log(1).await;
    assert_eq!(log[0].outcome, Outcome::Stopped);
    assert_eq!(log[0].reason.as_deref(), Some("tenant_suspended"));
    assert!(phone.texts().await.is_empty());
    assert_eq!(tenant.places_taken().await, 0);
}

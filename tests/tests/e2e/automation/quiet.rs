//! What keeps automations quiet.

use openwati_core::{automation::Outcome, message::Recipient, role::Role};
use openwati_services::automate;
use openwati_tests::{Needs, Running, SOON, Tenant, eventually, lacks, someone};
use serde_json::json;

use super::{closed, open, texts};
use crate::inbound::received;

#[tokio::test]
async fn two_programs_that_answer_each_other_stop_after_ten_answers_in_an_hour() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    tenant.answers("hello", &["hello yourself"]).await;
    let phone = platform.whatsapp().phone(&someone());
    let number = &tenant.channel().phone_number_id;
    // The other one answers each answer.
    for turn in 1..=10 {
        phone.writes(number, "hello").await;
        texts(&phone, turn).await;
    }
    phone.writes(number, "hello").await;
    phone.writes(number, "hello").await;
    let log = tenant.automation_log(12).await;
    let braked = log.iter().filter(|run| run.outcome == Outcome::Braked);
    assert_eq!(braked.count(), 2);
    assert_eq!(texts(&phone, 10).await.len(), 10);
    // Another customer's conversation is another matter.
    let other = platform.whatsapp().phone(&someone());
    other.writes(number, "hello").await;
    texts(&other, 1).await;
}

#[tokio::test]
async fn the_steps_of_a_rule_count_as_one_answer() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    tenant.answers("hello", &["one", "two", "three"]).await;
    let phone = platform.whatsapp().phone(&someone());
    for turn in 1..=10 {
        phone
            .writes(&tenant.channel().phone_number_id, "hello")
            .await;
        texts(&phone, 3 * turn).await;
    }
    let log = tenant.automation_log(10).await;
    assert!(log.iter().all(|run| run.outcome == Outcome::Keyword));
}

#[tokio::test]
async fn a_message_of_three_days_ago_is_kept_and_answered_by_nobody() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    tenant.answers("hello", &["hello yourself"]).await;
    let always = json!({"working_hours": closed("Nobody is there")});
    tenant.automations(always).await;
    let customer = someone();
    let phone = platform.whatsapp().phone(&customer);
    let number = &tenant.channel().phone_number_id;
    let now = tenant.services().now().seconds();
    for ago in [3 * 86_400, 16 * 60] {
        let old = json!({"type": "text", "text": "hello", "timestamp": now - ago});
        phone.does(number, old).await;
    }
    phone.writes(number, "hello").await;
    received(&tenant, &customer, 3).await;
    assert_eq!(texts(&phone, 1).await, ["hello yourself"]);
    tenant.automation_log(1).await;
}

#[tokio::test]
async fn who_writes_while_nobody_is_there_is_told_so_once() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let hours = json!({"working_hours": closed("We are back on Monday")});
    tenant.automations(hours).await;
    let number = &tenant.channel().phone_number_id;
    let customers = [someone(), someone()];
    for customer in &customers {
        let phone = platform.whatsapp().phone(customer);
        for text in ["Are you open?", "Hello?", "Anybody?"] {
            phone.writes(number, text).await;
        }
        received(&tenant, customer, 3).await;
        assert_eq!(texts(&phone, 1).await, ["We are back on Monday"]);
    }
    let log = tenant.automation_log(2).await;
    assert!(log.iter().all(|run| run.outcome == Outcome::Away));
    // While somebody is there, nobody is told.
    tenant
        .automations(json!({"working_hours": open("We are back on Monday")}))
        .await;
    let customer = someone();
    platform
        .whatsapp()
        .phone(&customer)
        .writes(number, "Are you open?")
        .await;
    received(&tenant, &customer, 1).await;
    tenant.automation_log(2).await;
}

#[tokio::test]
async fn a_persons_reply_keeps_the_away_message_quiet_and_no_rule() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    tenant.answers("price", &["It costs 5"]).await;
    tenant
        .automations(json!({"working_hours": closed("Nobody is there")}))
        .await;
    let customer = someone();
    let phone = platform.whatsapp().phone(&customer);
    let number = &tenant.channel().phone_number_id;
    phone.writes(number, "The price?").await;
    texts(&phone, 1).await;
    let person = tenant
        .person()
        .role(Role::Manager)
        .make()
        .await
        .logged_in()
        .await;
    person.send(&customer, "I am here").await.ok();
    phone.writes(number, "And another one?").await;
    phone.writes(number, "The price?").await;
    received(&tenant, &customer, 3).await;
    assert_eq!(
        texts(&phone, 3).await,
        ["It costs 5", "I am here", "It costs 5"]
    );
    assert!(told_nothing_of_absence(&tenant).await);
}

async fn told_nothing_of_absence(tenant: &Tenant) -> bool {
    let log = tenant.automation_log(2).await;
    log.iter().all(|run| run.outcome == Outcome::Keyword)
}

#[tokio::test]
async fn the_pause_after_a_persons_reply_ends() {
    if lacks(Needs::OwnPlatform) {
        return;
    }
    let platform = Running::start(|options| options.speed = 1_800.0).await;
    let tenant = platform.tenant().make().await;
    tenant
        .automations(json!({"working_hours": closed("Nobody is there")}))
        .await;
    let customer = someone();
    let phone = platform.whatsapp().phone(&customer);
    let number = &tenant.channel().phone_number_id;
    let peer = Recipient::parse_peer(&customer).unwrap();
    let channel = tenant.channel().id;
    automate::human_replied(tenant.services(), &tenant.id, &peer, channel)
        .await
        .unwrap();
    let until = tenant
        .store()
        .conversations(&tenant.id, &customer)
        .await
        .unwrap()[0]
        .paused_until;
    eventually("the pause is over", SOON, || async {
        (until < Some(tenant.services().now())).then_some(())
    })
    .await;
    phone.writes(number, "Anybody?").await;
    texts(&phone, 1).await;
    platform.stop().await;
}

//! Who wants to be left in peace.

use openwati_core::{automation::Outcome, role::Role};
use openwati_tests::{Answer, Running, SOON, Status, Tenant, eventually, someone, statuses};
use serde_json::{Value, json};

use super::texts;
use crate::{inbound::received, sends_kinds::post};

/// A tenant that confirms words to opt out and in with, and answers `hello`.
async fn confirming(platform: &Running) -> Tenant {
    let tenant = platform.tenant().make().await;
    tenant
        .automations(json!({
            "opt_out": {"reply": "You get no more from us"},
            "opt_in": {"reply": "Welcome back"},
        }))
        .await;
    tenant.answers("hello", &["Hello yourself"]).await;
    tenant
}

async fn opted_out(tenant: &Tenant, customer: &str, is_out: bool) {
    eventually("what the customer wants is known", SOON, || async {
        let peer = tenant.store().peer(&tenant.id, customer).await.unwrap();
        (peer.consents.is_out() == is_out).then_some(())
    })
    .await;
}

#[tokio::test]
async fn who_opts_out_is_told_so_once_and_left_in_peace_until_they_opt_in() {
    let platform = Running::shared();
    let tenant = confirming(&platform).await;
    let number = &tenant.channel().phone_number_id;
    for (out, again) in [
        ("STOP", "Start"),
        ("बंद करें", "शुरू करें"),
        ("توقف", "ابدأ"),
        ("Arrêter!", "commencer"),
        ("بند کریں", "شروع کریں"),
        ("DUR", "BAŞLA"),
        ("стоп", "старт"),
    ] {
        let customer = someone();
        let phone = platform.whatsapp().phone(&customer);
        // Nobody writes twice within a few milliseconds, and WhatsApp tells whole seconds.
        let mut second = tenant.services().now().seconds() - 60;
        let mut writes = async |text: &str| {
            second += 1;
            let message = json!({"type": "text", "text": text, "timestamp": second});
            phone.does(number, message).await
        };
        writes(out).await;
        opted_out(&tenant, &customer, true).await;
        for said in ["hello", out] {
            writes(said).await;
        }
        received(&tenant, &customer, 3).await;
        assert_eq!(texts(&phone, 1).await, ["You get no more from us"], "{out}");
        let refused = tenant.client.send(&customer, "An offer").await;
        refused.refused(422, "opted_out");
        writes(again).await;
        texts(&phone, 2).await;
        opted_out(&tenant, &customer, false).await;
        writes("hello").await;
        assert_eq!(
            texts(&phone, 3).await[1..],
            ["Welcome back", "Hello yourself"],
            "{again}"
        );
        tenant.client.send(&customer, "An offer").await.ok();
    }
}

#[tokio::test]
async fn a_person_may_write_to_who_opted_out_and_a_program_may_not() {
    let platform = Running::shared();
    let tenant = confirming(&platform).await;
    let customer = someone();
    let phone = platform.whatsapp().phone(&customer);
    phone
        .writes(&tenant.channel().phone_number_id, "stop")
        .await;
    opted_out(&tenant, &customer, true).await;
    let before = tenant.automation_log(1).await;
    assert_eq!(before[0].outcome, Outcome::OptedOut);
    let places = tenant.places_taken().await;
    tenant
        .client
        .send(&customer, "An offer")
        .await
        .refused(422, "opted_out");
    let key = tenant
        .client
        .send_once("a key", &customer, "An offer")
        .await;
    key.refused(422, "opted_out");
    assert_eq!(tenant.places_taken().await, places);
    let person = tenant
        .person()
        .role(Role::Manager)
        .make()
        .await
        .logged_in()
        .await;
    person.send(&customer, "About your order").await.ok();
    // The key is free again.
    phone
        .writes(&tenant.channel().phone_number_id, "start")
        .await;
    opted_out(&tenant, &customer, false).await;
    tenant
        .client
        .send_once("a key", &customer, "An offer")
        .await
        .ok();
}

#[tokio::test]
async fn a_word_that_comes_late_does_not_undo_a_newer_one() {
    let platform = Running::shared();
    let tenant = confirming(&platform).await;
    let customer = someone();
    let phone = platform.whatsapp().phone(&customer);
    let number = &tenant.channel().phone_number_id;
    let now = tenant.services().now().seconds();
    for (said, ago) in [("stop", 7_200), ("start", 3_600), ("stop", 5_400)] {
        let old = json!({"type": "text", "text": said, "timestamp": now - ago});
        phone.does(number, old).await;
    }
    phone.writes(number, "hello").await;
    received(&tenant, &customer, 4).await;
    // None of the words is new enough to be confirmed.
    assert_eq!(texts(&phone, 1).await, ["Hello yourself"]);
    opted_out(&tenant, &customer, false).await;
}

#[tokio::test]
async fn own_words_take_the_place_of_the_usual_ones() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let words = json!({"opt_out": {"words": ["No ads!"], "reply": "None any more"}});
    tenant.automations(words).await;
    tenant.answers("stop", &["The bus stops here"]).await;
    let customer = someone();
    let phone = platform.whatsapp().phone(&customer);
    let number = &tenant.channel().phone_number_id;
    phone.writes(number, "STOP").await;
    texts(&phone, 1).await;
    phone.writes(number, "no ads").await;
    assert_eq!(
        texts(&phone, 2).await,
        ["The bus stops here", "None any more"]
    );
    opted_out(&tenant, &customer, true).await;
}

/// Sends an approved template of this category to a customer.
async fn template(platform: &Running, tenant: &Tenant, category: &str, to: &str) -> Answer {
    let name = category.to_lowercase();
    let body = json!({"type": "BODY", "text": "Hello"});
    let template = json!({
        "waba_id": tenant.channel().waba_id, "status": "APPROVED", "category": category, "language": "en",
        "components": [body],
    });
    platform
        .whatsapp()
        .put(&format!("/templates/{name}"), &template)
        .await;
    let wanted = json!({"to": to, "template": name, "language": "en"});
    post(&tenant.client, "send-template", &wanted).await
}

async fn prefers(tenant: &Tenant, customer: &str, value: &str, ago: i64) {
    let at = tenant.services().now().seconds() - ago;
    let preference = json!({
        "wa_id": customer, "category": "marketing_messages", "value": value, "detail": "", "timestamp": at,
    });
    let value: Value = json!({"messaging_product": "whatsapp", "user_preferences": [preference]});
    let change = json!({"field": "user_preferences", "value": value});
    let entry = json!({"id": tenant.channel().waba_id, "time": at, "changes": [change]});
    let body = json!({"object": "whatsapp_business_account", "entry": [entry]});
    tenant.callback(&body).await.ok();
}

#[tokio::test]
async fn who_stops_marketing_by_whatsapps_own_switch_gets_no_marketing_and_no_automation() {
    let platform = Running::shared();
    let tenant = confirming(&platform).await;
    let customer = someone();
    let phone = platform.whatsapp().phone(&customer);
    let number = &tenant.channel().phone_number_id;
    prefers(&tenant, &customer, "stop", 0).await;
    opted_out(&tenant, &customer, true).await;
    phone.writes(number, "hello").await;
    received(&tenant, &customer, 1).await;
    let log = tenant.automation_log(1).await;
    assert_eq!(log[0].outcome, Outcome::Suppressed);
    tenant.client.send(&customer, "Your order").await.ok();
    let marketing = template(&platform, &tenant, "MARKETING", &customer).await;
    marketing.refused(422, "opted_out");
    template(&platform, &tenant, "UTILITY", &customer)
        .await
        .ok();
    // What is older says nothing any more.
    prefers(&tenant, &customer, "resume", 3_600).await;
    prefers(&tenant, &customer, "resume", -1).await;
    opted_out(&tenant, &customer, false).await;
    template(&platform, &tenant, "MARKETING", &customer)
        .await
        .ok();
}

#[tokio::test]
async fn whom_whatsapp_names_as_opted_out_is_one() {
    let platform = Running::shared();
    let tenant = confirming(&platform).await;
    // WhatsApp says so when it is asked to send.
    let customer = someone();
    let refuses = json!({"error": {"code": 131_050}, "times": 1});
    platform.whatsapp().trouble(&customer, refuses).await;
    let refused = template(&platform, &tenant, "MARKETING", &customer).await;
    refused.refused(422, "whatsapp_refused");
    let mut customers = vec![customer];
    // Or later.
    let customer = someone();
    let sent = template(&platform, &tenant, "MARKETING", &customer)
        .await
        .ok();
    let failed = Status {
        wamid: sent.wamid(),
        status: "failed",
        at: tenant.services().now().seconds(),
    };
    let mut body = statuses(tenant.channel(), &[failed]);
    let status = &mut body["entry"][0]["changes"][0]["value"]["statuses"][0];
    status["errors"] = json!([{"code": 131_050, "title": "User has stopped marketing messages"}]);
    tenant.callback(&body).await.ok();
    customers.push(customer);
    for customer in customers {
        opted_out(&tenant, &customer, true).await;
        let again = template(&platform, &tenant, "MARKETING", &customer).await;
        again.refused(422, "opted_out");
        let other = template(&platform, &tenant, "UTILITY", &customer).await;
        other.ok();
    }
}

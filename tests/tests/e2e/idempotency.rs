//! What becomes of an idempotency key that is used again.

use std::cell::Cell;

use openwati_core::id::Id;
use openwati_tests::{Client, Running, SOON, eventually, someone};
use serde_json::json;

#[tokio::test]
async fn a_success_is_given_again_and_sent_once() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let to = someone();
    let first = tenant.client.send_once("k", &to, "Hello").await.ok();
    assert!(!first.replayed());
    for _ in 0..3 {
        let again = tenant.client.send_once("k", &to, "Hello").await.ok();
        assert!(again.replayed());
        assert_eq!(again.body, first.body);
    }
    // However far the message has come since.
    let phone = platform.whatsapp().phone(&to);
    phone.reads().await;
    tenant.client.reaches(first.id(), "read").await;
    assert_eq!(
        tenant.client.send_once("k", &to, "Hello").await.ok().body,
        first.body
    );
    assert_eq!(phone.texts().await, ["Hello"]);
    assert_eq!(tenant.places_taken().await, 1);
}

#[tokio::test]
async fn a_key_is_its_tenants_own() {
    let platform = Running::shared();
    let to = someone();
    for _ in 0..2 {
        let tenant = platform.tenant().make().await;
        assert!(
            !tenant
                .client
                .send_once("k", &to, "Hello")
                .await
                .ok()
                .replayed()
        );
        // Another key of the tenant is the same caller.
        assert!(
            tenant
                .key()
                .make()
                .await
                .send_once("k", &to, "Hello")
                .await
                .ok()
                .replayed()
        );
    }
    assert_eq!(platform.whatsapp().phone(&to).texts().await.len(), 2);
}

#[tokio::test]
async fn a_refusal_by_whatsapp_is_given_again() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let to = someone();
    platform
        .whatsapp()
        .trouble(&to, json!({"error": {"code": 131_030}, "times": 1}))
        .await;
    let first = tenant
        .client
        .send_once("k", &to, "Hello")
        .await
        .refused(422, "whatsapp_refused");
    assert!(!first.replayed());
    let again = tenant
        .client
        .send_once("k", &to, "Hello")
        .await
        .refused(422, "whatsapp_refused");
    assert!(again.replayed());
    assert_eq!(again.body, first.body);
    assert_eq!(platform.whatsapp().phone(&to).texts().await, [""; 0]);
    tenant.client.send_once("k2", &to, "Hello").await.ok();
}

#[tokio::test]
async fn what_was_refused_before_anything_was_claimed_is_judged_anew() {
    let platform = Running::shared();
    let mut tenant = platform.tenant().channels(0).make().await;
    let client = tenant.client.clone();
    let to = someone();
    let id = Id::new(tenant.services().now(), tenant.services().entropy());
    let body = json!({"to": to, "message": "Hello", "deviceId": id.uuid()});
    let once = || Client::answer(client.sending(&body).header("idempotency-key", "k"));
    client
        .send_once("any", &to, "Hello")
        .await
        .refused(409, "no_device");
    once().await.refused(404, "not_found");
    tenant.connect(id).await;
    assert!(!client.send_once("any", &to, "Hello").await.ok().replayed());
    assert!(!once().await.ok().replayed());
    assert!(once().await.ok().replayed());

    // A bad body holds no key either.
    let bad = json!({"to": to, "message": ""});
    let answer = Client::answer(client.sending(&bad).header("idempotency-key", "bad")).await;
    answer.refused(400, "invalid_message");
    let bad = json!({"to": "12", "message": "Hello"});
    let answer = Client::answer(client.sending(&bad).header("idempotency-key", "bad")).await;
    answer.refused(400, "invalid_phone_number");
    assert!(!client.send_once("bad", &to, "Hello").await.ok().replayed());
}

#[tokio::test]
async fn a_cap_and_a_full_second_hold_no_key() {
    let platform = Running::shared();
    let tenant = platform.tenant().cap(1).make().await;
    let to = someone();
    platform
        .whatsapp()
        .trouble(
            &to,
            json!({"delay_ms": 700, "error": {"code": 131_030}, "times": 1}),
        )
        .await;
    let other = someone();
    // While the only place is taken by a message that will be refused, there is none.
    let (refused, none) = tokio::join!(tenant.client.send(&to, "Hello"), async {
        eventually("the place is taken", SOON, || async {
            (tenant.places_taken().await == 1).then_some(())
        })
        .await;
        tenant.client.send_once("k", &other, "Hello").await
    });
    refused.refused(422, "whatsapp_refused");
    none.refused(409, "plan_cap_reached");
    assert!(
        !tenant
            .client
            .send_once("k", &other, "Hello")
            .await
            .ok()
            .replayed()
    );

    let slow = platform.tenant().per_second(1).make().await;
    // A key that found a slot is spent, and so is not tried again.
    let tries = Cell::new(0);
    let (key, other, busy) = eventually("a second with two sends", SOON, || async {
        let key = format!("k{}", tries.replace(tries.get() + 1));
        let (first, second) = (someone(), someone());
        let (_, answer) = tokio::join!(
            slow.client.send(&first, "Hello"),
            slow.client.send_once(&key, &second, "Hello")
        );
        (answer.status == 429).then_some((key, second, answer))
    })
    .await;
    busy.refused(429, "channel_busy");
    let sent = eventually("a slot", SOON, || async {
        let answer = slow.client.send_once(&key, &other, "Hello").await;
        (answer.status == 200).then_some(answer)
    })
    .await;
    assert!(
        slow.client
            .send_once(&key, &other, "Hello")
            .await
            .ok()
            .replayed()
    );
    assert_eq!(
        slow.client.message(sent.id()).await.ok().body["message"]["text"],
        "Hello"
    );
}

#[tokio::test]
async fn what_never_reached_whatsapp_or_found_it_busy_is_sent() {
    let platform = Running::shared();
    for (code, status, name) in [
        (131_000, 503, "whatsapp_unreachable"),
        (2, 503, "whatsapp_unreachable"),
        (130_429, 429, "whatsapp_busy"),
    ] {
        let tenant = platform.tenant().make().await;
        let to = someone();
        platform
            .whatsapp()
            .trouble(&to, json!({"error": {"code": code}, "times": 1}))
            .await;
        let first = tenant
            .client
            .send_once("k", &to, "Hello")
            .await
            .refused(status, name);
        assert!(first.number("retry-after") >= 1);
        let second = tenant.client.send_once("k", &to, "Hello").await.ok();
        assert!(!second.replayed());
        let third = tenant.client.send_once("k", &to, "Hello").await.ok();
        assert!(third.replayed());
        assert_eq!(third.body, second.body);
        assert_eq!(platform.whatsapp().phone(&to).texts().await, ["Hello"]);
        assert_eq!(tenant.places_taken().await, 1);
    }
}

#[tokio::test]
async fn what_may_have_reached_whatsapp_is_not_sent_again() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let to = someone();
    // The connection breaks, and WhatsApp never got the message.
    platform
        .whatsapp()
        .trouble(&to, json!({"drop": true, "accept": false, "times": 1}))
        .await;
    let first = tenant
        .client
        .send_once("k", &to, "Hello")
        .await
        .refused(504, "outcome_unknown");
    for _ in 0..2 {
        let again = tenant
            .client
            .send_once("k", &to, "Hello")
            .await
            .refused(409, "outcome_unknown");
        assert_eq!(again.id(), first.id());
    }
    assert_eq!(platform.whatsapp().phone(&to).texts().await, [""; 0]);
    assert_eq!(tenant.places_taken().await, 1, "its place is spent");

    // The connection breaks, and WhatsApp has the message: its callback tells.
    let to = someone();
    platform
        .whatsapp()
        .trouble(&to, json!({"drop": true, "times": 1}))
        .await;
    let first = tenant
        .client
        .send_once("k2", &to, "Hello")
        .await
        .refused(504, "outcome_unknown");
    let told = eventually("the outcome", SOON, || async {
        let again = tenant.client.send_once("k2", &to, "Hello").await;
        if again.status == 200 {
            return Some(again);
        }
        again.refused(409, "outcome_unknown");
        None
    })
    .await;
    assert!(told.replayed());
    assert_eq!(told.id(), first.id());
    assert_eq!(platform.whatsapp().phone(&to).texts().await, ["Hello"]);
    let message = tenant.client.reaches(told.wamid(), "delivered").await;
    assert_eq!(message["id"], first.id());
}

#[tokio::test]
async fn a_try_that_still_runs_is_in_progress() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let to = someone();
    platform
        .whatsapp()
        .trouble(&to, json!({"delay_ms": 1_500, "times": 1}))
        .await;
    let (first, second) = tokio::join!(tenant.client.send_once("k", &to, "Hello"), async {
        eventually("the first try runs", SOON, || async {
            (tenant.places_taken().await == 1).then_some(())
        })
        .await;
        tenant.client.send_once("k", &to, "Hello").await
    });
    second.refused(409, "in_progress");
    assert!(!first.ok().replayed());
    assert!(
        tenant
            .client
            .send_once("k", &to, "Hello")
            .await
            .ok()
            .replayed()
    );
    assert_eq!(platform.whatsapp().phone(&to).texts().await, ["Hello"]);
}

#[tokio::test]
async fn a_key_that_stood_for_another_request_is_refused() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let (to, other) = (someone(), someone());
    tenant.client.send_once("k", &to, "Hello").await.ok();
    for (to, text) in [(&to, "Hello!"), (&other, "Hello")] {
        tenant
            .client
            .send_once("k", to, text)
            .await
            .refused(422, "idempotency_key_reused");
    }
    // The same content in other bytes is another body.
    let spaced = format!("{{ \"to\": \"{to}\", \"message\": \"Hello\" }}");
    let request = tenant
        .client
        .request(http::Method::POST, "/api/public/v1/send");
    let answer = Client::answer(request.header("idempotency-key", "k").body(spaced)).await;
    answer.refused(422, "idempotency_key_reused");
    assert_eq!(platform.whatsapp().phone(&to).texts().await, ["Hello"]);
    assert_eq!(platform.whatsapp().phone(&other).texts().await, [""; 0]);
}

#[tokio::test]
async fn a_key_has_at_most_255_characters() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let to = someone();
    let answer = tenant
        .client
        .send_once(&"k".repeat(256), &to, "Hello")
        .await;
    assert!(
        answer
            .refused(400, "invalid_request")
            .error()
            .contains("Idempotency-Key")
    );
    assert!(
        !tenant
            .client
            .send_once(&"k".repeat(255), &to, "Hello")
            .await
            .ok()
            .replayed()
    );
    assert!(
        tenant
            .client
            .send_once(&"k".repeat(255), &to, "Hello")
            .await
            .ok()
            .replayed()
    );
    assert_eq!(platform.whatsapp().phone(&to).texts().await, ["Hello"]);
}

//! What Meta tells.

use futures::future::join_all;
use http::Method;
use openwati_core::{id::Id, key_ring::KeyRing, phone::PhoneNumber, secret::Secret, time::Moment};
use openwati_services::provision::{self, NewChannel};
use openwati_store::tally::DROPPED_STATUSES;
use openwati_tests::{
    Client, Needs, Running, SOON, Sink, Status, Tenant, eventually, inbound, lacks, someone,
    statuses,
};
use serde_json::json;

/// A tenant whom the simulated WhatsApp tells nothing: the test does.
async fn told_by_the_test(platform: &Running, channels: usize) -> (Tenant, Sink) {
    let sink = Sink::start().await;
    let tenant = platform
        .tenant()
        .channels(channels)
        .callbacks_to(sink.url())
        .make()
        .await;
    (tenant, sink)
}

fn status<'a>(wamid: &'a str, status: &'a str) -> Status<'a> {
    Status {
        wamid,
        status,
        at: 1_790_000_000,
    }
}

#[tokio::test]
async fn the_handshake_gives_the_challenge_back_to_who_knows_a_token_of_the_tenant() {
    let tenant = Running::shared().tenant().channels(2).make().await;
    let ask = async |path: &str, mode: &str, token: &str| {
        let query = format!("hub.mode={mode}&hub.verify_token={token}&hub.challenge=1158201444");
        Client::answer(
            tenant
                .client
                .stranger(Method::GET, &format!("{path}?{query}")),
        )
        .await
    };
    let path = tenant.callback_path();
    for channel in &tenant.channels {
        let answer = ask(&path, "subscribe", &channel.verify_token).await.ok();
        assert_eq!(answer.text, "1158201444");
    }
    let token = &tenant.channel().verify_token;
    let wrong = ask(&path, "subscribe", "nonsense")
        .await
        .refused(403, "forbidden");
    let refused = [
        ask(&path, "subscribe", "").await,
        ask(&path, "unsubscribe", token).await,
        ask(
            "/api/public/cloud-api-webhook/1234567890",
            "subscribe",
            token,
        )
        .await,
        ask("/api/public/cloud-api-webhook/nobody", "subscribe", token).await,
    ];
    for answer in refused {
        assert_eq!((answer.status, answer.text), (403, wrong.text.clone()));
    }
    let bare = Client::answer(tenant.client.stranger(Method::GET, &path)).await;
    assert_eq!(bare.status, 403);
}

#[tokio::test]
async fn a_signature_that_does_not_hold_and_a_tenant_that_is_not_there_look_alike() {
    let platform = Running::shared();
    let (tenant, _sink) = told_by_the_test(&platform, 1).await;
    let (other, _) = told_by_the_test(&platform, 1).await;
    let sent = tenant.client.send(&someone(), "Hello").await.ok();
    let body = statuses(tenant.channel(), &[status(sent.wamid(), "read")]).to_string();
    let forged = tenant
        .callback_signed_by("not the secret", body.clone().into_bytes())
        .await;
    let forged = forged.refused(401, "invalid_signature");
    let of_another = tenant
        .callback_signed_by(&other.channel().app_secret, body.clone().into_bytes())
        .await;
    assert_eq!((of_another.status, &of_another.text), (401, &forged.text));
    let right = openwati_tests::sign(&tenant.channel().app_secret, body.as_bytes());
    let changed = body.replace("read", "sent");
    let upper = right.to_uppercase();
    let sha1 = right.replace("sha256=", "sha1=");
    let cut = &right[..right.len() - 2];
    let path = tenant.callback_path();
    let table: [(&str, Option<&str>, &str); 9] = [
        (&path, None, &body),
        (&path, Some(""), &body),
        (&path, Some("sha256="), &body),
        (&path, Some(cut), &body),
        (&path, Some(&upper), &body),
        (&path, Some(&sha1), &body),
        (&path, Some(&right), &changed),
        (
            "/api/public/cloud-api-webhook/1234567890",
            Some(&right),
            &body,
        ),
        ("/api/public/cloud-api-webhook/nobody", Some(&right), &body),
    ];
    for (path, signature, body) in table {
        let mut request = tenant
            .client
            .stranger(Method::POST, path)
            .body(body.to_owned());
        if let Some(signature) = signature {
            request = request.header("x-hub-signature-256", signature);
        }
        let answer = Client::answer(request).await;
        assert_eq!(
            (answer.status, &answer.text),
            (401, &forged.text),
            "{path} {signature:?}"
        );
    }
    // The same bytes with their own signature, and only those, count.
    tenant
        .callback(&statuses(
            tenant.channel(),
            &[status(sent.wamid(), "delivered")],
        ))
        .await
        .ok();
    tenant.client.reaches(sent.id(), "delivered").await;
}

#[tokio::test]
async fn one_apps_signature_counts_for_its_own_numbers_alone() {
    let platform = Running::shared();
    let (tenant, _sink) = told_by_the_test(&platform, 2).await;
    let [first, second] = &tenant.channels[..] else {
        unreachable!("it has two channels")
    };
    let of_first = tenant
        .client
        .send_by(&first.id.uuid(), &someone(), "Hello")
        .await
        .ok();
    let of_second = tenant
        .client
        .send_by(&second.id.uuid(), &someone(), "Hello")
        .await
        .ok();
    let mut both = statuses(first, &[status(of_first.wamid(), "read")]);
    let more = statuses(second, &[status(of_second.wamid(), "read")]);
    both["entry"]
        .as_array_mut()
        .unwrap()
        .push(more["entry"][0].clone());
    let body = both.to_string().into_bytes();
    tenant
        .callback_signed_by(&second.app_secret, body.clone())
        .await
        .ok();
    tenant.client.reaches(of_second.id(), "read").await;
    let message = tenant.client.message(of_first.id()).await.ok();
    assert_eq!(message.body["message"]["status"], "sent");
    tenant
        .callback_signed_by(&first.app_secret, body)
        .await
        .ok();
    tenant.client.reaches(of_first.id(), "read").await;
}

#[tokio::test]
async fn a_channel_whose_secrets_cannot_be_opened_does_not_silence_the_others() {
    let platform = Running::shared();
    let (tenant, _sink) = told_by_the_test(&platform, 1).await;
    let entropy = tenant.services().entropy().clone();
    let ring = KeyRing::parse(KeyRing::generate(&entropy).expose()).unwrap();
    let strange = platform.services_with(|parts| parts.key_ring = Some(ring));
    // Made before the other one, so that it stands before it.
    let sealed = NewChannel {
        id: Id::first_at(Moment::from_seconds(1_700_000_000)),
        phone_number: PhoneNumber::from_digits("15550000001").unwrap(),
        phone_number_id: "1".to_owned(),
        waba_id: "2".to_owned(),
        access_token: Secret::new("token".to_owned()),
        app_secret: Secret::new("secret".to_owned()),
        verify_token: Secret::new("verify".to_owned()),
        per_second: 1,
        is_default: false,
    };
    let made = provision::channel(&strange, &tenant.id, sealed).await;
    made.unwrap();
    let sent = tenant.client.send(&someone(), "Hello").await.ok();
    let body = statuses(tenant.channel(), &[status(sent.wamid(), "read")]);
    tenant.callback(&body).await.ok();
    tenant.client.reaches(sent.id(), "read").await;
    let of_it = body.to_string().into_bytes();
    let answer = tenant.callback_signed_by("secret", of_it).await;
    answer.refused(401, "invalid_signature");
    for (token, status) in [
        (tenant.channel().verify_token.as_str(), 200),
        ("verify", 403),
    ] {
        let query = format!("hub.mode=subscribe&hub.verify_token={token}&hub.challenge=1");
        let path = format!("{}?{query}", tenant.callback_path());
        let asked = tenant.client.stranger(Method::GET, &path);
        assert_eq!(Client::answer(asked).await.status, status, "{token}");
    }
}

#[tokio::test]
async fn what_is_signed_is_taken_or_told_what_is_wrong() {
    let platform = Running::shared();
    let (tenant, _sink) = told_by_the_test(&platform, 1).await;
    let secret = tenant.channel().app_secret.clone();
    let mut elsewhere = tenant.channel().clone();
    elsewhere.phone_number_id = "999".to_owned();
    tenant
        .callback(&statuses(&elsewhere, &[status("wamid.1", "read")]))
        .await
        .ok();
    for broken in ["", "{", "not JSON", "{} {}"] {
        let answer = tenant
            .callback_signed_by(&secret, broken.as_bytes().to_vec())
            .await;
        answer.refused(400, "invalid_json");
    }
    let odd = [
        json!(null),
        json!([]),
        json!("text"),
        json!({}),
        json!({"entry": 1}),
        json!({"entry": [{"changes": null}]}),
        json!({"entry": [{"id": 1, "changes": [{"field": [], "value": "x"}]}]}),
        json!({"object": "page", "entry": [{"id": "1", "changes": []}]}),
        json!({"entry": [{"id": tenant.channel().waba_id, "changes": [{"field": "messages", "value": {
            "metadata": {"phone_number_id": tenant.channel().phone_number_id},
            "statuses": [null, 1, {}, {"id": 5, "status": "read"}, {"id": "", "status": "exploded"}],
            "messages": [null, {"id": null}],
        }}]}]}),
    ];
    for body in odd {
        let answer = tenant.callback(&body).await;
        assert!(
            answer.status == 200 || answer.status == 400,
            "{body}: {} {}",
            answer.status,
            answer.text
        );
    }
    let large = vec![b' '; 4 * 1024 * 1024 + 1];
    tenant
        .callback_signed_by(&secret, large)
        .await
        .refused(413, "payload_too_large");
}

#[tokio::test]
async fn statuses_move_a_message_forward_in_whatever_order_they_come() {
    let platform = Running::shared();
    let (tenant, _sink) = told_by_the_test(&platform, 1).await;
    let orders: [(&[&str], &str); 9] = [
        (&["sent", "delivered", "read"], "read"),
        (&["read", "delivered", "sent"], "read"),
        (&["delivered", "sent"], "delivered"),
        (&["delivered", "delivered", "delivered"], "delivered"),
        (&["read"], "read"),
        (&["delivered", "failed"], "delivered"),
        (&["failed", "delivered"], "delivered"),
        (&["failed", "sent"], "failed"),
        (&["read", "failed", "read"], "read"),
    ];
    let checks = orders.map(|(order, last)| {
        let tenant = &tenant;
        async move {
            let sent = tenant.client.send(&someone(), "Hello").await.ok();
            for stage in order {
                tenant
                    .callback(&statuses(tenant.channel(), &[status(sent.wamid(), stage)]))
                    .await
                    .ok();
                // One after the other, so that the order of the queue is that of the test.
                let id = sent.id().parse().unwrap();
                eventually("the status is recorded", SOON, || async {
                    let message = tenant.store().message(&tenant.id, id).await.unwrap();
                    let stages = message.unwrap().stages();
                    match *stage {
                        "sent" => stages.sent_at,
                        "delivered" => stages.delivered_at,
                        "failed" => stages.failed_at,
                        _ => stages.read_at,
                    }
                })
                .await;
            }
            let message = tenant.client.message(sent.id()).await.ok();
            assert_eq!(message.body["message"]["status"], last, "{order:?}");
            // And all at once, shuffled by being one batch.
            let sent = tenant.client.send(&someone(), "Hello").await.ok();
            let all: Vec<Status<'_>> = order
                .iter()
                .map(|stage| status(sent.wamid(), stage))
                .collect();
            tenant
                .callback(&statuses(tenant.channel(), &all))
                .await
                .ok();
            tenant.client.reaches(sent.id(), last).await;
        }
    });
    join_all(checks).await;
}

#[tokio::test]
async fn callbacks_that_come_twice_and_in_disorder_change_nothing() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let to = someone();
    let trouble = json!({"duplicate_webhooks": 3, "reorder_webhooks": true});
    platform.whatsapp().trouble(&to, trouble).await;
    let sent = tenant.client.send(&to, "Hello").await.ok();
    tenant.client.reaches(sent.id(), "delivered").await;
    platform.whatsapp().phone(&to).reads().await;
    tenant.client.reaches(sent.id(), "read").await;
    assert_eq!(tenant.client.with(&to).await.len(), 1);
}

#[tokio::test]
async fn what_customers_write_is_kept_once_even_what_no_queue_holds() {
    let platform = Running::shared();
    let (tenant, _sink) = told_by_the_test(&platform, 1).await;
    let small = inbound(tenant.channel(), "wamid.small", "Hello");
    let text = "x".repeat(1_000_000);
    let large = inbound(tenant.channel(), "wamid.large", &text);
    for body in [&small, &large] {
        // Meta posts again what it saw no answer to.
        for _ in 0..2 {
            tenant.callback(body).await.ok();
        }
    }
    let kept = crate::inbound::received(&tenant, "923001234567", 2).await;
    let of = |wamid: &str| kept.iter().find(|message| message["message_id"] == wamid);
    assert_eq!(of("wamid.small").unwrap()["text"], "Hello");
    let shown = of("wamid.large").unwrap()["text"].as_str().unwrap();
    assert!(text.starts_with(shown) && !shown.is_empty());
    // The job's body is in the bucket, and the message too, which no item holds.
    for folder in ["spill", "whole"] {
        let list = platform
            .aws()
            .s3
            .list_objects_v2()
            .bucket(&platform.ready().aws.bucket);
        let list = list.prefix(format!("{folder}/{}/", tenant.id)).send().await;
        let objects = list.unwrap().contents.unwrap_or_default();
        assert_eq!(objects.len(), 1, "{folder}: {objects:?}");
        assert!(objects[0].size > Some(1_000_000), "{folder}");
    }
}

#[tokio::test]
async fn a_status_of_a_message_that_nobody_sent_waits_and_is_dropped_and_counted() {
    if lacks(Needs::FastQueues) {
        return;
    }
    let platform = Running::start(|options| options.speed = 1_000.0).await;
    let (tenant, _sink) = told_by_the_test(&platform, 1).await;
    let body = statuses(
        tenant.channel(),
        &[
            status("wamid.unknown", "read"),
            status("wamid.other", "sent"),
        ],
    );
    tenant.callback(&body).await.ok();
    eventually("both are dropped", SOON, || async {
        let now = tenant.services().now();
        let dropped = tenant
            .store()
            .tally(&tenant.id, DROPPED_STATUSES, now)
            .await
            .unwrap();
        assert!(dropped <= 2);
        (dropped == 2).then_some(())
    })
    .await;
    platform.stop().await;
}

//! What became of a send: refused, accepted, or nobody knows.

use std::time::Duration;

use openwati::Window;
use openwati_tests::{Needs, Running, SOON, eventually, lacks, someone};
use serde_json::json;

#[tokio::test]
async fn a_refusal_is_told_in_whatsapps_words_and_kept() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let to = someone();
    let trouble = json!({"error": {"code": 131_030}, "times": 1});
    platform.whatsapp().trouble(&to, trouble).await;
    let answer = tenant
        .client
        .send(&to, "Hello")
        .await
        .refused(422, "whatsapp_refused");
    assert_eq!(
        answer.error(),
        "(#131030) Recipient phone number not in allowed list"
    );
    assert_eq!(answer.body["whatsapp"]["code"], 131_030);
    let title = answer.body["whatsapp"]["title"]
        .as_str()
        .unwrap_or_default();
    assert!(
        title.contains("Recipient phone number not in allowed list"),
        "{}",
        answer.text
    );
    let message = tenant.client.message(answer.id()).await.ok().body["message"].take();
    assert_eq!(message["status"], "failed");
    assert_eq!(message["error"]["code"], 131_030);
    assert_eq!(message["message_id"], json!(null));
    assert_eq!(platform.whatsapp().phone(&to).texts().await, [""; 0]);
    tenant.client.send(&to, "Hello").await.ok();
}

#[tokio::test]
async fn a_template_that_does_not_exist_reads_as_documented() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let to = someone();
    platform
        .whatsapp()
        .trouble(&to, json!({"error": {"code": 132_000}}))
        .await;
    let answer = tenant
        .client
        .send(&to, "Hello")
        .await
        .refused(422, "whatsapp_refused");
    assert!(answer.error().starts_with("(#132000) "), "{}", answer.text);
}

#[tokio::test]
async fn a_peer_that_got_too_much_rests_and_others_do_not() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let (to, other) = (someone(), someone());
    let trouble = json!({"error": {"code": 131_056}, "times": 1});
    platform.whatsapp().trouble(&to, trouble).await;
    let busy = tenant
        .client
        .send(&to, "Hello")
        .await
        .refused(429, "whatsapp_busy");
    assert!(busy.number("retry-after") >= 1);
    let answer = tenant.client.send(&to, "Hello").await;
    if answer.status != 200 {
        // Unless the rest of a second is over already.
        answer.refused(429, "recipient_busy");
    }
    tenant.client.send(&other, "Hello").await.ok();
    eventually("the rest is over", SOON, || async {
        (tenant.client.send(&to, "Hello").await.status == 200).then_some(())
    })
    .await;
    assert_eq!(
        platform.whatsapp().phone(&to).texts().await.last().unwrap(),
        "Hello"
    );
    // Refusals gave their places back.
    let sent = platform.whatsapp().phone(&to).texts().await.len() + 1;
    assert_eq!(usize::try_from(tenant.places_taken().await).unwrap(), sent);
}

#[tokio::test]
async fn a_connection_that_breaks_leaves_an_unknown_message_that_a_callback_moves_on() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let to = someone();
    platform
        .whatsapp()
        .trouble(&to, json!({"drop": true, "times": 1}))
        .await;
    let answer = tenant
        .client
        .send(&to, "Hello")
        .await
        .refused(504, "outcome_unknown");
    // WhatsApp's id of it was never answered: it came with the callback.
    let message = tenant.client.reaches(answer.id(), "delivered").await;
    let wamid = message["message_id"]
        .as_str()
        .expect("the callback told the id")
        .to_owned();
    assert_eq!(
        tenant.client.message(&wamid).await.ok().body["message"]["id"],
        answer.id()
    );
    assert_eq!(platform.whatsapp().phone(&to).texts().await, ["Hello"]);
}

#[tokio::test]
async fn an_answer_without_metas_json_is_no_answer() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    for status in [500, 502, 503, 504, 429, 400, 200] {
        let to = someone();
        platform
            .whatsapp()
            .trouble(&to, json!({"http": status, "times": 1}))
            .await;
        let answer = tenant
            .client
            .send(&to, "Hello")
            .await
            .refused(504, "outcome_unknown");
        let message = tenant.client.message(answer.id()).await.ok().body["message"].take();
        assert_eq!(message["status"], "unknown", "HTTP {status}");
        assert_eq!(platform.whatsapp().phone(&to).texts().await, [""; 0]);
    }
    assert_eq!(tenant.places_taken().await, 7, "their places are spent");
}

#[tokio::test]
async fn a_provider_that_takes_too_long_leaves_the_outcome_unknown_before_the_function_ends() {
    if lacks(Needs::OwnPlatform) {
        return;
    }
    let platform =
        Running::start(|options| options.function_timeout = Some(Duration::from_secs(3))).await;
    let to = someone();
    platform
        .whatsapp()
        .trouble(&to, json!({"delay_ms": 60_000, "times": 1}))
        .await;
    let answer = platform
        .client()
        .send(&to, "Hello")
        .await
        .refused(504, "outcome_unknown");
    let message = platform.client().message(answer.id()).await.ok();
    assert_eq!(message.body["message"]["status"], "unknown");
    platform.stop().await;
}

#[tokio::test]
async fn a_whatsapp_that_is_not_there_was_not_reached() {
    if lacks(Needs::OwnPlatform) {
        return;
    }
    // A port that was free a moment ago.
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let url = format!("http://{free}/graph").parse().unwrap();
    let platform = Running::start(|options| options.graph_url = Some(url)).await;
    assert_eq!(
        platform.ready().api_key,
        None,
        "the seeded key is not shown beside a real Graph"
    );
    let tenant = platform.tenant().cap(1).make().await;
    for _ in 0..2 {
        let answer = tenant.client.send_once("k", "+923001234567", "Hello").await;
        let answer = answer.refused(503, "whatsapp_unreachable");
        assert!(answer.number("retry-after") >= 1);
        let message = tenant.client.message(answer.id()).await.ok();
        assert_eq!(message.body["message"]["status"], "failed");
        assert_eq!(tenant.places_taken().await, 0);
    }
    platform.stop().await;
}

#[tokio::test]
async fn a_token_that_ended_disconnects_its_channel_and_another_takes_over() {
    let platform = Running::shared();
    let tenant = platform.tenant().channels(2).make().await;
    let (first, second) = (tenant.channels[0].id.uuid(), tenant.channels[1].id.uuid());
    let to = someone();
    platform
        .whatsapp()
        .trouble(&to, json!({"error": {"code": 190}, "times": 2}))
        .await;
    let answer = tenant
        .client
        .send(&to, "Hello")
        .await
        .refused(422, "whatsapp_refused");
    assert_eq!(answer.body["whatsapp"]["code"], 190);
    let named = tenant
        .client
        .send_by(&first, &to, "Hello")
        .await
        .refused(409, "no_device");
    assert!(named.error().contains("190"), "{}", named.text);
    // The other one's turn, which has the same trouble.
    tenant
        .client
        .send(&to, "Hello")
        .await
        .refused(422, "whatsapp_refused");
    tenant
        .client
        .send_by(&second, &to, "Hello")
        .await
        .refused(409, "no_device");
    tenant
        .client
        .send(&to, "Hello")
        .await
        .refused(409, "no_device");
    assert_eq!(tenant.places_taken().await, 0);
    assert_eq!(platform.whatsapp().phone(&to).texts().await, [""; 0]);
}

#[tokio::test]
async fn the_default_channel_sends_unless_another_is_named() {
    let platform = Running::shared();
    let tenant = platform.tenant().channels(3).make().await;
    let to = someone();
    tenant.client.send(&to, "0").await.ok();
    for (number, channel) in tenant.channels.iter().enumerate() {
        for id in [channel.id.uuid(), channel.id.hex()] {
            let sent = tenant
                .client
                .send_by(&id, &to, &number.to_string())
                .await
                .ok();
            let message = tenant.client.message(sent.id()).await.ok();
            assert_eq!(message.body["message"]["device_id"], channel.id.uuid());
        }
    }
    let shown = platform.whatsapp().phone(&to).shows().await;
    assert_eq!(shown.len(), 7);
    for message in shown {
        let number: usize = message["text"].as_str().unwrap().parse().unwrap();
        assert_eq!(message["channel"], tenant.channels[number].phone_number_id);
    }
}

#[tokio::test]
async fn a_window_that_is_known_to_be_closed_takes_a_template_alone() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let (late, early) = (someone(), someone());
    let hours = |hours: u64| Duration::from_secs(hours * 3_600);
    tenant.heard_from(&late, hours(25)).await;
    tenant.heard_from(&early, hours(23)).await;
    let closed = tenant
        .client
        .send(&late, "Hello")
        .await
        .refused(422, "window_closed");
    assert!(closed.error().contains("template"), "{}", closed.text);
    assert_eq!(
        (
            tenant.places_taken().await,
            tenant.client.with(&late).await.len()
        ),
        (0, 0)
    );
    assert_eq!(platform.whatsapp().phone(&late).texts().await, [""; 0]);
    tenant.client.send(&early, "Hello").await.ok();
    // The customer writes.
    tenant.heard_from(&late, Duration::ZERO).await;
    tenant.client.send(&late, "Hello").await.ok();
}

#[tokio::test]
async fn where_nobody_ever_wrote_whatsapp_decides() {
    if lacks(Needs::OwnPlatform) {
        return;
    }
    let platform = Running::start(|options| options.window = Window::Strict).await;
    let client = platform.client();
    let to = someone();
    let phone = platform.whatsapp().phone(&to);
    let sent = client.send(&to, "Hello").await.ok();
    let message = client.reaches(sent.id(), "failed").await;
    assert_eq!(message["error"]["code"], 131_047);
    phone
        .writes(&platform.ready().channel.phone_number_id, "Hi")
        .await;
    let sent = client.send(&to, "Hello").await.ok();
    client.reaches(sent.id(), "delivered").await;
    platform.stop().await;
}

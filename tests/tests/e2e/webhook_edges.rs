//! Events that are too large for a queue, owners whose plan was taken from them, and files that nobody could fetch.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use openwati_core::time::Clock;
use openwati_services::media::{MediaJob, job};
use openwati_store::aws::Clients;
use openwati_tests::{Needs, Receiver, Running, SOON, Tenant, eventually, inbound, lacks, someone};
use serde_json::json;

use crate::media::{follow, settled};

/// Names of what lies in the bucket under a prefix.
async fn objects(aws: &Clients, bucket: &str, prefix: &str) -> Vec<String> {
    let list = aws.s3.list_objects_v2().bucket(bucket).prefix(prefix);
    let objects = list.send().await.unwrap().contents.unwrap_or_default();
    objects.into_iter().filter_map(|o| o.key).collect()
}

#[tokio::test]
async fn an_event_that_no_queue_holds_goes_through_the_bucket_and_arrives_whole() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let receiver = Receiver::start().await;
    let webhook = tenant
        .client
        .webhook(receiver.url(), &["message.received"])
        .await;
    let text = "\u{e4}\u{1f600}x".repeat(20_000);
    let mut long = inbound(tenant.channel(), "wamid.text", &text);
    // The log does not go back for ever.
    long["entry"][0]["changes"][0]["value"]["messages"][0]["timestamp"] =
        json!(Clock::system().now().seconds().to_string());
    tenant.callback(&long).await.ok();
    let mut rich = inbound(tenant.channel(), "wamid.payload", "");
    let message = &mut rich["entry"][0]["changes"][0]["value"]["messages"][0];
    let part = json!({"parts": (0..20_000).collect::<Vec<_>>()});
    message["type"] = json!("hologram");
    message["hologram"] = part.clone();
    tenant.callback(&rich).await.ok();

    let told = receiver
        .gets_one("the text", |event| event["messageId"] == "wamid.text")
        .await;
    assert!(told.json()["text"] == text.as_str());
    let rich = receiver
        .gets_one("the payload", |event| event["messageId"] == "wamid.payload")
        .await;
    assert!(rich.body.contains(&part["parts"].to_string()));
    for event in [&told, &rich] {
        let standard = standardwebhooks::Webhook::new(&webhook.secret).unwrap();
        let verified = standard.verify(event.body.as_bytes(), &event.headers);
        verified.unwrap();
    }
    let prefix = format!("spill/{}/events/", tenant.id);
    let bucket = &platform.ready().aws.bucket;
    let spilled = objects(&platform.aws(), bucket, &prefix).await;
    assert_eq!(spilled.len(), 2, "{spilled:?}");

    // The log shows it, and it can be had again.
    let id = eventually("it is in the log", SOON, || async {
        let deliveries = webhook.deliveries("").await;
        let of_text = deliveries
            .iter()
            .find(|d| d["eventId"] == told.header("webhook-id"));
        of_text.map(|delivery| delivery["id"].clone())
    })
    .await;
    let id = id.as_str().unwrap();
    assert!(webhook.reaches(id, "delivered").await["body"] == told.body);
    let path = format!("/api/deliveries/{id}/resend");
    let resent = tenant.client.call(Method::POST, &path).await;
    assert_eq!(resent.status, 202, "{}", resent.text);
    assert!(receiver.gets(3).await[2].body == told.body);
}

#[tokio::test]
async fn an_event_that_meets_trouble_of_ours_does_not_wait_for_its_visibility() {
    if lacks(Needs::OwnPlatform) || lacks(Needs::ServiceFaults) {
        return;
    }
    let platform = Running::start(|_| {}).await;
    let tenant = platform.tenant().make().await;
    let receiver = Receiver::start().await;
    let webhook = tenant.client.webhook(receiver.url(), &[]).await;
    // Whatever the client asks again by itself: more than one batch finds nothing.
    let fault =
        json!({"aws": "dynamodb", "operations": ["BatchGetItem"], "error": "internal", "times": 5});
    platform.whatsapp().post("/faults", &fault).await;
    webhook.test().await;
    // Visibility ends after three minutes.
    receiver.gets(1).await;
    platform.stop().await;
}

/// Gives a tenant's plan webhooks, or takes them from it.
async fn set_webhooks(platform: &Running, tenant: &Tenant, allowed: bool) {
    use aws_sdk_dynamodb::types::AttributeValue;
    let dynamodb = platform.aws().dynamodb;
    let table = &platform.ready().aws.table;
    let found = dynamodb
        .query()
        .table_name(table)
        .key_condition_expression("pk = :pk")
        .expression_attribute_values(":pk", AttributeValue::S(tenant.id.to_string()))
        .send()
        .await;
    let items = found.unwrap().items.unwrap();
    let own = items.iter().find(|item| item.contains_key("plan")).unwrap();
    let changed = dynamodb
        .update_item()
        .table_name(table)
        .key("pk", own["pk"].clone())
        .key("sk", own["sk"].clone())
        .update_expression("SET #plan.signed_webhooks = :allowed")
        .expression_attribute_names("#plan", "plan")
        .expression_attribute_values(":allowed", AttributeValue::Bool(allowed));
    changed.send().await.unwrap();
}

#[tokio::test]
async fn a_plan_without_webhooks_pauses_them_until_it_has_them_again() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let client = &tenant.client;
    let receiver = Receiver::start().await;
    let webhook = client.webhook(receiver.url(), &[]).await;
    let delivery = webhook.test().await;
    webhook.reaches(&delivery, "delivered").await;
    let comes = async |wamid: &str| {
        let callback = inbound(tenant.channel(), wamid, "Hello");
        tenant.callback(&callback).await.ok();
        eventually("it is kept", SOON, || async {
            (client.message(wamid).await.status == 200).then_some(())
        })
        .await;
    };

    set_webhooks(&platform, &tenant, false).await;
    let body = json!({"url": receiver.url()});
    let since = json!({"since": "2026-01-01T00:00:00Z"});
    let enabled = json!({"enabled": true});
    for (method, path, body) in [
        (Method::POST, "/api/webhooks".to_owned(), &body),
        (Method::POST, webhook.path("/test"), &json!({})),
        (Method::POST, webhook.path("/recover"), &since),
        (
            Method::POST,
            format!("/api/deliveries/{delivery}/resend"),
            &json!({}),
        ),
        (Method::PATCH, webhook.path(""), &enabled),
    ] {
        let answer = client.call_with(method, &path, body).await;
        answer.refused(403, "plan_has_no_webhooks");
    }
    comes("wamid.paused").await;
    // The same customer's next message is worked once the one before has been told, if it is.
    comes("wamid.after").await;
    // It is neither disabled nor forgotten.
    assert_eq!(webhook.now().await["enabled"], true);
    assert_eq!(webhook.deliveries("").await.len(), 1);

    set_webhooks(&platform, &tenant, true).await;
    comes("wamid.again").await;
    receiver
        .gets_one("what came then", |event| {
            event["messageId"] == "wamid.again"
        })
        .await;
    let events = receiver.events();
    let paused = events.iter().map(|event| event.json()["messageId"].clone());
    assert!(!paused.into_iter().any(|wamid| wamid == "wamid.paused"));
}

#[tokio::test]
async fn a_file_whose_job_nobody_could_work_fails_with_its_reason_and_its_message_is_told_of() {
    if lacks(Needs::FastQueues) {
        return;
    }
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let (before, after) = (Receiver::start().await, Receiver::start().await);
    let wanted = ["message.received"];
    tenant.client.webhook(before.url(), &wanted).await;
    let whatsapp = platform.whatsapp();
    let number = &tenant.channel().phone_number_id;
    let file = json!({"type": "image", "channel": number,
        "data": STANDARD.encode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")});
    let id = whatsapp.post("/media", &file).await["id"].clone();
    let path = format!("/media/{}", id.as_str().unwrap());
    let away = json!({"match": {"path": path}, "http": 503, "times": 50_000});
    whatsapp.post("/faults", &away).await;
    let message = json!({"type": "image", "image": {"id": id}});
    let wamid = whatsapp.phone(&someone()).does(number, message).await;
    // Its own job has told of it and tries on.
    before.gets(1).await;
    tenant.client.webhook(after.url(), &wanted).await;
    let message = tenant.client.message(&wamid).await.ok();
    let message = &message.body["message"];
    assert_eq!(message["media"]["status"], "pending");

    let message = message["id"].as_str().unwrap().parse().unwrap();
    let now = Clock::system().now();
    let letter = job(&MediaJob::new(tenant.id.clone(), message, now), 0).unwrap();
    let url = &platform.ready().aws.queues["media-download-dead-letters"];
    let sent = platform.aws().sqs.send_message().queue_url(url);
    sent.message_body(letter.body).send().await.unwrap();

    let event = after.gets(1).await.remove(0).json();
    assert_eq!(event["messageId"], wamid.as_str());
    assert_eq!(follow(&tenant.client, &event["mediaUrl"]).await.0, 404);
    let failed = settled(&tenant.client, &wamid, SOON).await;
    assert_eq!(failed["media"]["status"], "failed");
    assert_eq!(
        failed["media"]["reason"],
        "the download could not be worked"
    );
    // Who knew it is not told again.
    assert_eq!(before.events().len(), 1);
}

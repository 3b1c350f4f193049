//! DynamoDB, SQS and S3 refuse, break, or do without saying so what they are asked: nothing is lost and nothing doubled.
//!
//! What is written while they do is written by functions that last until a given moment, all at once, each with a look
//! afterwards at what became of it: `sends` and `look_at_sends`.

use std::{collections::BTreeMap, time::Duration};

use aws_sdk_sqs::error::ProvideErrorMetadata as _;
use futures::{StreamExt as _, stream};
use http::Method;
use openwati_tests::{Answer, Client, Needs, Running, SOON, Tenant, eventually, lacks, someone};
use serde_json::{Value, json};
use tokio::time::Instant;

/// What may become of a call.
const KINDS: [&str; 4] = ["throttle", "internal", "drop", "lost_answer"];

/// How long the trouble lasts.
const TROUBLE: Duration = Duration::from_secs(20);

/// Short, so that leases and visibility, which follow it, end within the test.
const FUNCTION_TIMEOUT: Duration = Duration::from_secs(4);

/// Policy waits are divided by this.
const SPEED: f64 = 50.0;

/// Clients that send at the same time.
const CLIENTS: usize = 4;

/// Things that are looked at afterwards at the same time.
const LOOKS: usize = 8;

/// Lease and visibility of what broke last, and then the time for it to be done.
const SETTLED: Duration = Duration::from_secs(2 * 60);

async fn platform() -> Running {
    Running::start(|options| {
        options.function_timeout = Some(FUNCTION_TIMEOUT);
        options.speed = SPEED;
    })
    .await
}

/// Trouble with AWS, as `POST /_sim/faults` takes it.
async fn trouble(platform: &Running, fault: Value) {
    platform.whatsapp().post("/faults", &fault).await;
}

/// By operation: how often it was called while there was trouble, as `calls`, and what it met how often.
type Met = BTreeMap<String, BTreeMap<String, u64>>;

/// How often any operation of a service met this kind of trouble.
fn struck(met: &Met, kind: &str) -> u64 {
    met.values()
        .filter_map(|operation| operation.get(kind))
        .sum()
}

/// Ends all trouble, and shows by service what was met.
async fn end(platform: &Running) -> BTreeMap<String, Met> {
    let ended = platform.client().stranger(Method::DELETE, "/_sim/faults");
    Client::answer(ended).await.ok();
    let met = platform.whatsapp().get("/faults").await;
    serde_json::from_value(met["aws"].clone()).unwrap()
}

/// Sends a text as a good client does: under a key, again after every answer that says that it may go better.
async fn send_patiently(client: &Client, key: &str, to: &str, text: &str) -> Answer {
    eventually(&format!("an answer to {key}"), SETTLED, || async {
        let answer = client.send_once(key, to, text).await;
        match (answer.status, answer.body["code"].as_str()) {
            (200, _) | (409, Some("outcome_unknown")) => Some(answer),
            (409, Some("in_progress")) | (429 | 500..=599, _) => None,
            _ => panic!("{key}: {}", answer.text),
        }
    })
    .await
}

/// A message that somebody wanted sent, and what they were told.
struct Sent {
    to: String,
    text: String,
    answer: Answer,
}

/// Clients send to customers, who read, until `end`.
async fn sends(platform: &Running, client: &Client, end: Instant) -> Vec<Sent> {
    let sending = stream::iter(0..CLIENTS).map(|_| async {
        let mut sent = Vec::new();
        while Instant::now() < end {
            let to = someone();
            let text = format!("to {to}");
            let answer = send_patiently(client, &format!("key {to}"), &to, &text).await;
            if answer.status == 200 {
                platform.whatsapp().phone(&to).reads().await;
            }
            sent.push(Sent { to, text, answer });
        }
        sent
    });
    sending.buffer_unordered(CLIENTS).concat().await
}

/// What was answered came once, nothing came twice, and every message has come to its end.
async fn look_at_sends(platform: &Running, client: &Client, sent: &[Sent]) {
    let looks = stream::iter(sent).map(|sent| look_at_send(platform, client, sent));
    looks.buffer_unordered(LOOKS).for_each(async |()| ()).await;
}

async fn look_at_send(platform: &Running, client: &Client, sent: &Sent) {
    let Sent { to, text, answer } = sent;
    let phone = platform.whatsapp().phone(to);
    let texts = phone.texts().await;
    if answer.status == 200 {
        assert_eq!(texts, [text.as_str()], "{}", answer.text);
        client.reaches(answer.id(), "read").await;
    } else {
        assert!(texts.len() <= 1, "{to} got {texts:?}");
        if !texts.is_empty() {
            phone.reads().await;
        }
    }
    let what = format!("no message to {to} is open, and {} was read", texts.len());
    eventually(&what, SETTLED, || async {
        let kept = client.with(to).await;
        let of = |status: &str| kept.iter().filter(|kept| kept["status"] == status).count();
        // A try that was refused before anything was sent, and could not be withdrawn, is unknown, or failed.
        let ended = of("read") + of("unknown") + of("failed");
        (ended == kept.len() && of("read") == texts.len()).then_some(())
    })
    .await;
}

/// WhatsApp reports what no queue holds, until `end`. Says how often.
async fn reports(platform: &Running, tenant: &Tenant, end: Instant) -> usize {
    let mut reported = 0;
    while Instant::now() < end {
        reported += 1;
        let value = json!({"event": "TEST", "number": reported, "padding": "x".repeat(300_000)});
        let channel = &tenant.channel().phone_number_id;
        let event = json!({"field": "account_update", "value": value, "channel": channel});
        platform.whatsapp().post("/events", &event).await;
        let what = format!("report {reported} is stored");
        eventually(&what, SETTLED, || async {
            (spilled(platform, tenant).await >= reported).then_some(())
        })
        .await;
    }
    reported
}

/// Bodies of jobs in the bucket. Asks again where the bucket does not answer, as it may be told to.
async fn spilled(platform: &Running, tenant: &Tenant) -> usize {
    let s3 = platform.aws().s3;
    eventually("the bucket answers", SOON, || async {
        let list = s3
            .list_objects_v2()
            .bucket(&platform.ready().aws.bucket)
            .prefix(format!("spill/{}/", tenant.id));
        let objects = list.send().await.ok()?.contents.unwrap_or_default();
        Some(objects.len())
    })
    .await
}

#[tokio::test]
async fn a_tenth_of_all_calls_to_aws_going_wrong_loses_nothing_and_doubles_nothing() {
    if lacks(Needs::ServiceFaults) {
        return;
    }
    let platform = platform().await;
    let tenant = platform.tenant().make().await;
    let client = tenant.key().per_minute(1_000_000).make().await;
    trouble(
        &platform,
        json!({"aws": "all", "error": "mixed", "rate": 0.1, "seed": 1}),
    )
    .await;

    let until = Instant::now() + TROUBLE;
    let (sent, reported) = tokio::join!(
        sends(&platform, &client, until),
        reports(&platform, &tenant, until),
    );

    let met = end(&platform).await;
    for service in ["dynamodb", "sqs", "s3"] {
        assert!(
            KINDS.iter().any(|kind| struck(&met[service], kind) > 0),
            "{service}: {met:?}"
        );
    }
    for kind in KINDS {
        assert!(
            met.values().any(|service| struck(service, kind) > 0),
            "{kind}: {met:?}"
        );
    }
    let told = sent.iter().filter(|sent| sent.answer.status == 200).count();
    // Whoever asks again is answered, but for the few of which nobody knew at the time whether WhatsApp had them.
    assert!(told * 100 >= sent.len() * 95, "{told} of {}", sent.len());

    look_at_sends(&platform, &client, &sent).await;
    assert_eq!(spilled(&platform, &tenant).await, reported);
    let places = tenant.places_taken().await;
    assert!(
        usize::try_from(places).unwrap() >= told,
        "{places} places for {told}"
    );
    platform.stop().await;
}

/// DynamoDB's operations in a send.
const OF_A_SEND: [&str; 4] = ["UpdateItem", "PutItem", "Query", "TransactWriteItems"];

#[tokio::test]
async fn a_single_call_that_goes_wrong_in_a_send_is_asked_again_and_not_noticed() {
    if lacks(Needs::ServiceFaults) {
        return;
    }
    let platform = platform().await;
    let tenant = platform.tenant().make().await;
    let mut sent = Vec::new();
    for operation in OF_A_SEND {
        for error in KINDS {
            for seed in 0..4 {
                let fault = json!({
                    "aws": "dynamodb", "operations": [operation], "error": error, "times": 1, "seed": seed,
                });
                trouble(&platform, fault).await;
                let to = someone();
                let text = format!("{operation} {error} {seed}");
                let answer = tenant.client.send_once(&text, &to, &text).await;
                assert_eq!(answer.status, 200, "{text}: {}", answer.text);
                assert!(!answer.replayed(), "{text}");
                platform.whatsapp().phone(&to).reads().await;
                sent.push(Sent { to, text, answer });
            }
        }
    }
    let met = end(&platform).await;
    for operation in OF_A_SEND {
        for kind in KINDS {
            let struck = met["dynamodb"][operation].get(kind);
            assert_eq!(struck, Some(&4), "{operation} {kind}: {met:?}");
        }
    }
    look_at_sends(&platform, &tenant.client, &sent).await;
    platform.stop().await;
}

#[tokio::test]
async fn a_call_that_goes_wrong_each_time_in_a_send_neither_loses_nor_doubles_it() {
    if lacks(Needs::ServiceFaults) {
        return;
    }
    let platform = platform().await;
    let tenant = platform.tenant().make().await;
    let client = tenant.key().per_minute(1_000_000).make().await;
    let mut sent = Vec::new();
    for operation in OF_A_SEND {
        for error in ["drop", "lost_answer"] {
            let fault = json!({
                "aws": "dynamodb", "operations": [operation], "error": error, "times": 6, "seed": 1,
            });
            trouble(&platform, fault).await;
            let to = someone();
            let text = format!("{operation} {error}");
            let answer = send_patiently(&client, &text, &to, &text).await;
            if answer.status == 200 {
                platform.whatsapp().phone(&to).reads().await;
            }
            sent.push(Sent { to, text, answer });
        }
    }
    end(&platform).await;
    look_at_sends(&platform, &client, &sent).await;
    platform.stop().await;
}

#[tokio::test]
async fn a_key_whose_claim_was_never_answered_is_free_at_once() {
    if lacks(Needs::ServiceFaults) {
        return;
    }
    let platform = platform().await;
    let tenant = platform.tenant().make().await;
    // Every try of the claim is made, and none is answered.
    let fault = json!({
        "aws": "dynamodb", "operations": ["PutItem"], "error": "lost_answer", "times": 3,
    });
    trouble(&platform, fault).await;
    let to = someone();
    let refused = tenant.client.send_once("key", &to, "Hello").await;
    refused.refused(503, "unavailable");
    let answer = tenant.client.send_once("key", &to, "Hello").await.ok();
    assert!(!answer.replayed());
    assert_eq!(platform.whatsapp().phone(&to).texts().await, ["Hello"]);
    assert_eq!(tenant.client.with(&to).await.len(), 1);
    platform.stop().await;
}

#[tokio::test]
async fn queues_that_nobody_can_reach_are_worked_again_once_they_can_be() {
    if lacks(Needs::ServiceFaults) {
        return;
    }
    let platform = platform().await;
    let tenant = platform.tenant().make().await;
    trouble(&platform, json!({"aws": "sqs", "error": "drop"})).await;
    let to = someone();
    let sent = tenant.client.send(&to, "Hello").await.ok();
    eventually("queues are asked and statuses posted", SOON, || async {
        let met = platform.whatsapp().get("/faults").await;
        let drops = |operation: &str| met["aws"]["sqs"][operation]["drop"].as_u64();
        // More than the tries of one poll, and of one callback.
        let tried = drops("ReceiveMessage") > Some(20) && drops("SendMessageBatch") > Some(3);
        tried.then_some(())
    })
    .await;
    end(&platform).await;
    tenant.client.reaches(sent.id(), "delivered").await;
    assert_eq!(platform.whatsapp().phone(&to).texts().await, ["Hello"]);
    platform.stop().await;
}

#[tokio::test]
async fn what_fails_says_so_in_the_words_of_its_service() {
    if lacks(Needs::ServiceFaults) {
        return;
    }
    let platform = platform().await;
    let clients = platform.aws();
    let ready = platform.ready();
    let queue = &ready.aws.queues["statuses"];
    // What a client learns once all of its three tries have met this. Nothing else asks for these operations.
    let learns = async |service: &str, error: &str, seed: u32| {
        let operations = ["DescribeTable", "GetQueueAttributes", "ListObjectsV2"];
        let fault = json!({
            "aws": service, "operations": operations, "error": error, "times": 3, "seed": seed,
        });
        trouble(&platform, fault).await;
        let code = match service {
            "dynamodb" => {
                let asked = clients.dynamodb.describe_table();
                let answer = asked.table_name(&ready.aws.table).send().await;
                answer.unwrap_err().code().map(str::to_owned)
            }
            "sqs" => {
                let asked = clients.sqs.get_queue_attributes().queue_url(queue);
                asked.send().await.unwrap_err().code().map(str::to_owned)
            }
            _ => {
                let asked = clients.s3.list_objects_v2().bucket(&ready.aws.bucket);
                asked.send().await.unwrap_err().code().map(str::to_owned)
            }
        };
        end(&platform).await;
        code
    };
    for (service, throttled, failed) in [
        (
            "dynamodb",
            &[
                "ProvisionedThroughputExceededException",
                "ThrottlingException",
            ][..],
            "InternalServerError",
        ),
        (
            "sqs",
            &["RequestThrottled", "ThrottlingException"],
            "InternalFailure",
        ),
        ("s3", &["SlowDown"], "InternalError"),
    ] {
        for seed in 0..4 {
            let code = learns(service, "throttle", seed).await.unwrap();
            assert!(throttled.contains(&code.as_str()), "{service}: {code}");
            let lost = learns(service, "lost_answer", seed).await;
            assert!(lost.is_none_or(|code| code == failed), "{service}");
        }
        assert_eq!(
            learns(service, "internal", 0).await.as_deref(),
            Some(failed)
        );
        assert_eq!(learns(service, "drop", 0).await, None, "{service}");
    }
    platform.stop().await;
}

#[tokio::test]
async fn trouble_that_makes_no_sense_is_refused_and_other_trouble_is_still_the_simulators() {
    if lacks(Needs::ServiceFaults) {
        return;
    }
    let platform = Running::shared();
    let ask = async |fault: Value| {
        let asked = platform.client().stranger(Method::POST, "/_sim/faults");
        Client::answer(asked.json(&fault)).await
    };
    for (bad, named) in [
        (json!({"aws": "ec2", "error": "drop"}), "ec2"),
        (json!({"aws": "s3", "error": "fire"}), "fire"),
        (json!({"aws": "s3", "error": "drop", "rate": 2}), "rate"),
        (json!({"aws": "s3", "error": "drop", "at": 1}), "at"),
    ] {
        let answer = ask(bad).await;
        assert_eq!(answer.status, 400);
        assert!(answer.error().contains(named), "{}", answer.text);
    }
    let to = someone();
    ask(json!({"match": {"to": to}, "http": 503, "times": 1}))
        .await
        .ok();
    assert_ne!(platform.client().send(&to, "Hello").await.status, 200);
    assert_eq!(platform.client().send(&to, "Hello").await.status, 200);
}

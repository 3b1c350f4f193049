//! DynamoDB, SQS and S3 refuse, break, or do without saying so what they are asked: nothing is lost and nothing doubled.

mod customers;
mod events;
mod reports;
mod sends;
mod tenth;

use std::{collections::BTreeMap, time::Duration};

use aws_sdk_sqs::error::ProvideErrorMetadata as _;
use http::Method;
use openwati_tests::{Client, Needs, Running, SOON, eventually, lacks, someone};
use serde_json::{Value, json};

use self::sends::{Sent, look_at_sends, send_patiently};

/// What may become of a call.
const KINDS: [&str; 4] = ["throttle", "internal", "drop", "lost_answer"];

/// Short, so that leases and visibility, which follow it, end within the test.
const FUNCTION_TIMEOUT: Duration = Duration::from_secs(4);

/// Policy waits are divided by this.
const SPEED: f64 = 50.0;

/// Things that are looked at afterwards at the same time.
const LOOKS: usize = 8;

/// Lease and visibility of what broke last, and then the time for it to be done.
const SETTLED: Duration = Duration::from_secs(2 * 60);

async fn platform() -> Running {
    let platform = Running::start(|options| {
        options.function_timeout = Some(FUNCTION_TIMEOUT);
        options.speed = SPEED;
    })
    .await;
    // What is read at the start is not to take the trouble that is meant for others.
    eventually("the seeded account's templates are read", SOON, || async {
        let listed = platform.client().call(Method::GET, "/api/templates").await;
        let templates = listed.ok().body["templates"].as_array().map(Vec::len);
        (templates > Some(0)).then_some(())
    })
    .await;
    platform
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

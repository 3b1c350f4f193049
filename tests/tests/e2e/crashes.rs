//! The process dies between any two effects, and its folder is taken up again.

mod automation;
mod channels;
mod data;
mod imports;
mod inbound;
mod media_download;
mod send_media;
mod sends;
mod smart_reply;
mod team;
mod templates;
mod webhooks;

use aws_sdk_sqs::types::QueueAttributeName;
use futures::{StreamExt as _, stream};
use openwati_core::crash::{POINTS, VARIABLE};
use openwati_tests::{
    Answer, Process, Program, SOON, Status, eventually, inbound, someone, statuses,
};
use serde_json::{Value, json};

use crate::inbound::notices::notices;

/// Policy waits are short, and so are leases and visibility, which follow the function's time-out.
const ARGUMENTS: [&str; 4] = ["--speed", "100", "--function-timeout", "2"];

/// Platforms that die and wait at a time. Most of it is waiting.
const AT_A_TIME: usize = 4;

fn program() -> Program {
    Program::new(env!("CARGO_BIN_EXE_openwati-crashable"), &ARGUMENTS)
}

async fn armed(program: &Program, point: &str) -> Process {
    program.start_with(&[(VARIABLE, point)]).await
}

/// Starts the program, which dies at this point by itself, and nowhere else.
async fn dies_by_itself(program: &Program, point: &str) {
    let (status, said) = program.start_and_end(&[(VARIABLE, point)]).await;
    assert!(!status.success());
    let reached = format!("crash point {point} reached");
    assert!(said.contains(&reached), "{point} was not reached: {said}");
}

/// Waits until the process has died at this point, and nowhere else.
async fn dies(process: Process, point: &str) {
    let (status, _, errors) = process.ends().await;
    assert!(!status.success());
    let said = format!("crash point {point} reached");
    assert!(errors.contains(&said), "{point} was not reached: {errors}");
}

/// A message that was answered, and whom it went to. On a busy machine a try may take longer than a function may.
async fn answered(process: &Process) -> (String, Answer) {
    eventually("a send is answered", SOON, || async {
        let to = someone();
        let answer = process.client().send(&to, "Hello").await;
        (answer.status == 200).then_some((to, answer))
    })
    .await
}

fn points_of(function: &str) -> Vec<&'static str> {
    let points: Vec<_> = POINTS
        .iter()
        .copied()
        .filter(|point| point.starts_with(function))
        .collect();
    assert!(!points.is_empty());
    points
}

#[test]
fn every_point_is_of_a_function_that_is_tested_here() {
    let tested = [
        "send.",
        "send-media.",
        "media-send.",
        "cloud-api-webhook.",
        "statuses.",
        "automation-step.",
        "inbound.",
        "media-download.",
        "webhook-delivery.",
        "timers.",
        "channels.",
        "data.",
        "imports.",
        "smart-reply.",
        "team.",
        "templates.",
    ];
    let count: usize = tested
        .iter()
        .map(|function| points_of(function).len())
        .sum();
    assert_eq!(count, POINTS.len(), "{POINTS:?}");
}

#[tokio::test]
async fn a_callback_that_is_cut_is_taken_whole_when_it_comes_again() {
    let cut = stream::iter(points_of("cloud-api-webhook.")).map(callback_is_cut);
    cut.buffer_unordered(AT_A_TIME)
        .for_each(async |()| ())
        .await;
}

async fn callback_is_cut(point: &'static str) {
    let program = program();
    let process = program.start().await;
    let (to, sent) = answered(&process).await;
    process.client().reaches(sent.id(), "delivered").await;
    process.kill().await;

    let process = armed(&program, point).await;
    let status = Status {
        wamid: sent.wamid(),
        status: "read",
        at: 1_790_000_000,
    };
    let mut body = statuses(&process.channel(), &[status]);
    let large = inbound(&process.channel(), "wamid.large", &"x".repeat(300_000));
    body["entry"]
        .as_array_mut()
        .unwrap()
        .push(large["entry"][0].clone());
    assert!(
        process.callback(&body).send().await.is_err(),
        "{point}: it was answered"
    );
    dies(process, point).await;

    let process = program.start().await;
    // Meta posts again what it saw no answer to.
    let answer = process.callback(&body).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{point}");
    process.client().reaches(sent.id(), "read").await;
    assert_eq!(
        process.whatsapp().phone(&to).texts().await,
        ["Hello"],
        "{point}"
    );
    // What no queue holds is there too, and once.
    let client = process.client();
    eventually("the large one is kept", SOON, || async {
        (client.message("wamid.large").await.status == 200).then_some(())
    })
    .await;
    let query = [("peer", "923001234567"), ("direction", "in")];
    assert_eq!(client.all(&query).await.len(), 1, "{point}");
    process.kill().await;
}

#[tokio::test]
async fn what_whatsapp_posts_again_after_a_crash_ends_in_the_right_state() {
    let cut = stream::iter(points_of("cloud-api-webhook.")).map(callback_of_whatsapp_is_cut);
    cut.buffer_unordered(AT_A_TIME)
        .for_each(async |()| ())
        .await;
}

async fn callback_of_whatsapp_is_cut(point: &'static str) {
    let program = program();
    let process = armed(&program, point).await;
    let to = someone();
    let spills = point == "cloud-api-webhook.spilled";
    if spills {
        let value = json!({"event": "TEST", "padding": "x".repeat(300_000)});
        let event = json!({"field": "account_update", "value": value});
        process.whatsapp().post("/events", &event).await;
    } else {
        // Whether it is answered depends on what is faster, WhatsApp's callback or our answer.
        let _ = process
            .client()
            .sending(&json!({"to": to, "message": "Hello"}))
            .send()
            .await;
    }
    dies(process, point).await;

    let process = program.start().await;
    let client = process.client();
    if spills {
        let tenant = process.ready().tenant_id.parse().unwrap();
        let kept = eventually("it is posted again", SOON, || async {
            let kept = notices(&process.aws(), process.ready(), &tenant).await;
            (!kept.is_empty()).then_some(kept)
        })
        .await;
        assert_eq!(kept.len(), 1, "{point}");
        assert_eq!(kept[0].0, "account_update", "{point}");
    } else {
        let kept = client.with(&to).await;
        assert_eq!(kept.len(), 1, "{point}");
        let id = kept[0]["id"].as_str().unwrap();
        client.reaches(id, "delivered").await;
        process.whatsapp().phone(&to).reads().await;
        client.reaches(id, "read").await;
        assert_eq!(
            process.whatsapp().phone(&to).texts().await,
            ["Hello"],
            "{point}"
        );
    }
    process.kill().await;
}

#[tokio::test]
async fn statuses_that_were_being_recorded_come_again() {
    let cut = stream::iter(points_of("statuses.")).map(status_is_cut);
    cut.buffer_unordered(AT_A_TIME)
        .for_each(async |()| ())
        .await;
}

async fn status_is_cut(point: &'static str) {
    let program = program();
    let process = armed(&program, point).await;
    let mut to = someone();
    let unknown = point == "statuses.requeued";
    if unknown {
        let status = Status {
            wamid: "wamid.unknown",
            status: "read",
            at: 1_790_000_000,
        };
        let body = statuses(&process.channel(), &[status]);
        assert_eq!(process.callback(&body).send().await.unwrap().status(), 200);
    } else {
        if point == "statuses.wamid_found" {
            // Its sender never learns it.
            let drop = json!({"drop": true, "times": 1});
            process.whatsapp().trouble(&to, drop).await;
        }
        // Whether it is answered depends on what is faster, as above.
        let _ = process
            .client()
            .sending(&json!({"to": to, "message": "Hello"}))
            .send()
            .await;
    }
    dies(process, point).await;

    let process = program.start().await;
    if unknown {
        assert!(on_the_queue(&process).await >= 1, "{point}: it was lost");
        (to, _) = answered(&process).await;
    }
    let kept = process.client().with(&to).await;
    assert_eq!(kept.len(), 1, "{point}");
    process
        .client()
        .reaches(kept[0]["id"].as_str().unwrap(), "delivered")
        .await;
    assert_eq!(
        process.whatsapp().phone(&to).texts().await,
        ["Hello"],
        "{point}"
    );
    process.kill().await;
}

/// Statuses that wait, are put off, or are being worked on.
async fn on_the_queue(process: &Process) -> u64 {
    let url = &process.ready().aws.queues["statuses"];
    let sqs = process.aws().sqs;
    let asked = sqs
        .get_queue_attributes()
        .queue_url(url)
        .attribute_names(QueueAttributeName::All);
    let attributes = asked.send().await.unwrap().attributes.unwrap();
    let counted = attributes
        .iter()
        .filter(|(name, _)| name.as_str().starts_with("ApproximateNumberOfMessages"));
    counted
        .filter_map(|(_, count)| count.parse::<u64>().ok())
        .sum()
}

#[tokio::test]
async fn a_kill_at_any_moment_loses_nothing_that_was_answered_and_doubles_nothing() {
    let program = program();
    let process = program.start().await;
    let customers: Vec<String> = std::iter::repeat_with(someone).take(60).collect();
    let client = process.client();
    let sends = stream::iter(customers.clone()).map(|to| {
        let client = client.clone();
        async move {
            let answer = client
                .sending(&json!({"to": to, "message": "Hello"}))
                .send()
                .await
                .ok()?;
            (answer.status() == 200).then_some(())?;
            let body: Value = answer.json().await.ok()?;
            Some(body["id"].as_str()?.to_owned())
        }
    });
    let mut sends = sends.buffer_unordered(8);
    let mut answered = Vec::new();
    while answered.len() < 15 {
        answered.extend(sends.next().await.expect("more are under way"));
    }
    // While others are under way.
    process.kill().await;
    answered.extend(
        sends
            .filter_map(std::future::ready)
            .collect::<Vec<_>>()
            .await,
    );

    let process = program.start().await;
    let client = process.client();
    for id in &answered {
        client.reaches(id, "delivered").await;
    }
    for customer in &customers {
        let texts = process.whatsapp().phone(customer).texts().await;
        assert!(texts.len() <= 1, "{customer} got {}", texts.len());
        for message in client.with(customer).await {
            let id = message["id"].as_str().unwrap();
            let last = if texts.is_empty() {
                "unknown"
            } else {
                "delivered"
            };
            client.reaches(id, last).await;
        }
    }
    process.kill().await;
}

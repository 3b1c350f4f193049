//! A file that is on its way to a customer when the process dies.

use std::collections::BTreeSet;

use futures::{StreamExt as _, stream};
use http::Method;
use openwati_core::time::Clock;
use openwati_store::Store;
use openwati_tests::{
    Answer, Client, FileHost, HostedFile, Process, Program, Receiver, SOON, eventually, someone,
};
use serde_json::{Value, json};

use super::{AT_A_TIME, armed, dies, points_of};
use crate::send_media::{came, the_one};

/// A platform whose callers wait for a while, or hardly at all.
fn patient(seconds: &str) -> Program {
    let arguments = ["--speed", "100", "--function-timeout", seconds];
    Program::new(env!("CARGO_BIN_EXE_openwati-crashable"), &arguments)
}

fn request(process: &Process, body: &Value) -> reqwest::RequestBuilder {
    let request = process
        .client()
        .request(Method::POST, "/api/public/v1/send-media");
    request.json(body).header("idempotency-key", "k")
}

/// The caller tries again until there is an answer: on a busy machine a function may be cut at its time-out.
async fn tried_again(process: &Process, body: &Value) -> Answer {
    eventually("the second try's answer", SOON, || async {
        let answer = Client::answer(request(process, body)).await;
        let is_over = answer.status < 500 && answer.body["code"] != "in_progress";
        is_over.then_some(answer)
    })
    .await
}

async fn places_taken(process: &Process) -> u32 {
    let store = Store::new(process.aws().dynamodb, &process.ready().aws.table);
    let tenant = process.ready().tenant_id.parse().unwrap();
    let found = store.tenant_with_channels(&tenant).await.unwrap().unwrap();
    let day = found.tenant.day(Clock::system().now());
    store.outbound_used(&tenant, day).await.unwrap()
}

/// Waits until a message is delivered: a queue may have its job for several tries, with its own delays and visibility.
async fn delivered(client: &Client, id: &str) {
    eventually("it is delivered", SOON * 3, || async {
        let message = client.message(id).await.ok();
        (message.body["message"]["status"] == "delivered").then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_being_sent_is_neither_doubled_nor_lost() {
    let cut = stream::iter(points_of("send-media.")).map(send_is_cut);
    cut.buffer_unordered(AT_A_TIME)
        .for_each(async |()| ())
        .await;
}

async fn send_is_cut(point: &'static str) {
    let takes_long = !["send-media.brought", "send-media.uploaded"].contains(&point);
    let program = patient(if takes_long { "2" } else { "10" });
    let host = FileHost::start().await;
    let url = host.has("/picture.png", HostedFile::png(point));
    host.holds(takes_long);
    let to = someone();
    let body = json!({"to": to, "type": "image", "url": url});

    let process = armed(&program, point).await;
    assert!(request(&process, &body).send().await.is_err(), "{point}");
    dies(process, point).await;

    host.holds(false);
    let process = program.start().await;
    let client = process.client();
    let phone = process.whatsapp().phone(&to);
    let kept = client.with(&to).await;
    let was_accepted = ["send-media.accepted", "send-media.enqueued"].contains(&point);
    assert_eq!(kept.len(), usize::from(was_accepted), "{point}: {kept:?}");
    if was_accepted {
        // What nobody enqueued is found a minute later.
        delivered(&client, kept[0]["id"].as_str().unwrap()).await;
    }
    // On a busy machine even this file takes its time.
    let last = tried_again(&process, &body).await;
    assert!([200, 202].contains(&last.status), "{point}: {}", last.text);
    assert_eq!(last.replayed(), was_accepted, "{point}");
    delivered(&client, last.id()).await;
    the_one(&phone).await;
    assert_eq!(client.with(&to).await.len(), 1, "{point}");
    let taken = places_taken(&process).await;
    match point {
        // The place of the try that died is lost.
        "send-media.place_reserved" => assert!(taken <= 2, "{point}: {taken}"),
        _ => assert_eq!(taken, 1, "{point}"),
    }
    process.kill().await;
}

#[tokio::test]
async fn a_message_that_was_taken_on_is_sent_once_or_fails_and_is_told_of() {
    let cut = stream::iter(points_of("media-send.")).map(job_is_cut);
    cut.buffer_unordered(AT_A_TIME)
        .for_each(async |()| ())
        .await;
}

async fn job_is_cut(point: &'static str) {
    let program = patient("3");
    let host = FileHost::start().await;
    let receiver = Receiver::start().await;
    let url = host.has("/picture.png", HostedFile::png(point));
    host.holds(true);
    let to = someone();
    let body = json!({"to": to, "type": "image", "url": url});

    let process = armed(&program, point).await;
    let client = process.client();
    client.webhook(receiver.url(), &["message.status"]).await;
    let fails = [
        "media-send.given_up",
        "media-send.place_returned",
        "media-send.told",
    ];
    let fails = fails.contains(&point);
    if ["media-send.put_back", "media-send.requeued"].contains(&point) {
        let busy = json!({"error": {"code": 131_016}, "times": 1});
        process.whatsapp().trouble(&to, busy).await;
    }
    // The process may die before it answers.
    let answer = request(&process, &body).send().await;
    if let Ok(answer) = answer {
        assert_eq!(answer.status(), 202, "{point}");
    }
    if fails {
        host.answers("/picture.png", 410);
    }
    host.holds(false);
    dies(process, point).await;

    let process = program.start().await;
    let client = process.client();
    let phone = process.whatsapp().phone(&to);
    let kept = client.with(&to).await;
    assert_eq!(kept.len(), 1, "{point}");
    let id = kept[0]["id"].as_str().unwrap();
    let last = match point {
        // It was not handed over, which nobody can know.
        "media-send.claimed" => "unknown",
        _ if fails => "failed",
        _ => "delivered",
    };
    eventually(&format!("{point}: {last}"), SOON * 2, || async {
        let message = client.message(id).await.ok();
        (message.body["message"]["status"] == last).then_some(())
    })
    .await;
    let came = came(&phone).await;
    assert_eq!(came.len(), usize::from(last == "delivered"), "{point}");
    if fails {
        let told = eventually("the failure is told", SOON * 2, || async {
            let mut events = receiver.events();
            events.retain(|event| event.json()["status"] == "failed");
            (!events.is_empty()).then_some(events)
        })
        .await;
        let ids: BTreeSet<_> = told
            .iter()
            .map(|event| event.header("webhook-id"))
            .collect();
        assert_eq!(ids.len(), 1, "{point}");
        let again = tried_again(&process, &body).await;
        again.refused(400, "media_url_failed");
    }
    let taken = places_taken(&process).await;
    match point {
        // A death between the two costs a place.
        "media-send.given_up" => assert!(taken <= 1, "{point}: {taken}"),
        _ => assert_eq!(taken, u32::from(!fails), "{point}"),
    }
    process.kill().await;
}

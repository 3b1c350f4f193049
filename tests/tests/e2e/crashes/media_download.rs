//! A file that is being downloaded when the process dies.

use std::collections::BTreeSet;

use futures::{StreamExt as _, stream};
use openwati_tests::{Process, Program, Receiver, SOON, eventually, someone};
use serde_json::{Value, json};

use super::{AT_A_TIME, armed, dies, points_of, program};
use crate::media::{files, follow, settled, upload};

/// More than one part of an upload.
const LARGE: usize = (5 << 20) + 1;

#[tokio::test]
async fn a_file_that_was_being_downloaded_is_stored_once_and_told_of() {
    let cut = stream::iter(points_of("media-download.")).map(download_is_cut);
    cut.buffer_unordered(AT_A_TIME)
        .for_each(async |()| ())
        .await;
}

async fn download_is_cut(point: &'static str) {
    let alone = |seconds| {
        let arguments = ["--function-timeout", seconds];
        Program::new(env!("CARGO_BIN_EXE_openwati-crashable"), &arguments)
    };
    let program = match point {
        // Somebody is told early after 60 s of the policy.
        "media-download.told_early" => program(),
        // So much takes its time where nothing is optimised.
        "media-download.partly_stored" => alone("6"),
        // And here nobody is told early, however slow the machine.
        _ => alone("2"),
    };
    let receiver = Receiver::start().await;
    let process = armed(&program, point).await;
    let client = process.client();
    client.webhook(receiver.url(), &["message.received"]).await;
    let mut file = b"%PDF-1.7\n".to_vec();
    if point == "media-download.partly_stored" {
        file.resize(LARGE, b' ');
    }
    let id = upload(&process.ready().base_url, "document", file.clone()).await;
    // The file cannot be had at first, so that its job waits, or waits until somebody is to be told.
    let times = match point {
        "media-download.requeued" => 1,
        "media-download.told_early" => 12,
        _ => 0,
    };
    if times > 0 {
        let path = format!("/media/{}", id.as_str().unwrap());
        let away = json!({"match": {"path": path}, "http": 503, "times": times});
        process.whatsapp().post("/faults", &away).await;
    }
    let wamid = sends(&process, &id).await;
    dies(process, point).await;

    let process = program.start().await;
    let client = process.client();
    let message = settled(&client, &wamid, SOON * 2).await;
    assert_eq!(message["media"]["status"], "stored", "{point}: {message}");
    let (status, stored) = follow(&client, &message["media"]["url"]).await;
    assert_eq!(status, 302, "{point}");
    assert!(
        stored.bytes().await.unwrap() == file,
        "{point}: it is another file"
    );

    let told = eventually("the message is told of", SOON, || async {
        let events = receiver.events();
        (!events.is_empty()).then_some(events)
    })
    .await;
    // A program that dies before it knows that an event has arrived tells it again, under the same id.
    let ids: BTreeSet<_> = told
        .iter()
        .map(|event| event.header("webhook-id"))
        .collect();
    assert_eq!(ids.len(), 1, "{point}");
    assert!(
        told.iter()
            .all(|event| event.json()["messageId"] == wamid.as_str())
    );
    let ready = process.ready();
    let kept = files(&process.aws(), &ready.aws.bucket, &ready.tenant_id).await;
    assert_eq!(kept.len(), 1, "{point}");
    process.kill().await;
}

async fn sends(process: &Process, id: &Value) -> String {
    let phone = process.whatsapp().phone(&someone());
    let message = json!({"type": "document", "document": {"id": id}});
    phone
        .does(&process.channel().phone_number_id, message)
        .await
}

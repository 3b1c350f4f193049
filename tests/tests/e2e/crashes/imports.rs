//! Imports and exports of contacts that are cut.

use futures::{StreamExt as _, stream};
use http::Method;
use openwati_tests::{Client, Process, SOON, eventually};
use serde_json::{Value, json};

use super::{AT_A_TIME, armed, dies, points_of, program};
use crate::imports::export::done;
use crate::imports::{EXPORTS, contacts, counts, errors, over, start, uploaded};

/// What only an export passes.
const OF_EXPORT: [&str; 2] = ["imports.part_written", "imports.joined"];

/// Numbers of the file; each is there twice.
const NUMBERS: usize = 150;

/// Rows of it that no contact can be made of.
const WRONG: usize = 7;

fn file() -> String {
    let mut file = "phone,city\n".to_owned();
    for city in ["Lahore", "Karachi"] {
        file.extend((0..NUMBERS).map(|n| format!("+9230012{n:05},{city}\n")));
    }
    file.extend((0..WRONG).map(|n| format!("{n},Nowhere\n")));
    file
}

#[tokio::test]
async fn an_import_that_is_cut_makes_everybody_once_and_counts_exactly() {
    let points = points_of("imports.").into_iter();
    let imports = points.filter(|point| !OF_EXPORT.contains(point));
    let cut = stream::iter(imports).map(import_is_cut);
    cut.buffer_unordered(AT_A_TIME)
        .for_each(async |()| ())
        .await;
}

async fn import_is_cut(point: &'static str) {
    let program = program();
    let process = armed(&program, point).await;
    let id = uploaded(&process.client(), file().as_bytes(), json!({})).await;
    // Whoever starts it may see no answer.
    let path = format!("{}/{id}/start", crate::imports::IMPORTS);
    let _ = process.client().request(Method::POST, &path).send().await;
    dies(process, point).await;

    let process = program.start().await;
    let client = process.client();
    eventually("it is started", SOON, || async {
        (start(&client, &id).await.status == 202).then_some(())
    })
    .await;
    let import = over(&client, &id).await;
    assert_eq!(import["status"], "done", "{point}: {import}");
    let (numbers, wrong) = (NUMBERS as u64, WRONG as u64);
    let expected = [2 * numbers + wrong, numbers, numbers, wrong];
    assert_eq!(counts(&import), expected, "{point}: {import}");
    let told = errors(&client, &import).await;
    assert_eq!(told.len(), WRONG, "{point}: {told:?}");
    let kept = contacts(&client).await;
    assert_eq!(kept.len(), NUMBERS, "{point}");
    assert!(
        kept.iter()
            .all(|one| one["attributes"]["city"] == "Karachi"),
        "{point}"
    );
    process.kill().await;
}

#[tokio::test]
async fn an_export_that_is_cut_is_one_whole_file() {
    let cut = stream::iter(OF_EXPORT).map(export_is_cut);
    cut.buffer_unordered(AT_A_TIME)
        .for_each(async |()| ())
        .await;
}

async fn export_is_cut(point: &'static str) {
    let program = program();
    let process = program.start().await;
    made(&process).await;
    process.kill().await;

    let process = armed(&program, point).await;
    // Whoever asks may see no answer.
    let _ = asked(&process.client(), point).await;
    dies(process, point).await;

    let process = program.start().await;
    let client = process.client();
    let id = eventually("it is asked for", SOON, || asked_again(&client, point)).await;
    let (export, file) = done(&client, &id).await;
    assert_eq!(export["rows"], NUMBERS, "{point}: {export}");
    let mut lines: Vec<&str> = file.lines().skip(1).collect();
    lines.sort_unstable();
    lines.dedup();
    assert_eq!(lines.len(), NUMBERS, "{point}");
    process.kill().await;
}

async fn made(process: &Process) {
    let contacts: Vec<Value> = (0..NUMBERS)
        .map(|n| json!({"phone": format!("+9230012{n:05}")}))
        .collect();
    let body = json!({"contacts": contacts});
    let client = process.client();
    eventually("they are made", SOON, || async {
        let answer = client.call_with(Method::POST, "/api/contacts", &body).await;
        (answer.status == 200).then_some(())
    })
    .await;
}

async fn asked(client: &Client, key: &str) -> Option<reqwest::Response> {
    let request = client.request(Method::POST, EXPORTS);
    let request = request.header("idempotency-key", key).json(&json!({}));
    request.send().await.ok()
}

/// The id of the export that was asked for under this key.
async fn asked_again(client: &Client, key: &str) -> Option<String> {
    let response = asked(client, key).await?;
    (response.status() == 202).then_some(())?;
    let body: Value = response.json().await.ok()?;
    Some(body["export"]["id"].as_str()?.to_owned())
}

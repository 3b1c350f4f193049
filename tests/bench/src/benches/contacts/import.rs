//! Brings all contacts in from a file.

use std::time::Duration;

use anyhow::Context as _;
use bytes::Bytes;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{
    book::Book,
    client::{Client, put},
};

/// How long it may take.
const PATIENCE: Duration = Duration::from_secs(1_200);

/// How often its progress is asked for; rarely, because the question costs the host too.
const PAUSE: Duration = Duration::from_millis(100);

/// An import that came to its end.
#[derive(Debug)]
pub(super) struct Imported {
    /// From its start to its end.
    pub(super) elapsed: Duration,
    /// How large the file was.
    pub(super) bytes: usize,
    /// The list that everybody in it was put on.
    pub(super) list: String,
}

/// Imports the book, as somebody does who has it as a file.
pub(super) async fn import(client: &Client<'_>, book: &Book) -> anyhow::Result<Imported> {
    let list = client
        .post("/api/contact-lists", Some(&json!({"name": "Everybody"})))
        .await?;
    let list = text(&list["contact_list"]["id"])?;
    let csv = Bytes::from(book.csv());
    let bytes = csv.len();
    let new = json!({"size": bytes, "list_id": list});
    let begun = client.post("/api/contacts/import", Some(&new)).await?;
    put(&begun["upload"], csv).await?;
    let path = format!("/api/contacts/import/{}", text(&begun["import"]["id"])?);
    let start = Instant::now();
    client.post(&format!("{path}/start"), None).await?;
    let done = loop {
        anyhow::ensure!(start.elapsed() < PATIENCE, "the import does not end");
        let answer = client.get(&path).await?;
        let progress = &answer["import"];
        match progress["status"].as_str() {
            Some("done") => break progress.clone(),
            Some("waiting" | "running") => tokio::time::sleep(PAUSE).await,
            _ => anyhow::bail!("the import ended so: {answer}"),
        }
    };
    let elapsed = start.elapsed();
    anyhow::ensure!(
        done["created"] == book.contacts() && done["rejected"] == 0,
        "an import of {} contacts ended so: {done}",
        book.contacts()
    );
    Ok(Imported {
        elapsed,
        bytes,
        list,
    })
}

fn text(value: &Value) -> anyhow::Result<String> {
    Ok(value.as_str().context("an answer has no id")?.to_owned())
}

//! `ChangeMessageVisibility` and `ChangeMessageVisibilityBatch`.

use serde::Deserialize;

use super::{
    Nothing,
    batch::{self, Done, Outcome},
};
use crate::{
    attributes::MAX_VISIBILITY_SECONDS,
    fault::Fault,
    protocol::{Call, queue_name},
};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Change {
    queue_url: Option<String>,
    receipt_handle: Option<String>,
    visibility_timeout: Option<i64>,
}

pub(crate) async fn change(call: Call, input: Change) -> Result<Nothing, Fault> {
    let name = queue_name(input.queue_url)?;
    let handle = input
        .receipt_handle
        .ok_or_else(|| Fault::missing("ReceiptHandle"))?;
    let seconds = check(input.visibility_timeout)?;
    let work = call.shared.store.run(move |work| {
        let queue = work.queue(&name)?;
        work.change_visibility(&queue, &handle, seconds)
    });
    work.await?;
    Ok(Nothing {})
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ChangeBatch {
    queue_url: Option<String>,
    #[serde(default)]
    entries: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    id: String,
    receipt_handle: String,
    visibility_timeout: Option<i64>,
}

pub(crate) async fn change_batch(call: Call, input: ChangeBatch) -> Result<Outcome<Done>, Fault> {
    let name = queue_name(input.queue_url)?;
    batch::check(input.entries.iter().map(|entry| entry.id.as_str()))?;
    let work = call.shared.store.run(move |work| {
        let queue = work.queue(&name)?;
        let mut outcome = Outcome::default();
        for entry in input.entries {
            let result = check(entry.visibility_timeout)
                .and_then(|seconds| work.change_visibility(&queue, &entry.receipt_handle, seconds));
            let done = result.map(|()| Done {
                id: entry.id.clone(),
            });
            outcome.note(entry.id, done)?;
        }
        Ok(outcome)
    });
    work.await
}

/// Checks a number of seconds for which a message is to be hidden.
pub(crate) fn check(seconds: Option<i64>) -> Result<i64, Fault> {
    let seconds = seconds.ok_or_else(|| Fault::missing("VisibilityTimeout"))?;
    if (0..=MAX_VISIBILITY_SECONDS).contains(&seconds) {
        return Ok(seconds);
    }
    Err(Fault::invalid(
        "VisibilityTimeout",
        seconds,
        "Must be between 0 and 43200.",
    ))
}

//! `DeleteMessage` and `DeleteMessageBatch`.

use serde::Deserialize;

use super::{
    Nothing,
    batch::{self, Done, Outcome},
};
use crate::{
    fault::Fault,
    protocol::{Call, queue_name},
};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Delete {
    queue_url: Option<String>,
    receipt_handle: Option<String>,
}

pub(crate) async fn delete(call: Call, input: Delete) -> Result<Nothing, Fault> {
    let name = queue_name(input.queue_url)?;
    let handle = input
        .receipt_handle
        .ok_or_else(|| Fault::missing("ReceiptHandle"))?;
    let work = call.shared.store.run(move |work| {
        let queue = work.queue(&name)?;
        work.delete_message(&queue, &handle)
    });
    work.await?;
    Ok(Nothing {})
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DeleteBatch {
    queue_url: Option<String>,
    #[serde(default)]
    entries: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    id: String,
    receipt_handle: String,
}

pub(crate) async fn delete_batch(call: Call, input: DeleteBatch) -> Result<Outcome<Done>, Fault> {
    let name = queue_name(input.queue_url)?;
    batch::check(input.entries.iter().map(|entry| entry.id.as_str()))?;
    let work = call.shared.store.run(move |work| {
        let queue = work.queue(&name)?;
        let mut outcome = Outcome::default();
        for entry in input.entries {
            let result = work.delete_message(&queue, &entry.receipt_handle);
            let done = result.map(|()| Done {
                id: entry.id.clone(),
            });
            outcome.note(entry.id, done)?;
        }
        Ok(outcome)
    });
    work.await
}

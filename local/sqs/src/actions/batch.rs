//! What all batches share: their limits, and an outcome for each entry.

use std::collections::HashSet;

use serde::Serialize;

use crate::fault::{Fault, Kind};

/// The most entries of a batch, and the most messages that are received at once.
pub(crate) const MAX_ENTRIES: usize = 10;
/// The longest id of an entry.
const MAX_ENTRY_ID: usize = 80;

/// An entry that did not succeed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Failed {
    id: String,
    sender_fault: bool,
    code: &'static str,
    message: String,
}

/// The outcome of a batch.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Outcome<T> {
    successful: Vec<T>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failed: Vec<Failed>,
}

impl<T> Default for Outcome<T> {
    fn default() -> Self {
        Self {
            successful: Vec::new(),
            failed: Vec::new(),
        }
    }
}

impl<T> Outcome<T> {
    /// Notes what became of an entry.
    ///
    /// # Errors
    /// A failure of ours, which fails the whole batch and undoes it.
    pub(crate) fn note(&mut self, id: String, result: Result<T, Fault>) -> Result<(), Fault> {
        match result {
            Ok(done) => self.successful.push(done),
            Err(fault) if fault.kind == Kind::Internal => return Err(fault),
            Err(fault) => self.failed.push(Failed {
                id,
                sender_fault: fault.kind.is_senders(),
                code: fault.kind.code(),
                message: fault.message,
            }),
        }
        Ok(())
    }
}

/// An entry that succeeded, where there is no more to say.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Done {
    pub(crate) id: String,
}

/// Checks the number of entries and their ids.
pub(crate) fn check<'a>(ids: impl ExactSizeIterator<Item = &'a str>) -> Result<(), Fault> {
    if ids.len() == 0 {
        return Err(Fault::new(
            Kind::EmptyBatchRequest,
            "There should be at least one entry in the request.",
        ));
    }
    if ids.len() > MAX_ENTRIES {
        return Err(Fault::new(
            Kind::TooManyEntriesInBatchRequest,
            format!(
                "Maximum number of entries per request are {MAX_ENTRIES}. You have sent {}.",
                ids.len()
            ),
        ));
    }
    let mut seen = HashSet::new();
    for id in ids {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if id.is_empty() || id.len() > MAX_ENTRY_ID || !id.chars().all(allowed) {
            return Err(Fault::new(
                Kind::InvalidBatchEntryId,
                "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at \
                 most 80 letters long.",
            ));
        }
        if !seen.insert(id) {
            return Err(Fault::new(
                Kind::BatchEntryIdsNotDistinct,
                format!("Id {id} repeated."),
            ));
        }
    }
    Ok(())
}

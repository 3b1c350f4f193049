//! Files: what customers and businesses send, kept in the data folder, announced by id and fetched by links.

mod control;
mod download;
mod errands;
mod files;
pub(crate) mod link;
mod links;
pub(crate) mod rules;
mod sample;
mod source;
mod upload;

use serde_json::{Value, json};

pub(crate) use control::{create, steer};
pub(crate) use download::{download, show};
pub(crate) use errands::{Errand, Errands, Taken, run as run_errands};
pub(crate) use files::{FILE_LIMIT, Files, Stored, Unstored};
pub(crate) use links::Links;
pub(crate) use source::{NewFile, Source};
pub(crate) use upload::{Submission, Upload};

/// How long an id from a callback leads to its file (Meta, "Media").
pub(crate) const ID_LIVES_MS: i64 = 7 * DAY_MS;

/// How long an id of an upload does (Meta, "Media"), and how long every file is kept, so that the phones show it.
pub(crate) const UPLOAD_LIVES_MS: i64 = 30 * DAY_MS;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// A file as Graph knows it. What is announced can be made to differ from what is true.
#[derive(Clone, Debug)]
pub(crate) struct Media {
    pub(crate) id: String,
    /// The business number that it was sent to, or that it was uploaded for.
    pub(crate) phone_number_id: String,
    /// Which customer sent it; none for a file of the business's and for one that was only put here.
    pub(crate) customer: Option<String>,
    pub(crate) filename: Option<String>,
    /// The type that callbacks and look-ups announce.
    pub(crate) mime_type: String,
    /// The type that the download has.
    pub(crate) content_type: String,
    /// The announced hash, in hexadecimal digits.
    pub(crate) sha256: String,
    /// The announced size in bytes.
    pub(crate) file_size: i64,
    pub(crate) created_ms: i64,
    /// When the id ends.
    pub(crate) expires_ms: i64,
    /// Links that were made up to this moment are over.
    pub(crate) links_after_ms: i64,
}

impl Media {
    /// Whether the id still leads to the file.
    pub(crate) fn is_known(&self, now_ms: i64) -> bool {
        now_ms < self.expires_ms
    }

    /// What a look-up answers, without the link.
    pub(crate) fn describe(&self) -> Value {
        json!({
            "messaging_product": "whatsapp",
            "id": self.id,
            "mime_type": self.mime_type,
            "sha256": self.sha256,
            "file_size": self.file_size,
        })
    }
}

/// Whether messages of this type carry a file.
pub(crate) fn is_file(kind: &str) -> bool {
    matches!(kind, "image" | "video" | "audio" | "document" | "sticker")
}

/// A new id: 16 decimal digits, as many as Meta's have.
fn new_id() -> String {
    let span = 9_000_000_000_000_000_u64;
    (1_000_000_000_000_000 + rand::random::<u64>() % span).to_string()
}

//! The file of a customer's message: what came with it, one that is here already, or a sample.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD},
};
use bytes::Bytes;
use rusqlite::Connection;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::{Files, ID_LIVES_MS, Media, files::Stored, link, rules, sample, upload::Upload};
use crate::{
    http::{Bad, optional_text},
    store::insert_media,
};

/// What a file is for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source<'a> {
    /// The type of message.
    pub(crate) kind: &'a str,
    pub(crate) phone_number_id: &'a str,
    pub(crate) customer: Option<&'a str>,
    pub(crate) now_ms: i64,
}

/// A file that is not committed yet: it goes unless [`keep`](Self::keep) is called.
#[derive(Debug)]
pub(crate) struct NewFile {
    pub(crate) media: Media,
    stored: Stored,
}

impl NewFile {
    /// A file of the business's, whose id is good until `expires_ms`.
    pub(crate) fn of_business(
        upload: Upload,
        phone_number_id: &str,
        now_ms: i64,
        expires_ms: i64,
    ) -> Self {
        let Upload {
            stored,
            filename,
            mime_type,
        } = upload;
        let mime_type = mime_type.unwrap_or_else(|| rules::UNKNOWN.to_owned());
        let media = Media {
            id: stored.id.clone(),
            phone_number_id: phone_number_id.to_owned(),
            customer: None,
            filename,
            content_type: mime_type.clone(),
            mime_type,
            sha256: hex::encode(stored.sha256),
            file_size: i64::try_from(stored.size).unwrap_or(i64::MAX),
            created_ms: now_ms,
            expires_ms,
            links_after_ms: 0,
        };
        Self { media, stored }
    }

    pub(crate) fn insert(&self, db: &Connection) -> rusqlite::Result<()> {
        insert_media(db, &self.media)
    }

    /// The file stays: its row is committed.
    pub(crate) fn keep(mut self) {
        self.stored.keep();
    }
}

impl Source<'_> {
    /// Takes the file that a request brings: as a part of its form, as `data` in Base64, or else a
    /// sample. Removes from `node` what is for the simulator alone.
    pub(crate) async fn take(
        self,
        files: &Files,
        node: &mut Map<String, Value>,
        upload: Option<Upload>,
    ) -> Result<NewFile, Bad> {
        let data = optional_text(node, "data")?.map(decode).transpose()?;
        let wanted = optional_text(node, "mime_type")?.map(str::to_owned);
        let content_type = optional_text(node, "content_type")?.map(str::to_owned);
        let mut filename = optional_text(node, "filename")?.map(str::to_owned);
        let sample = sample::of(self.kind, wanted.as_deref());
        let mut mime_type = wanted.unwrap_or_else(|| sample.mime_type.to_owned());
        let once = |bytes| futures::stream::iter([Ok::<Bytes, std::io::Error>(bytes)]);
        let stored = match (upload, data) {
            (Some(_), Some(_)) => return Err(Bad::field("data", "comes beside a file")),
            (Some(upload), None) => {
                if !node.contains_key("mime_type")
                    && let Some(named) = upload.mime_type
                {
                    mime_type = named;
                }
                filename = filename.or(upload.filename);
                upload.stored
            }
            (None, Some(data)) => files.store(once(data)).await?,
            (None, None) => files.store(once(Bytes::from_static(sample.bytes))).await?,
        };
        node.remove("data");
        node.remove("content_type");
        let media = Media {
            id: stored.id.clone(),
            phone_number_id: self.phone_number_id.to_owned(),
            customer: self.customer.map(str::to_owned),
            filename,
            content_type: content_type.unwrap_or_else(|| mime_type.clone()),
            mime_type,
            sha256: hex::encode(stored.sha256),
            file_size: i64::try_from(stored.size).unwrap_or(i64::MAX),
            created_ms: self.now_ms,
            expires_ms: self.now_ms + ID_LIVES_MS,
            links_after_ms: 0,
        };
        Ok(NewFile { media, stored })
    }

    /// Gives a message's file the members that Meta always sends, but for those that are there.
    pub(crate) fn announce(self, node: &mut Map<String, Value>, media: &Media, secret: &str) {
        let hash = hex::decode(&media.sha256).map(|hash| STANDARD.encode(hash));
        let sha256 = hash.unwrap_or_else(|_| media.sha256.clone());
        fill(node, self.kind, &media.mime_type, &sha256);
        node.insert("id".into(), json!(media.id));
        if self.kind == "document" {
            let filename = media.filename.as_deref().unwrap_or("document");
            node.entry("filename").or_insert_with(|| json!(filename));
        }
        let link = link::waiting(&link::new(media, secret, self.now_ms));
        match node.get("url") {
            None => drop(node.insert("url".into(), json!(link))),
            // Callbacks of before November 2025 have none.
            Some(Value::Null) => drop(node.remove("url")),
            Some(_) => {}
        }
    }

    /// The same for an id that leads to no file.
    pub(crate) fn announce_nothing(self, node: &mut Map<String, Value>, id: &str) {
        let sha256 = STANDARD.encode(Sha256::digest(id));
        fill(
            node,
            self.kind,
            sample::of(self.kind, None).mime_type,
            &sha256,
        );
    }
}

fn fill(node: &mut Map<String, Value>, kind: &str, mime_type: &str, sha256: &str) {
    let entry = node.entry("mime_type");
    let mime_type = entry.or_insert_with(|| json!(mime_type)).clone();
    node.entry("sha256").or_insert_with(|| json!(sha256));
    if kind == "audio" {
        let voice = mime_type == "audio/ogg; codecs=opus";
        node.entry("voice").or_insert_with(|| json!(voice));
    }
    if kind == "sticker" {
        node.entry("animated").or_insert_with(|| json!(false));
    }
}

fn decode(text: &str) -> Result<Bytes, Bad> {
    let bytes = STANDARD
        .decode(text)
        .or_else(|_| STANDARD_NO_PAD.decode(text));
    bytes
        .map(Bytes::from)
        .map_err(|_| Bad::field("data", "must be a file in Base64"))
}

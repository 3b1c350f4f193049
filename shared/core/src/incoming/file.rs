//! The file of a message.

use serde_json::Value;

use super::read::{id, text};
use crate::media::announced_sha256;

/// A file that a customer sent, as WhatsApp announces it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// WhatsApp's id of it.
    pub provider_id: String,
    /// Its type, as WhatsApp says: `audio/ogg; codecs=opus`.
    pub mime_type: String,
    /// The SHA-256 that WhatsApp announces, in hex.
    pub sha256: Option<String>,
    /// The customer's name for it.
    pub name: Option<String>,
}

/// The kinds whose node is a file.
const KINDS: [&str; 5] = ["image", "video", "audio", "document", "sticker"];

/// The longest name of a file that is kept, in characters.
const LONGEST_NAME: usize = 255;

/// The longest type of a file that is one, in bytes: RFC 6838 gives each of its halves 127.
const LONGEST_TYPE: usize = 255;

impl File {
    /// The file of a message of this kind with this node, if it has one.
    pub(super) fn of(kind: &str, node: &Value) -> Option<Self> {
        if !KINDS.contains(&kind) {
            return None;
        }
        Some(Self {
            provider_id: id(node, "id")?,
            mime_type: text(node, "mime_type")
                .filter(|mime_type| mime_type.len() <= LONGEST_TYPE)
                .unwrap_or_else(|| "application/octet-stream".to_owned()),
            sha256: text(node, "sha256").and_then(|digest| announced_sha256(&digest)),
            name: text(node, "filename").map(|name| name.chars().take(LONGEST_NAME).collect()),
        })
    }
}

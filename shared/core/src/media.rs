//! Files in messages: which kinds there are, how large they may be, and what their bytes say they are.

mod outgoing;

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

pub use outgoing::{FileType, Unsendable, is_uploadable};

/// What a message with a file is, by WhatsApp's word for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MediaKind {
    /// A photo.
    Image,
    /// A film.
    Video,
    /// A sound file or a voice note.
    Audio,
    /// A file of any type.
    Document,
    /// A small picture without a bubble.
    Sticker,
}

/// A file's bytes are of another type than its message's kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the file of {kind} message is {found}")]
pub struct WrongType {
    /// The message's kind, with its article.
    kind: &'static str,
    /// What the bytes are.
    found: String,
}

/// How many of a file's first bytes [`MediaKind::type_of`] looks at: all marks of the types it knows lie in them.
pub const HEAD: usize = 8 * 1024;

/// What is not known to be anything else.
const UNKNOWN: &str = "application/octet-stream";

/// Types that only say how other types are packed: a file that is one of these may well be what it was announced as.
const PACKAGING: [&str; 4] = [
    "application/zip",
    "application/x-ole-storage",
    "application/gzip",
    "text/xml",
];

impl MediaKind {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Image,
        Self::Video,
        Self::Audio,
        Self::Document,
        Self::Sticker,
    ];

    /// WhatsApp's word for it, which is also the name of its node in a message.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Document => "document",
            Self::Sticker => "sticker",
        }
    }

    /// The kind that WhatsApp names so.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// How many bytes a file of this kind may have, by the table of supported media types in Meta's documentation of
    /// the Cloud API. Its megabytes are taken as the larger ones.
    pub const fn largest(self) -> u64 {
        const KIB: u64 = 1024;
        match self {
            Self::Image => 5 * KIB * KIB,
            Self::Video | Self::Audio => 16 * KIB * KIB,
            Self::Document => 100 * KIB * KIB,
            Self::Sticker => 500 * KIB,
        }
    }

    /// The type of a file that was announced as `announced`, by its first bytes ([`HEAD`] of them at most).
    ///
    /// # Errors
    /// If the bytes are of no type that this kind of message can hold: a picture that is a program.
    pub fn type_of(self, announced: &str, head: &[u8]) -> Result<String, WrongType> {
        let announced = essence(announced);
        let found = infer::get(head).map(|found| found.mime_type());
        let wrong = || WrongType {
            kind: self.with_article(),
            found: found.unwrap_or("of no known type").to_owned(),
        };
        match self {
            Self::Image => found
                .filter(|found| found.starts_with("image/"))
                .map(str::to_owned)
                .ok_or_else(wrong),
            Self::Sticker => found
                .filter(|found| *found == "image/webp")
                .map(str::to_owned)
                .ok_or_else(wrong),
            // Sound and film share their containers, and some of their streams have no marks.
            Self::Video | Self::Audio => {
                let family = ["video/", "audio/"];
                let plausible = found.is_none_or(|found| {
                    family.iter().any(|family| found.starts_with(family))
                        || found == "application/ogg"
                });
                let own = announced
                    .filter(|announced| announced.starts_with(&format!("{}/", self.name())));
                match (plausible, own, found) {
                    (true, Some(own), _) => Ok(own),
                    (true, None, Some(found)) => Ok(found.to_owned()),
                    _ => Err(wrong()),
                }
            }
            Self::Document => Ok(match (found, announced) {
                (None, announced) => announced.unwrap_or_else(|| UNKNOWN.to_owned()),
                (Some(found), Some(announced)) if PACKAGING.contains(&found) => announced,
                (Some(found), _) => found.to_owned(),
            }),
        }
    }

    /// The article of its name.
    pub const fn article(self) -> &'static str {
        match self {
            Self::Image | Self::Audio => "an",
            Self::Video | Self::Document | Self::Sticker => "a",
        }
    }

    const fn with_article(self) -> &'static str {
        match self {
            Self::Image => "an image",
            Self::Video => "a video",
            Self::Audio => "an audio",
            Self::Document => "a document",
            Self::Sticker => "a sticker",
        }
    }
}

impl fmt::Display for MediaKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A media type without its parameters, in lower case; none where the text is no media type.
pub fn essence(text: &str) -> Option<String> {
    let text = text.split(';').next()?.trim().to_ascii_lowercase();
    let token = |part: &str| {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&b);
        (1..=127).contains(&part.len()) && part.bytes().all(plain)
    };
    let (family, rest) = text.split_once('/')?;
    (token(family) && token(rest)).then_some(text)
}

/// The SHA-256 that Meta announces, as 64 hex digits in lower case: callbacks write it in base64, the media node in hex.
/// None where the text is neither.
pub fn announced_sha256(text: &str) -> Option<String> {
    let text = text.trim();
    let bytes = match text.len() {
        64 => hex::decode(text).ok()?,
        _ => STANDARD.decode(text).ok()?,
    };
    (bytes.len() == 32).then(|| hex::encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    pub(super) const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF\0";
    pub(super) const WEBP: &[u8] = b"RIFF\x24\0\0\0WEBPVP8 ";
    pub(super) const OGG: &[u8] =
        b"OggS\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x13OpusHead";
    pub(super) const MP4: &[u8] = b"\0\0\0\x18ftypisom\0\0\0\0isommp41";
    pub(super) const PDF: &[u8] = b"%PDF-1.7\n";
    pub(super) const HTML: &[u8] = b"<!DOCTYPE html><html><script>";
    pub(super) const EXE: &[u8] = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0";
    pub(super) const ZIP: &[u8] = b"PK\x03\x04\x14\0\0\0\x08\0";

    #[test]
    fn a_files_type_is_what_its_bytes_say() {
        use MediaKind::{Audio, Document, Image, Sticker, Video};
        let docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
        for (kind, announced, head, expected) in [
            (Image, "image/jpeg", JPEG, "image/jpeg"),
            (Image, "image/jpeg", PNG, "image/png"),
            (Image, "application/pdf", PNG, "image/png"),
            (Sticker, "image/webp", WEBP, "image/webp"),
            (Audio, "audio/ogg; codecs=opus", OGG, "audio/ogg"),
            (Audio, "audio/mp4", MP4, "audio/mp4"),
            (Audio, "Audio/AMR", b"no mark", "audio/amr"),
            (Video, "video/mp4", MP4, "video/mp4"),
            (Video, "nonsense", MP4, "video/mp4"),
            (Document, "application/pdf", PDF, "application/pdf"),
            (
                Document,
                "application/pdf",
                EXE,
                "application/vnd.microsoft.portable-executable",
            ),
            (Document, "text/plain", HTML, "text/html"),
            (Document, "text/plain", b"hello", "text/plain"),
            (Document, docx, ZIP, docx),
            (Document, "", ZIP, "application/zip"),
            (Document, "text/plain\r\nx: y", b"hello", UNKNOWN),
            (Document, "", b"", UNKNOWN),
        ] {
            let found = kind.type_of(announced, head);
            assert_eq!(found.as_deref(), Ok(expected), "{kind} {announced}");
        }
    }

    #[test]
    fn a_file_that_its_message_cannot_hold_is_refused() {
        use MediaKind::{Audio, Image, Sticker, Video};
        for (kind, announced, head) in [
            (Image, "image/jpeg", EXE),
            (Image, "image/jpeg", HTML),
            (Image, "image/jpeg", b"no mark".as_slice()),
            (Image, "image/jpeg", b""),
            (Sticker, "image/webp", PNG),
            (Audio, "audio/ogg", PDF),
            (Video, "video/mp4", ZIP),
            (Video, "nonsense", b"no mark"),
        ] {
            assert!(kind.type_of(announced, head).is_err(), "{kind} {announced}");
        }
        let error = MediaKind::Image.type_of("image/png", PDF).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the file of an image message is application/pdf"
        );
    }

    #[test]
    fn a_digest_is_read_in_both_of_its_spellings() {
        let hex = "a".repeat(62) + "0F";
        let base64 = STANDARD.encode(hex::decode(&hex).unwrap());
        assert_eq!(announced_sha256(&hex), Some(hex.to_lowercase()));
        assert_eq!(announced_sha256(&base64), Some(hex.to_lowercase()));
        for bad in ["", "AAAA", &"g".repeat(64), &"a".repeat(63), "é"] {
            assert_eq!(announced_sha256(bad), None, "{bad}");
        }
    }

    #[test]
    fn every_kind_is_found_by_its_name() {
        for kind in MediaKind::ALL {
            assert_eq!(MediaKind::named(kind.name()), Some(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        }
        assert_eq!(MediaKind::named("text"), None);
    }
}

//! Which files WhatsApp takes as what (Meta, "Media": supported types and their limits).

use std::io;

use tokio::{fs::File, io::AsyncReadExt as _};

use super::{Files, Media};
use crate::graph::Carried;

/// The type of bytes of which nothing is said (RFC 7578, section 4.4, and RFC 9110, section 8.3).
pub(crate) const UNKNOWN: &str = "application/octet-stream";

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;

/// The largest file of all.
pub(crate) const LARGEST: u64 = 100 * MIB;

const AUDIO: &[&str] = &[
    "audio/aac",
    "audio/mp4",
    "audio/mpeg",
    "audio/amr",
    "audio/ogg",
    "audio/opus",
];
const DOCUMENT: &[&str] = &[
    "application/vnd.ms-powerpoint",
    "application/msword",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/pdf",
    "text/plain",
    "application/vnd.ms-excel",
];
const IMAGE: &[&str] = &["image/jpeg", "image/png"];
const STICKER: &[&str] = &["image/webp"];
const VIDEO: &[&str] = &["video/mp4", "video/3gpp"];

/// The types that can be uploaded. Documents of other types go by link alone.
pub(crate) fn uploadable() -> Vec<&'static str> {
    [AUDIO, DOCUMENT, IMAGE, STICKER, VIDEO].concat()
}

/// The types that a file may have to be shown as `kind`; none where every type will do.
fn types(kind: &str) -> &'static [&'static str] {
    match kind {
        "image" => IMAGE,
        "video" => VIDEO,
        "audio" => AUDIO,
        "sticker" => STICKER,
        "gif" => &["video/mp4"],
        _ => &[],
    }
}

/// The most bytes that a file of `kind` may have.
pub(crate) fn limit(kind: &str) -> u64 {
    match kind {
        "image" => 5 * MIB,
        "video" | "audio" | "gif" => 16 * MIB,
        "sticker" => 500 * KIB,
        _ => LARGEST,
    }
}

/// A sticker that does not move.
const STILL_LIMIT: u64 = 100 * KIB;

/// A type without its parameters, in small letters.
pub(crate) fn essence(mime_type: &str) -> String {
    let end = mime_type.find(';').unwrap_or(mime_type.len());
    mime_type[..end].trim().to_ascii_lowercase()
}

/// What is to be sent as what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Use<'a> {
    pub(crate) kind: &'a str,
    pub(crate) voice: bool,
}

impl<'a> Use<'a> {
    pub(crate) fn of(file: &'a Carried) -> Self {
        Self {
            kind: &file.kind,
            voice: file.voice,
        }
    }

    /// Why a file of a type cannot be sent as this, if it cannot.
    pub(crate) fn wrong_type(self, mime_type: &str) -> Option<String> {
        let found = essence(mime_type);
        let allowed = match self.voice {
            true => &["audio/ogg"],
            false => types(self.kind),
        };
        let fits = allowed.is_empty() || allowed.contains(&found.as_str());
        (!fits).then(|| {
            let kind = self.kind;
            let allowed = allowed.join(", ");
            format!("A file of type {found} cannot be sent as {kind}; it must be one of {allowed}.")
        })
    }

    /// Why a file that is here cannot be sent as this, if it cannot.
    pub(crate) async fn problem(self, files: &Files, media: &Media) -> io::Result<Option<String>> {
        if let Some(problem) = self.wrong_type(&media.mime_type) {
            return Ok(Some(problem));
        }
        let size = media.file_size.unsigned_abs();
        let limit = match self.kind {
            "sticker" if size > STILL_LIMIT && !is_animated(files, &media.id).await? => STILL_LIMIT,
            kind => limit(kind),
        };
        Ok((size > limit).then(|| over(limit)))
    }
}

/// The words for a file with more than `limit` bytes.
pub(crate) fn over(limit: u64) -> String {
    let limit = match limit / MIB {
        0 => format!("{} KB", limit / KIB),
        megabytes => format!("{megabytes} MB"),
    };
    format!("The file is larger than {limit}.")
}

/// Whether a WebP file says in its extended header that it is animated (WebP container specification).
async fn is_animated(files: &Files, id: &str) -> io::Result<bool> {
    let mut head = Vec::with_capacity(21);
    let file = File::open(files.path(id)).await?;
    file.take(21).read_to_end(&mut head).await?;
    Ok(head.get(12..16) == Some(b"VP8X") && head.get(20).is_some_and(|flags| flags & 0x02 != 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_take_their_own_types_and_documents_all() {
        let is_right = |kind, mime_type| {
            let shown = Use { kind, voice: false };
            shown.wrong_type(mime_type).is_none()
        };
        assert!(is_right("image", "image/jpeg"));
        assert!(is_right("audio", "Audio/Ogg; codecs=opus"));
        assert!(is_right("document", "application/zip"));
        assert!(!is_right("image", "image/webp"));
        assert!(!is_right("video", "video/quicktime"));
        let voice = Use {
            kind: "audio",
            voice: true,
        };
        assert!(voice.wrong_type("audio/ogg; codecs=opus").is_none());
        assert!(voice.wrong_type("audio/mpeg").is_some());
    }
}

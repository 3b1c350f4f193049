//! Files that a business sends: which type one has, and whether WhatsApp takes it.
//!
//! The types are those of the table of supported media types in Meta's documentation of the Cloud API.

use serde::{Deserialize, Serialize};

use super::{HEAD, MediaKind, PACKAGING, UNKNOWN, essence};

/// What is known of a file's type, whatever it is sent as.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FileType {
    /// What its first bytes say, where they bear a mark that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
    /// What it is by the words of whoever handed it out, which may be wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<String>,
}

/// A file cannot be sent as what it is to be sent. The text is for whoever gave it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unsendable {
    /// WhatsApp takes other types for this kind of message.
    #[error("the file is {found}, and {kind} takes {taken}")]
    Kind {
        /// What the file is.
        found: String,
        /// The kind of message, with its article.
        kind: &'static str,
        /// What WhatsApp takes for it.
        taken: &'static str,
    },
    /// It was said to be something else.
    #[error("the file is {found}, not {stated} as it is said to be")]
    Stated {
        /// What the file is.
        found: String,
        /// What it was said to be.
        stated: String,
    },
}

/// Types whose files always bear their mark: what bears none is none of them.
const MARKED: [&str; 9] = [
    "application/pdf",
    "audio/amr",
    "audio/ogg",
    "image/gif",
    "image/jpeg",
    "image/png",
    "image/webp",
    "video/3gpp",
    "video/mp4",
];

/// The types that WhatsApp takes as uploads, by the error that names them. By a link it takes documents of any type.
const UPLOADABLE: [&str; 18] = [
    "application/msword",
    "application/pdf",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "audio/aac",
    "audio/amr",
    "audio/mp4",
    "audio/mpeg",
    "audio/ogg",
    "image/jpeg",
    "image/png",
    "image/webp",
    "text/plain",
    "video/3gpp",
    "video/mp4",
];

/// Whether WhatsApp takes files of this type as uploads.
pub fn is_uploadable(mime_type: &str) -> bool {
    essence(mime_type).is_some_and(|essence| UPLOADABLE.contains(&essence.as_str()))
}

impl FileType {
    /// What the first bytes of a file say ([`HEAD`] of them at most), and what whoever handed it out said of it.
    pub fn of(said: Option<&str>, head: &[u8]) -> Self {
        let head = &head[..head.len().min(HEAD)];
        Self {
            found: mark(head).map(str::to_owned),
            said: said.and_then(stated),
        }
    }

    /// The type under which the file is kept: what it may be sent as is judged anew for each message.
    pub fn kept_as(&self) -> &str {
        let known = self.found.as_deref().or(self.said.as_deref());
        known.unwrap_or(UNKNOWN)
    }

    fn name(&self) -> String {
        let found = self.found.as_deref();
        found.unwrap_or("of no known type").to_owned()
    }
}

impl MediaKind {
    /// The type under which a file goes to WhatsApp as a message of this kind. `wanted` is what the sender says that it is,
    /// if they say so.
    ///
    /// # Errors
    /// If WhatsApp does not take what the file is for this kind, or it is not what it is said to be: its bytes decide, and
    /// neither its name nor its host's word.
    pub fn sendable(self, file: &FileType, wanted: Option<&str>) -> Result<String, Unsendable> {
        let wanted = wanted.and_then(stated);
        let found = file.found.as_deref();
        if let Some(wanted) = &wanted
            && contradicts(wanted, found)
        {
            return Err(Unsendable::Stated {
                found: file.name(),
                stated: wanted.clone(),
            });
        }
        let of_kind = match self {
            Self::Document => return document(file, wanted),
            // Sound in the container of films, which has no mark of its own.
            Self::Audio if found == Some("video/mp4") => {
                let word = wanted.as_deref().or(file.said.as_deref());
                let film = word.is_some_and(|word| class(word) == "video");
                (!film).then_some("audio/mp4")
            }
            _ => found.filter(|found| self.takes().contains(found)),
        };
        of_kind.map(str::to_owned).ok_or_else(|| Unsendable::Kind {
            found: file.name(),
            kind: self.with_article(),
            taken: self.taken(),
        })
    }

    const fn takes(self) -> &'static [&'static str] {
        match self {
            Self::Image => &["image/jpeg", "image/png"],
            Self::Video => &["video/mp4", "video/3gpp"],
            Self::Audio => &[
                "audio/aac",
                "audio/amr",
                "audio/mpeg",
                "audio/mp4",
                "audio/ogg",
            ],
            Self::Document => &[],
            Self::Sticker => &["image/webp"],
        }
    }

    const fn taken(self) -> &'static str {
        match self {
            Self::Image => "image/jpeg and image/png",
            Self::Video => "video/mp4 and video/3gpp",
            Self::Audio => "audio/aac, audio/amr, audio/mpeg, audio/mp4 and audio/ogg with Opus",
            Self::Document => "any type",
            Self::Sticker => "image/webp",
        }
    }
}

fn document(file: &FileType, wanted: Option<String>) -> Result<String, Unsendable> {
    let found = file.found.as_deref();
    if let Some(wanted) = wanted {
        return Ok(wanted);
    }
    match (found, file.said.as_deref()) {
        // Hosts say a wrong type of many a file; a picture or a film that is none is more than that.
        (Some(found), Some(said)) if is_definite(said) && class(said) != class(found) => {
            Err(Unsendable::Stated {
                found: found.to_owned(),
                stated: said.to_owned(),
            })
        }
        (Some(found), Some(said)) if PACKAGING.contains(&found) => Ok(said.to_owned()),
        (Some(found), _) => Ok(found.to_owned()),
        (None, Some(said)) if !MARKED.contains(&said) => Ok(said.to_owned()),
        (None, _) => Ok(UNKNOWN.to_owned()),
    }
}

/// Whether a file with this mark cannot be what it is stated to be.
fn contradicts(stated: &str, found: Option<&str>) -> bool {
    const CONTAINERS: [&str; 2] = ["audio/mp4", "video/mp4"];
    match found {
        None => MARKED.contains(&stated),
        Some(found) if found == stated => false,
        Some(found) if CONTAINERS.contains(&found) && CONTAINERS.contains(&stated) => false,
        Some(found) => {
            MARKED.contains(&stated) || MARKED.contains(&found) || class(stated) != class(found)
        }
    }
}

/// What a type is by and large.
fn class(media_type: &str) -> &str {
    match media_type.split_once('/') {
        // A drawing that is a text.
        Some((_, rest)) if rest.ends_with("+xml") => "other",
        Some((family @ ("image" | "audio" | "video"), _)) => family,
        _ => "other",
    }
}

fn is_definite(said: &str) -> bool {
    class(said) != "other" || MARKED.contains(&said)
}

/// A type that somebody states, by its usual name; none where they only say that they do not know.
fn stated(text: &str) -> Option<String> {
    let essence = essence(text)?;
    Some(match essence.as_str() {
        UNKNOWN
        | "binary/octet-stream"
        | "application/binary"
        | "application/download"
        | "application/force-download"
        | "application/x-download" => return None,
        "image/jpg" | "image/pjpeg" => "image/jpeg".to_owned(),
        "image/x-png" => "image/png".to_owned(),
        "audio/mp3" | "audio/x-mp3" | "audio/x-mpeg" => "audio/mpeg".to_owned(),
        "audio/m4a" | "audio/x-m4a" => "audio/mp4".to_owned(),
        "audio/opus" => "audio/ogg".to_owned(),
        "audio/x-aac" | "audio/aacp" => "audio/aac".to_owned(),
        "video/3gp" => "video/3gpp".to_owned(),
        "video/x-m4v" => "video/mp4".to_owned(),
        "application/x-pdf" => "application/pdf".to_owned(),
        _ => essence,
    })
}

/// The type that a file's first bytes are a mark of, by its usual name. Ogg is `audio/ogg` with Opus in it alone.
fn mark(head: &[u8]) -> Option<&'static str> {
    let brand = head.get(4..10);
    if brand.is_some_and(|brand| brand.starts_with(b"ftyp3g")) {
        return Some("video/3gpp");
    }
    match infer::get(head).map(|found| found.mime_type()) {
        Some("audio/opus") => Some("audio/ogg"),
        Some("audio/ogg") => Some("application/ogg"),
        Some("audio/m4a") => Some("audio/mp4"),
        Some("video/x-m4v") => Some("video/mp4"),
        // Brands of the ISO container that came later.
        None if brand.is_some_and(|brand| brand.starts_with(b"ftyp")) => Some("video/mp4"),
        // MPEG-1 layer III with a checksum.
        None if head.starts_with(b"\xff\xfa") => Some("audio/mpeg"),
        found => found,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::{EXE, HTML, JPEG, MP4, OGG, PDF, PNG, WEBP, ZIP};
    use super::*;

    const SCRIPT: &[u8] = b"#!/bin/sh\nrm -rf ~\n";
    const MP3: &[u8] = b"ID3\x04\0\0\0\0\0\0";
    const M4A: &[u8] = b"\0\0\0\x18ftypM4A \0\0\0\0";
    const THREE_GP: &[u8] = b"\0\0\0\x18ftyp3gp5\0\0\0\0";
    const NEW_MP4: &[u8] = b"\0\0\0\x18ftypiso9\0\0\0\0";
    const AMR: &[u8] = b"#!AMR\n\x3c\x91\x17\x16\xbe\x66\x79";
    const VORBIS: &[u8] = b"OggS\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x1e\x01vorbis\0";
    const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

    fn sendable(
        kind: MediaKind,
        wanted: Option<&str>,
        said: Option<&str>,
        head: &[u8],
    ) -> Result<String, Unsendable> {
        kind.sendable(&FileType::of(said, head), wanted)
    }

    #[test]
    fn a_file_goes_by_the_type_of_its_bytes() {
        use MediaKind::{Audio, Document, Image, Sticker, Video};
        for (kind, wanted, said, head, expected) in [
            (Image, None, Some("image/png"), JPEG, "image/jpeg"),
            (Image, Some("image/jpg"), None, JPEG, "image/jpeg"),
            (Image, None, Some("text/html"), PNG, "image/png"),
            (Sticker, None, None, WEBP, "image/webp"),
            (Video, None, Some("binary/octet-stream"), MP4, "video/mp4"),
            (Video, None, None, NEW_MP4, "video/mp4"),
            (Video, Some("video/3gpp"), None, THREE_GP, "video/3gpp"),
            (Audio, Some("audio/mpeg"), None, MP3, "audio/mpeg"),
            (Audio, Some("audio/mp3"), None, MP3, "audio/mpeg"),
            (Audio, None, None, M4A, "audio/mp4"),
            (Audio, Some("audio/mp4"), None, MP4, "audio/mp4"),
            (Audio, None, None, MP4, "audio/mp4"),
            (Audio, None, None, AMR, "audio/amr"),
            (
                Audio,
                Some("audio/ogg; codecs=opus"),
                None,
                OGG,
                "audio/ogg",
            ),
            (Document, None, None, PDF, "application/pdf"),
            (Document, None, Some("text/plain"), PDF, "application/pdf"),
            (Document, Some("text/csv"), None, b"a,b", "text/csv"),
            (Document, None, Some("text/csv"), b"a,b", "text/csv"),
            (Document, Some(DOCX), None, ZIP, DOCX),
            (Document, None, Some(DOCX), ZIP, DOCX),
            (Document, None, None, ZIP, "application/zip"),
            (Document, None, Some("image/png"), JPEG, "image/jpeg"),
            (Document, None, Some("image/png"), b"?", UNKNOWN),
            (
                Document,
                Some("image/svg+xml"),
                None,
                b"<svg>",
                "image/svg+xml",
            ),
            (Document, Some("text/plain"), None, HTML, "text/plain"),
            (
                Document,
                Some("application/octet-stream"),
                None,
                PNG,
                "image/png",
            ),
            (Document, None, None, b"", UNKNOWN),
        ] {
            let found = sendable(kind, wanted, said, head);
            assert_eq!(found.as_deref(), Ok(expected), "{kind} {wanted:?} {said:?}");
        }
    }

    #[test]
    fn what_whatsapp_does_not_take_or_was_said_wrongly_is_refused() {
        use MediaKind::{Audio, Document, Image, Sticker, Video};
        for (kind, wanted, said, head) in [
            (Image, None, Some("image/png"), SCRIPT),
            (Image, None, None, WEBP),
            (Image, None, None, b"no mark".as_slice()),
            (Image, Some("image/png"), None, JPEG),
            (Sticker, None, None, PNG),
            (Video, None, None, MP3),
            (Video, None, None, M4A),
            (Audio, None, None, VORBIS),
            (Audio, None, Some("video/mp4"), MP4),
            (Audio, Some("audio/mpeg"), None, b"no mark"),
            (Document, Some("application/pdf"), None, PNG),
            (Document, Some("application/pdf"), None, b"no mark"),
            (Document, Some("application/msword"), None, PDF),
            (Document, Some("image/png"), None, SCRIPT),
            (Document, None, Some("image/png"), SCRIPT),
            (Document, None, Some("application/pdf"), PNG),
            (Document, Some("image/png"), None, EXE),
        ] {
            let refused = sendable(kind, wanted, said, head);
            assert!(refused.is_err(), "{kind} {wanted:?} {said:?}: {refused:?}");
        }
    }

    #[test]
    fn a_refusal_says_what_was_found() {
        let error = sendable(MediaKind::Image, None, Some("image/png"), SCRIPT).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the file is text/x-shellscript, and an image takes image/jpeg and image/png"
        );
        let error = sendable(MediaKind::Document, Some("application/pdf"), None, PNG);
        assert_eq!(
            error.unwrap_err().to_string(),
            "the file is image/png, not application/pdf as it is said to be"
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_judged(
            head in prop::collection::vec(any::<u8>(), 0..64),
            wanted in prop::option::of(".{0,30}"),
            said in prop::option::of("[a-z]{1,5}/[a-z0-9+.-]{1,9}"),
        ) {
            let file = FileType::of(said.as_deref(), &head);
            prop_assert!(essence(file.kept_as()).is_some());
            for kind in MediaKind::ALL {
                if let Ok(mime_type) = kind.sendable(&file, wanted.as_deref()) {
                    prop_assert!(kind == MediaKind::Document || kind.takes().contains(&mime_type.as_str()));
                    prop_assert!(essence(&mime_type).is_some());
                }
            }
        }
    }
}

use std::fmt::Display;

use serde::{Deserialize, Serialize};

use super::{
    check,
    invalid::{Invalid, Problem},
    limits,
};

/// Where the file of a message is: `{"id": "…"}`, `{"link": "…"}`, or, as it is stored alone, `{"file": "…"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "EitherSource", into = "EitherSource")]
pub enum MediaSource {
    /// A file that was uploaded to the sending number before.
    Id(String),
    /// A public http(s) address from which WhatsApp fetches the file itself.
    Link(String),
    /// A file of the tenant's own in the bucket, by the SHA-256 of its bytes in hex. WhatsApp never sees it: whoever sends
    /// the message puts an id or a link in its place, see [`Content::with_source`](super::Content::with_source).
    File(String),
}

/// A media object without a source, or with several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("media takes exactly one of `id` and `link`")]
pub struct MediaSourceError;

#[derive(Serialize, Deserialize)]
struct EitherSource {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
}

impl TryFrom<EitherSource> for MediaSource {
    type Error = MediaSourceError;

    fn try_from(either: EitherSource) -> Result<Self, Self::Error> {
        match (either.id, either.link, either.file) {
            (Some(id), None, None) => Ok(Self::Id(id)),
            (None, Some(link), None) => Ok(Self::Link(link)),
            (None, None, Some(file)) => Ok(Self::File(file)),
            _ => Err(MediaSourceError),
        }
    }
}

impl From<MediaSource> for EitherSource {
    fn from(source: MediaSource) -> Self {
        let (id, link, file) = match source {
            MediaSource::Id(id) => (Some(id), None, None),
            MediaSource::Link(link) => (None, Some(link), None),
            MediaSource::File(file) => (None, None, Some(file)),
        };
        Self { id, link, file }
    }
}

impl MediaSource {
    /// Where WhatsApp itself has to find the file: in headers and parameters.
    pub(super) fn validate(&self, at: impl Display) -> Result<(), Invalid> {
        match self {
            Self::Id(id) => check::present(format_args!("{at}.id"), id),
            Self::Link(link) => check::web_link(format_args!("{at}.link"), link),
            Self::File(_) => Err(Invalid::new(format_args!("{at}.file"), Problem::NotAllowed)),
        }
    }

    /// Of a message that is a file, which may be one of the tenant's own.
    pub(super) fn validate_own(&self, at: impl Display) -> Result<(), Invalid> {
        match self {
            Self::File(sha256) => check::form(
                format_args!("{at}.file"),
                is_sha256(sha256),
                "a SHA-256 in hex",
            ),
            other => other.validate(at),
        }
    }
}

fn is_sha256(text: &str) -> bool {
    let digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    text.len() == 64 && text.bytes().all(digit)
}

/// An image or a video.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visual {
    /// The file.
    #[serde(flatten)]
    pub source: MediaSource,
    /// Text below it, see [`limits::CAPTION`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
}

impl Visual {
    pub(super) fn validate(&self, at: impl Display) -> Result<(), Invalid> {
        self.source.validate_own(&at)?;
        let caption = self.caption.as_deref();
        check::optional_length(format_args!("{at}.caption"), caption, limits::CAPTION)
    }
}

/// A sound file or a voice note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audio {
    /// The file.
    #[serde(flatten)]
    pub source: MediaSource,
    /// Shown as a voice note; the file must be Ogg with Opus then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub voice: bool,
}

/// A file of any type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// The file.
    #[serde(flatten)]
    pub source: MediaSource,
    /// Text below it, see [`limits::CAPTION`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    /// The name under which the customer sees it; its ending decides the icon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
}

impl Document {
    /// As a parameter of a template.
    pub(super) fn validate(&self, at: impl Display) -> Result<(), Invalid> {
        self.source.validate(&at)?;
        self.validate_texts(at)
    }

    /// As a message.
    pub(super) fn validate_own(&self, at: impl Display) -> Result<(), Invalid> {
        self.source.validate_own(&at)?;
        self.validate_texts(at)
    }

    fn validate_texts(&self, at: impl Display) -> Result<(), Invalid> {
        let caption = self.caption.as_deref();
        check::optional_length(format_args!("{at}.caption"), caption, limits::CAPTION)?;
        let filename = self.filename.as_deref();
        check::optional_length(format_args!("{at}.filename"), filename, limits::PRESENT)
    }
}

/// A WebP picture shown without a bubble.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sticker {
    /// The file.
    #[serde(flatten)]
    pub source: MediaSource,
}

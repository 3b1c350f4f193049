use std::fmt::Display;

use serde::{Deserialize, Serialize};

use super::{check, invalid::Invalid, limits};

/// Where WhatsApp takes a file from: `{"id": "…"}` or `{"link": "…"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "EitherSource", into = "EitherSource")]
pub enum MediaSource {
    /// A file that was uploaded to the sending number before.
    Id(String),
    /// A public http(s) address from which WhatsApp fetches the file itself.
    Link(String),
}

/// A media object without a source, or with two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("media takes exactly one of `id` and `link`")]
pub struct MediaSourceError;

#[derive(Serialize, Deserialize)]
struct EitherSource {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
}

impl TryFrom<EitherSource> for MediaSource {
    type Error = MediaSourceError;

    fn try_from(either: EitherSource) -> Result<Self, Self::Error> {
        match (either.id, either.link) {
            (Some(id), None) => Ok(Self::Id(id)),
            (None, Some(link)) => Ok(Self::Link(link)),
            (None, None) | (Some(_), Some(_)) => Err(MediaSourceError),
        }
    }
}

impl From<MediaSource> for EitherSource {
    fn from(source: MediaSource) -> Self {
        let (id, link) = match source {
            MediaSource::Id(id) => (Some(id), None),
            MediaSource::Link(link) => (None, Some(link)),
        };
        Self { id, link }
    }
}

impl MediaSource {
    pub(super) fn validate(&self, at: impl Display) -> Result<(), Invalid> {
        match self {
            Self::Id(id) => check::present(format_args!("{at}.id"), id),
            Self::Link(link) => check::web_link(format_args!("{at}.link"), link),
        }
    }
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
        self.source.validate(&at)?;
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
    pub(super) fn validate(&self, at: impl Display) -> Result<(), Invalid> {
        self.source.validate(&at)?;
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

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{
    check,
    contacts::Contact,
    interactive::Interactive,
    invalid::Invalid,
    limits,
    location::Location,
    media::{Audio, Document, MediaSource, Sticker, Visual},
    template::Template,
};

/// What a message holds: `{"type": "<kind>", "<kind>": …}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(missing_docs, reason = "each field bears the name of its variant")]
pub enum Content {
    /// Plain text.
    Text { text: Text },
    /// A picture.
    Image { image: Visual },
    /// A film.
    Video { video: Visual },
    /// Sound or a voice note.
    Audio { audio: Audio },
    /// A file.
    Document { document: Document },
    /// A sticker.
    Sticker { sticker: Sticker },
    /// A place.
    Location { location: Location },
    /// Contact cards.
    Contacts { contacts: Vec<Contact> },
    /// Something to tap.
    Interactive { interactive: Box<Interactive> },
    /// A text approved by Meta beforehand, the only kind that may open a conversation.
    Template { template: Template },
    /// An emoji on an earlier message.
    Reaction { reaction: Reaction },
}

/// Plain text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// The text, see [`limits::TEXT_BODY`].
    pub body: String,
    /// Whether the first link in it is shown with a preview.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub preview_url: bool,
}

/// An emoji on an earlier message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reaction {
    /// WhatsApp's id of that message.
    pub message_id: String,
    /// The emoji; empty takes the reaction back.
    pub emoji: String,
}

/// The kind of a message, as `type` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// [`Content::Text`]
    Text,
    /// [`Content::Image`]
    Image,
    /// [`Content::Video`]
    Video,
    /// [`Content::Audio`]
    Audio,
    /// [`Content::Document`]
    Document,
    /// [`Content::Sticker`]
    Sticker,
    /// [`Content::Location`]
    Location,
    /// [`Content::Contacts`]
    Contacts,
    /// [`Content::Interactive`]
    Interactive,
    /// [`Content::Template`]
    Template,
    /// [`Content::Reaction`]
    Reaction,
}

impl Kind {
    /// The name that `type` has for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Document => "document",
            Self::Sticker => "sticker",
            Self::Location => "location",
            Self::Contacts => "contacts",
            Self::Interactive => "interactive",
            Self::Template => "template",
            Self::Reaction => "reaction",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl Content {
    /// The kind of the message.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Text { .. } => Kind::Text,
            Self::Image { .. } => Kind::Image,
            Self::Video { .. } => Kind::Video,
            Self::Audio { .. } => Kind::Audio,
            Self::Document { .. } => Kind::Document,
            Self::Sticker { .. } => Kind::Sticker,
            Self::Location { .. } => Kind::Location,
            Self::Contacts { .. } => Kind::Contacts,
            Self::Interactive { .. } => Kind::Interactive,
            Self::Template { .. } => Kind::Template,
            Self::Reaction { .. } => Kind::Reaction,
        }
    }

    /// Where the file is of a message that is one; none of any other message.
    pub fn source(&self) -> Option<&MediaSource> {
        match self {
            Self::Image { image: visual } | Self::Video { video: visual } => Some(&visual.source),
            Self::Audio { audio } => Some(&audio.source),
            Self::Document { document } => Some(&document.source),
            Self::Sticker { sticker } => Some(&sticker.source),
            _ => None,
        }
    }

    /// The same message with its file from elsewhere, which is how one that is stored goes to WhatsApp. A message that is
    /// no file stays as it is.
    #[must_use]
    pub fn with_source(mut self, source: MediaSource) -> Self {
        match &mut self {
            Self::Image { image: visual } | Self::Video { video: visual } => visual.source = source,
            Self::Audio { audio } => audio.source = source,
            Self::Document { document } => document.source = source,
            Self::Sticker { sticker } => sticker.source = source,
            _ => {}
        }
        self
    }

    pub(super) fn validate(&self) -> Result<(), Invalid> {
        match self {
            Self::Text { text } => check::length("text.body", &text.body, limits::TEXT_BODY),
            Self::Image { image } => image.validate("image"),
            Self::Video { video } => video.validate("video"),
            Self::Audio { audio } => audio.source.validate_own("audio"),
            Self::Document { document } => document.validate_own("document"),
            Self::Sticker { sticker } => sticker.source.validate_own("sticker"),
            Self::Location { location } => location.validate("location"),
            Self::Contacts { contacts } => {
                check::count("contacts", contacts.len(), limits::CONTACTS)?;
                let mut cards = contacts.iter().enumerate();
                cards.try_for_each(|(i, card)| card.validate(format_args!("contacts[{i}]")))
            }
            Self::Interactive { interactive } => interactive.validate("interactive"),
            Self::Template { template } => template.validate("template"),
            Self::Reaction { reaction } => {
                check::present("reaction.message_id", &reaction.message_id)
            }
        }
    }
}

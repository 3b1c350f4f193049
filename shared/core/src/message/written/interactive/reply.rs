//! A reply button, in short.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::message::interactive::{Reply, ReplyButton};
use crate::message::limits;
use crate::message::written::Fields;

/// A title, or a title and an id.
#[derive(Debug)]
pub(super) enum ShortReply {
    /// `"Yes"`
    Title(String),
    /// `{"id": "yes", "title": "Yes"}`
    Whole(WholeReply),
}

/// A button with what comes back when it is tapped.
#[derive(Debug, Deserialize)]
pub(super) struct WholeReply {
    /// What comes back when it is tapped; its title unless given.
    pub(super) id: Option<String>,
    /// What stands on it.
    pub(super) title: String,
}

impl ShortReply {
    /// Whose fields stand behind those of the button at `ours`.
    pub(super) fn fields(&self, fields: Fields, ours: &str, theirs: &str) -> Fields {
        let (id, title) = match self {
            Self::Title(_) => (theirs.to_owned(), theirs.to_owned()),
            Self::Whole(WholeReply { id, .. }) => {
                let title = format!("{theirs}.title");
                let id = id.as_ref().map(|_| format!("{theirs}.id"));
                (id.unwrap_or_else(|| title.clone()), title)
            }
        };
        fields
            .with(format!("{ours}.id"), id)
            .with(format!("{ours}.title"), title)
    }
}

impl From<ShortReply> for ReplyButton {
    fn from(short: ShortReply) -> Self {
        let (id, title) = match short {
            ShortReply::Title(title) => (None, title),
            ShortReply::Whole(WholeReply { id, title }) => (id, title),
        };
        let id = id.unwrap_or_else(|| id_of(&title, *limits::BUTTON_TITLE.end()));
        let reply = Reply { id, title };
        Self { reply }
    }
}

/// The id of what has only a title: the title. One that is empty or too long is refused for its title, so that its id must
/// not be what is wrong first.
pub(super) fn id_of(title: &str, longest: usize) -> String {
    match title.is_empty() {
        true => "untitled".to_owned(),
        false => title.chars().take(longest).collect(),
    }
}

impl<'de> Deserialize<'de> for ShortReply {
    fn deserialize<D: Deserializer<'de>>(field: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = ShortReply;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a title, or an object with `title` and `id`")
            }

            fn visit_str<E: Error>(self, title: &str) -> Result<ShortReply, E> {
                Ok(ShortReply::Title(title.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ShortReply, A::Error> {
                WholeReply::deserialize(MapAccessDeserializer::new(map)).map(ShortReply::Whole)
            }
        }

        field.deserialize_any(Either)
    }
}

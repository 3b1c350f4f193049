//! What stands above the body, in short.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::message::interactive::Header;
use crate::message::{Document, MediaSource, Visual};

/// `"A line of text"`, or `{"image": {"link": "https://…"}}`, or the same of a video or a document.
#[derive(Debug)]
pub(super) struct ShortHeader(pub(super) Header);

/// Where WhatsApp takes a file from: exactly one of `link` and `id`.
#[derive(Deserialize)]
struct File {
    /// A public address from which WhatsApp fetches it.
    link: Option<String>,
    /// WhatsApp's id of a file that was uploaded to the sending number.
    id: Option<String>,
    /// The name of a document.
    filename: Option<String>,
}

#[derive(Deserialize)]
struct Whole {
    text: Option<String>,
    image: Option<File>,
    video: Option<File>,
    document: Option<File>,
}

impl File {
    fn source<E: Error>(self, kind: &str) -> Result<(MediaSource, Option<String>), E> {
        let source = match (self.link, self.id) {
            (Some(link), None) => MediaSource::Link(link),
            (None, Some(id)) => MediaSource::Id(id),
            _ => {
                let problem = format!("`{kind}` takes exactly one of `link` and `id`");
                return Err(E::custom(problem));
            }
        };
        Ok((source, self.filename.filter(|name| !name.is_empty())))
    }

    fn visual<E: Error>(self, kind: &str) -> Result<Visual, E> {
        let (source, _) = self.source(kind)?;
        // A header takes no caption: the body is there for that.
        let caption = None;
        Ok(Visual { source, caption })
    }

    fn document<E: Error>(self) -> Result<Document, E> {
        let (source, filename) = self.source("document")?;
        Ok(Document {
            source,
            caption: None,
            filename,
        })
    }
}

impl Whole {
    fn header<E: Error>(self) -> Result<Header, E> {
        match (self.text, self.image, self.video, self.document) {
            (Some(text), None, None, None) => Ok(Header::Text { text }),
            (None, Some(file), None, None) => Ok(Header::Image {
                image: file.visual("image")?,
            }),
            (None, None, Some(file), None) => Ok(Header::Video {
                video: file.visual("video")?,
            }),
            (None, None, None, Some(file)) => Ok(Header::Document {
                document: file.document()?,
            }),
            _ => Err(E::custom(
                "takes exactly one of `text`, `image`, `video` and `document`",
            )),
        }
    }
}

impl<'de> Deserialize<'de> for ShortHeader {
    fn deserialize<D: Deserializer<'de>>(field: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = ShortHeader;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a text, or an object with `image`, `video` or `document`")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<ShortHeader, E> {
                let text = text.to_owned();
                Ok(ShortHeader(Header::Text { text }))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ShortHeader, A::Error> {
                let whole = Whole::deserialize(MapAccessDeserializer::new(map))?;
                whole.header().map(ShortHeader)
            }
        }

        field.deserialize_any(Either)
    }
}

//! The file of a customer's message.

use serde_json::{Map, Value};

use super::inbound::file_members;
use crate::{
    http::Bad,
    media::{Media, NewFile, Source, Upload},
    simulator::Inner,
};

/// What a message carries.
#[derive(Debug)]
pub(super) enum Attached {
    /// An id that leads to no file.
    Nothing,
    /// A file that came with the message, to be written with it.
    New(Box<NewFile>),
    /// A file that was here already.
    Known(Box<Media>),
}

impl Attached {
    /// The file's id, if there is a file.
    pub(super) fn id(&self) -> Option<&str> {
        match self {
            Self::Nothing => None,
            Self::New(new) => Some(&new.media.id),
            Self::Known(media) => Some(&media.id),
        }
    }
}

/// Finds the file of a message and completes what the message says of it.
pub(super) async fn attach(
    inner: &Inner,
    source: Source<'_>,
    secret: &str,
    node: &mut Map<String, Value>,
    upload: Option<Upload>,
) -> Result<Attached, Bad> {
    file_members(source.kind, node)?;
    let Some(id) = node.get("id").and_then(Value::as_str).map(str::to_owned) else {
        let new = source.take(&inner.files, node, upload).await?;
        source.announce(node, &new.media, secret);
        return Ok(Attached::New(Box::new(new)));
    };
    if upload.is_some() || node.contains_key("data") {
        return Err(Bad::field("id", "comes beside a file"));
    }
    let media = inner.reader.media(id.clone()).await?;
    let Some(mut media) = media.filter(|media| media.phone_number_id == source.phone_number_id)
    else {
        source.announce_nothing(node, &id);
        return Ok(Attached::Nothing);
    };
    source.announce(node, &media, secret);
    media.customer = source.customer.map(str::to_owned);
    Ok(Attached::Known(Box::new(media)))
}

//! The endpoints that put files here and make trouble with them.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Media, Source, Submission, is_file};
use crate::{
    control::{self, channel},
    http::{Bad, Input, optional_text},
    simulator::Simulator,
    store::update_media,
    time::now_ms,
};

/// What can be changed of a file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Change {
    /// Ends the links, or the id, at once.
    expire: Option<Ends>,
    /// The type that look-ups announce from now on.
    mime_type: Option<String>,
    /// The type that the download has from now on.
    content_type: Option<String>,
    /// The size that look-ups announce from now on.
    file_size: Option<i64>,
    /// The hash that look-ups announce from now on.
    sha256: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Ends {
    Link,
    Id,
}

impl Change {
    fn apply(self, media: &mut Media, now_ms: i64) {
        match self.expire {
            Some(Ends::Link) => media.links_after_ms = now_ms.max(media.links_after_ms + 1),
            Some(Ends::Id) => media.expires_ms = now_ms,
            None => {}
        }
        if let Some(mime_type) = self.mime_type {
            media.mime_type = mime_type;
        }
        if let Some(content_type) = self.content_type {
            media.content_type = content_type;
        }
        if let Some(size) = self.file_size {
            media.file_size = size;
        }
        if let Some(sha256) = self.sha256 {
            media.sha256 = sha256;
        }
    }
}

/// `POST /media`: a file that no message has carried yet, for callbacks that are written by hand
/// and for trouble that has to be there before the message.
pub(crate) async fn create(
    State(simulator): State<Simulator>,
    Submission { mut request, file }: Submission,
) -> Result<Json<Value>, Bad> {
    let inner = &simulator.inner;
    let line = channel(inner, optional_text(&request, "channel")?)?;
    let kind = optional_text(&request, "type")?.map(str::to_owned);
    let kind = kind
        .filter(|kind| is_file(kind))
        .ok_or_else(|| Bad::field("type", "must be image, video, audio, document or sticker"))?;
    let now_ms = now_ms();
    let source = Source {
        kind: &kind,
        phone_number_id: &line.number.phone_number_id,
        customer: None,
        now_ms,
    };
    let mut new = source.take(&inner.files, &mut request, file).await?;
    for taken in ["type", "channel", "filename", "mime_type"] {
        request.remove(taken);
    }
    let change: Change = control::parse(Value::Object(request))?;
    change.apply(&mut new.media, now_ms);
    let answer = new.media.describe();
    let new = inner
        .writer
        .write(move |db| {
            new.insert(db)?;
            Ok(new)
        })
        .await?;
    new.keep();
    Ok(Json(answer))
}

/// `PUT /media/{id}`.
pub(crate) async fn steer(
    State(simulator): State<Simulator>,
    Path(id): Path<String>,
    Input(change): Input<Map<String, Value>>,
) -> Result<Json<Value>, Bad> {
    let inner = &simulator.inner;
    let change: Change = control::parse(Value::Object(change))?;
    let media = inner.reader.media(id).await?;
    let mut media = media.ok_or_else(|| Bad::field("id", "there is no such file"))?;
    change.apply(&mut media, now_ms());
    inner
        .writer
        .write(move |db| update_media(db, &media))
        .await?;
    Ok(Json(json!({"success": true})))
}

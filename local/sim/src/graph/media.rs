//! Files: `GET /{media_id}` looks a link up, `DELETE /{media_id}` ends the id.

use serde_json::{Value, json};

use super::{Incoming, error::GraphError};
use crate::{
    media::{Media, link},
    simulator::Inner,
    store::update_media,
    time::now_ms,
};

/// A link, good for five minutes.
pub(super) async fn look_up(
    inner: &Inner,
    incoming: &Incoming,
    id: &str,
    token: &str,
) -> Result<Value, GraphError> {
    let now_ms = now_ms();
    let (media, secret) = find(inner, incoming, id, token, now_ms).await?;
    let mut answer = media.describe();
    answer["url"] = json!(incoming.base.join(&link::new(&media, &secret, now_ms)));
    Ok(answer)
}

/// The id leads nowhere from now on, and its links neither.
pub(super) async fn delete(
    inner: &Inner,
    incoming: &Incoming,
    id: &str,
    token: &str,
) -> Result<Value, GraphError> {
    let now_ms = now_ms();
    let (mut media, _) = find(inner, incoming, id, token, now_ms).await?;
    media.expires_ms = now_ms;
    inner
        .writer
        .write(move |db| update_media(db, &media))
        .await?;
    Ok(json!({"success": true}))
}

/// The file of an id that counts, and the secret of its app; unknown to other numbers' tokens, and
/// where the query names another number.
async fn find(
    inner: &Inner,
    incoming: &Incoming,
    id: &str,
    token: &str,
    now_ms: i64,
) -> Result<(Media, String), GraphError> {
    let unknown = || GraphError::unknown_object(incoming.method.as_str(), id);
    let media = inner.reader.media(id.to_owned()).await?;
    let media = media
        .filter(|media| media.is_known(now_ms))
        .ok_or_else(unknown)?;
    let wanted = incoming.query.get("phone_number_id");
    let line = inner.numbers.by_id(&media.phone_number_id);
    let line = line.filter(|line| line.number.access_token == token);
    let line = line
        .filter(|_| wanted.is_none_or(|wanted| *wanted == media.phone_number_id))
        .ok_or_else(unknown)?;
    Ok((media, line.number.app_secret.clone()))
}

use std::time::Duration;

use openwati_core::handout::{disposition, served_type};
use openwati_store::blobs::{Asked, Handout};
use openwati_store::message::MediaState;

use crate::error::Error;
use crate::platform::Platform;

/// How long the bucket's link lives that a link of ours leads to.
const LIFE: Duration = Duration::from_secs(5 * 60);

/// Where the bucket hands out the file that a link of ours leads to, for what is asked of it.
///
/// # Errors
/// [`Error::NotFound`] for what is no link, or one that has ended or was revoked, while the file is not there, and once the
/// message was deleted by who wrote it: they are not told apart.
pub async fn hand_out(platform: &Platform, token: &str, asked: Asked) -> Result<String, Error> {
    const GONE: Error = Error::NotFound { what: "file" };
    let keys = platform.link_keys()?;
    let link = keys.verify(token, platform.now()).ok_or(GONE)?;
    let message = platform.store().message(&link.tenant, link.message).await?;
    let message = message.ok_or(GONE)?;
    if let Some(wamid) = &message.wamid {
        let amended = platform
            .store()
            .amendments(&link.tenant, &[wamid.as_str()])
            .await?;
        if amended.values().any(|amended| amended.revoked_by.is_some()) {
            return Err(GONE);
        }
    }
    let media = message.media.ok_or(GONE)?;
    let is_good = media.link_generation == link.generation && media.state == MediaState::Stored;
    let key = media.key.filter(|_| is_good).ok_or(GONE)?;
    let disposition = disposition(media.kind, &media.mime_type, media.file_name.as_deref());
    let handout = Handout {
        asked,
        mime_type: served_type(&media.mime_type),
        disposition: &disposition,
        life: LIFE,
    };
    Ok(platform.blobs()?.media_link(&key, handout).await?)
}

//! Files whose job could not be worked, however often it was tried.

use openwati_store::message::MediaState;

use super::job::MediaJob;
use super::tell::tell;
use crate::error::Error;
use crate::platform::Platform;

/// Gives up the file of a job that ended in the dead-letter queue, and tells of its message if nobody did.
///
/// # Errors
/// If the store or a queue did not answer.
pub async fn settle(platform: &Platform, body: &str) -> Result<(), Error> {
    let job: MediaJob = match serde_json::from_str(body) {
        Ok(job) => job,
        Err(error) => {
            tracing::error!(%error, "a file's job that cannot be read is given up");
            return Ok(());
        }
    };
    let store = platform.store();
    let Some(message) = store.message(&job.tenant, job.message).await? else {
        return Ok(());
    };
    let Some(media) = &message.media else {
        return Ok(());
    };
    if media.state == MediaState::Pending {
        tracing::warn!(tenant = %job.tenant, id = %message.id, "gave up a file whose job could not be worked");
        let reason = "the download could not be worked";
        store.media_failed(&job.tenant, message.id, reason).await?;
    }
    if !job.told {
        tell(platform, &job.tenant, &message, media).await?;
    }
    Ok(())
}

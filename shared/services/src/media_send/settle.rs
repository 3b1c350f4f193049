//! The end of messages that could not be sent.

use openwati_core::crash_point;
use openwati_core::idempotency::Answer;
use openwati_core::state::{MessageState, Reported};
use openwati_store::message::{MediaState, MessageError};

use super::job::MediaSendJob;
use crate::error::Error;
use crate::events::{Emitter, Event, MessageStatus, What, status_event_id};
use crate::platform::Platform;

/// Gives the message of a job up which nobody holds: it has failed, its place goes back to its day, and its tenant's
/// servers are told. A message that has an outcome keeps it.
///
/// # Errors
/// If the store or a queue did not answer. The same may be asked for again.
pub(super) async fn give_up(
    platform: &Platform,
    job: &MediaSendJob,
    why: &MessageError,
) -> Result<(), Error> {
    let store = platform.store();
    let now = platform.now();
    let gave_up = store
        .give_up_accepted(&job.tenant, job.message, why, now)
        .await?;
    crash_point!("media-send.given_up");
    if gave_up {
        tracing::warn!(
            tenant = %job.tenant, id = %job.message, reason = why.title,
            "a message that was taken on cannot be sent"
        );
        // Whoever gave it up does this, and nobody again: a death here costs a place, and no day has one too many.
        if let Err(error) = store.return_outbound(&job.tenant, job.day).await {
            tracing::error!(tenant = %job.tenant, id = %job.message, %error, "a place was not given back");
        }
        crash_point!("media-send.place_returned");
    }
    tell(platform, job).await
}

/// Tells the tenant's servers that a message has failed, if it has. Told again it is the same event.
///
/// # Errors
/// If the store or a queue did not answer.
pub(super) async fn tell(platform: &Platform, job: &MediaSendJob) -> Result<(), Error> {
    let store = platform.store();
    let Some(message) = store.message(&job.tenant, job.message).await? else {
        return Ok(());
    };
    let stages = message.stages();
    let (MessageState::Failed, Some(at)) = (stages.state(), stages.failed_at) else {
        return Ok(());
    };
    if message.answer() != Some(Answer::Refused) {
        // A callback of WhatsApp's said so, which is told of where it is worked.
        return Ok(());
    }
    if let (Some(media), Some(error)) = (&message.media, &message.error)
        && media.state == MediaState::Pending
    {
        let reason = &error.title;
        store.media_failed(&job.tenant, message.id, reason).await?;
    }
    let event = Event {
        id: status_event_id(at, message.id, Reported::Failed),
        at,
        channel: Some(message.channel),
        what: What::MessageStatus(MessageStatus {
            id: message.id,
            wamid: message.wamid.unwrap_or_default(),
            to: message.peer,
            stage: Reported::Failed,
            error: message.error,
        }),
    };
    Emitter::new(platform)
        .emit(&job.tenant, vec![event])
        .await?;
    crash_point!("media-send.told");
    Ok(())
}

/// Gives up the message of a job that ended in the dead-letter queue. One that somebody holds is settled when its lease
/// ends.
///
/// # Errors
/// If the store or a queue did not answer.
pub async fn settle(platform: &Platform, body: &str) -> Result<(), Error> {
    let job: MediaSendJob = match serde_json::from_str(body) {
        Ok(job) => job,
        Err(error) => {
            tracing::error!(%error, "a message's job that cannot be read is given up");
            return Ok(());
        }
    };
    let why = MessageError::of_platform("not_worked", "the message could not be worked on");
    give_up(platform, &job, &why).await
}

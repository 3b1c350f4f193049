//! The file of a message on its last way: to WhatsApp, and again if WhatsApp has forgotten it.

use openwati_channels::cloud_api::{GraphError, Outcome, Refusal, UnknownReason};
use openwati_core::message::{Content, MediaSource, Outgoing};
use openwati_store::channel::ChannelRecord;
use tokio::time::{Instant, timeout_at};

use super::claim::Claimed;
use super::outcome::{Handed, hand_over};
use crate::channels::{SecretField, open};
use crate::error::Error;
use crate::files::{self, Brought, Given, Refused, Trouble, Wanted};
use crate::platform::Platform;

/// A file that WhatsApp can be told of.
#[derive(Debug)]
pub(crate) struct File {
    brought: Brought,
    given: Given,
}

impl File {
    /// Makes a file that was brought known to WhatsApp, for the number that sends the message with it.
    pub(crate) async fn give(
        platform: &Platform,
        wanted: Wanted<'_>,
        channel: &ChannelRecord,
        message: &Outgoing,
        brought: Brought,
    ) -> Result<Self, Trouble> {
        let is_voice_note = matches!(&message.content, Content::Audio { audio } if audio.voice);
        if is_voice_note && brought.mime_type != VOICE_NOTE {
            return Err(Trouble::Refused(Refused::voice_note(&brought.mime_type)));
        }
        let ring = platform.key_ring()?;
        let token = open(ring, wanted.tenant, channel, SecretField::AccessToken)?;
        let given = files::provider_id(platform, wanted, channel, &token, &brought).await?;
        Ok(Self { brought, given })
    }

    /// The message as it is stored.
    pub(crate) fn stored(brought: &Brought, message: Outgoing) -> Outgoing {
        with_source(message, MediaSource::File(brought.sha256.clone()))
    }
}

/// The type of audio that WhatsApp shows as a voice note; the file is known to hold Opus then.
const VOICE_NOTE: &str = "audio/ogg";

fn with_source(message: Outgoing, source: MediaSource) -> Outgoing {
    Outgoing {
        content: message.content.with_source(source),
        ..message
    }
}

/// Hands a claimed message over with its file, until `wanted`'s deadline. If WhatsApp does not know the file by its id any
/// more, it is brought up once again.
pub(crate) async fn hand_file_over(
    platform: &Platform,
    wanted: Wanted<'_>,
    claimed: &Claimed,
    message: Outgoing,
    file: File,
) -> Result<Handed, Error> {
    let message = with_source(message, file.given.source());
    let handed = in_time(platform, claimed, &message, wanted.deadline).await?;
    let Given::Id(id) = &file.given else {
        return Ok(handed);
    };
    if !matches!(&handed, Handed::Over(Outcome::Refused(Refusal::Graph(error))) if is_about_the_file(error))
    {
        return Ok(handed);
    }
    tracing::info!(tenant = %wanted.tenant, message = %claimed.id, "WhatsApp does not take a file by its id: it is uploaded anew");
    match anew(platform, wanted, claimed, &file.brought, id).await {
        Ok(given) => {
            let message = with_source(message, given.source());
            in_time(platform, claimed, &message, wanted.deadline).await
        }
        Err(trouble) => {
            tracing::warn!(tenant = %wanted.tenant, message = %claimed.id, ?trouble, "a file could not be uploaded anew");
            Ok(handed)
        }
    }
}

async fn in_time(
    platform: &Platform,
    claimed: &Claimed,
    message: &Outgoing,
    until: Instant,
) -> Result<Handed, Error> {
    if Instant::now() + platform.function_timeout() / 20 >= until {
        // A call that is cut as it begins leaves open what would be certain without it.
        return Ok(Handed::TooLate);
    }
    let handed = timeout_at(until, hand_over(platform, claimed, message)).await;
    // It may have been sent.
    handed.unwrap_or(Ok(Handed::Over(Outcome::Unknown {
        reason: UnknownReason::TimedOut,
    })))
}

async fn anew(
    platform: &Platform,
    wanted: Wanted<'_>,
    claimed: &Claimed,
    file: &Brought,
    id: &str,
) -> Result<Given, Trouble> {
    let channel = &claimed.channel;
    files::forget_id(platform, wanted.tenant, channel, file, id).await?;
    let kept = files::kept(platform, wanted.tenant, &file.sha256, &file.mime_type).await?;
    let file = match kept {
        Some(file) => file,
        None => files::bring(platform, wanted).await?,
    };
    files::provider_id(platform, wanted, channel, &claimed.access_token, &file).await
}

/// Meta's code for a file that cannot be used, and for what does not exist, with its subcode.
const UNUSABLE_FILE: i64 = 131_053;
const UNKNOWN_OBJECT: (i64, i64) = (100, 33);

fn is_about_the_file(error: &GraphError) -> bool {
    error.code == UNUSABLE_FILE
        || (error.code, error.subcode) == (UNKNOWN_OBJECT.0, Some(UNKNOWN_OBJECT.1))
}

impl From<Trouble> for Error {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Refused(refused) => Self::FileRefused {
                code: refused.code,
                reason: refused.reason,
            },
            Trouble::Ours(error) => error,
            trouble @ (Trouble::Later(_) | Trouble::WhatsApp(_)) => {
                Self::Internal(format!("{trouble:?} was left to be told").into())
            }
        }
    }
}

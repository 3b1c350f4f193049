//! The job: bring the file of a message that was taken on, and send the message.

use std::time::Duration;

use futures::StreamExt as _;
use openwati_channels::cloud_api::{GraphError, Outcome, Refusal};
use openwati_core::crash_point;
use openwati_core::id::Id;
use openwati_core::message::{Outgoing, Recipient};
use openwati_core::state::MessageState;
use openwati_store::message::{
    Held, MediaRecord, MediaState, MessageError, MessageRecord, StoredMedia, name_of,
};
use openwati_store::queues::QueueName;
use openwati_store::slots::Slot;
use tokio::time::Instant;

use super::job::MediaSendJob;
use super::settle::{give_up, tell};
use crate::Record;
use crate::channels::{self, SecretField, open};
use crate::error::{Error, Waiting};
use crate::files::{self, Brought, Later, Trouble, Wanted};
use crate::platform::Platform;
use crate::send::{
    Claimed, Conversation, File, Handed, OPTED_OUT, OPTED_OUT_WORDS, Purpose, consequences,
    hand_file_over, record,
};

/// Messages that are worked at the same time. Of each file, 5 MiB are in memory.
const PARALLEL: usize = 4;

/// How long the queue holds a message while its number sends as fast as it may.
const NEXT_SECOND: Duration = Duration::from_secs(1);

/// How long a job waits while somebody else brings the same file, before it makes room for others.
const PATIENCE: Duration = Duration::from_secs(2);

/// Works a batch of messages. Answers the ids of the jobs that are to come again.
///
/// What stays so (a file that is too large, a closed 24-hour window, WhatsApp's refusal) fails the message at once; all
/// other trouble is tried again in growing steps for an hour. A message that has failed is told of, and its place of the
/// day goes back to its day.
pub async fn work(platform: &Platform, records: Vec<Record>) -> Vec<String> {
    crash_point!("media-send.received");
    let started = Instant::now();
    let worked = futures::stream::iter(records).map(|received| async move {
        let id = received.id.clone();
        match one(platform, received, started).await {
            Ok(()) => None,
            Err(error) => {
                tracing::warn!(job = id, %error, source = ?std::error::Error::source(&error), "a message's job comes again");
                Some(id)
            }
        }
    });
    let failed = worked.buffer_unordered(PARALLEL);
    failed.filter_map(std::future::ready).collect().await
}

/// What a try came to.
pub(super) enum Tried {
    /// The message has an outcome, or somebody else has the message.
    Settled,
    /// It may go well later.
    Later {
        /// Why not now, if this was the last try.
        why: MessageError,
        /// For how long somebody asked to wait.
        asked: Option<Duration>,
    },
    /// It never will.
    Never(MessageError),
}

async fn one(platform: &Platform, received: Record, started: Instant) -> Result<(), Error> {
    // What cannot be read goes to the dead-letter queue, where the alarm is.
    let job: MediaSendJob =
        serde_json::from_str(&received.body).map_err(|error| Error::Internal(Box::new(error)))?;
    let store = platform.store();
    let Some(message) = store.message(&job.tenant, job.message).await? else {
        tracing::info!(tenant = %job.tenant, id = %job.message, "a message that was taken on is not there any more");
        return Ok(());
    };
    match message.stages().state() {
        MessageState::Accepted => {}
        // An earlier run may have died before it told of it.
        MessageState::Failed => return tell(platform, &job).await,
        // Somebody is at it, or was: then its lease ends as every sender's does.
        _ => return Ok(()),
    }
    let attempt = Attempt {
        platform,
        job: &job,
        message: &message,
        started,
    };
    match attempt.run().await? {
        Tried::Settled => Ok(()),
        Tried::Never(why) => give_up(platform, &job, &why).await,
        Tried::Later { why, .. } if job.is_over(platform.now(), platform.pace()) => {
            give_up(platform, &job, &why).await
        }
        Tried::Later { why, asked } => {
            tracing::info!(
                tenant = %job.tenant, id = %job.message, tries = job.tries, reason = why.title,
                "a message that was taken on is tried again"
            );
            let (next, wait) = job.next(asked);
            let queues = platform.queues()?;
            queues
                .send(QueueName::MediaSend, vec![next.queued(wait)?])
                .await?;
            crash_point!("media-send.requeued");
            Ok(())
        }
    }
}

/// One try for one message.
struct Attempt<'a> {
    platform: &'a Platform,
    job: &'a MediaSendJob,
    message: &'a MessageRecord,
    started: Instant,
}

/// What was found before a file is brought, and again before its message is handed over.
struct Ready {
    channel: openwati_store::channel::ChannelRecord,
    recipient: Recipient,
    conversation: Conversation,
}

impl Attempt<'_> {
    async fn run(&self) -> Result<Tried, Error> {
        let (platform, tenant) = (self.platform, &self.job.tenant);
        let Some(media) = &self.message.media else {
            return Err(Error::Internal(
                "a message that was taken on has no file".into(),
            ));
        };
        let ready = match self.judge().await? {
            Ok(ready) => ready,
            Err(tried) => return Ok(tried),
        };
        // What is left is for WhatsApp's answer and for keeping it.
        let deadline = self.started + platform.function_timeout() * 2 / 3;
        let brought = match self.bring(media, deadline).await {
            Ok(brought) => brought,
            Err(trouble) => return self.of_trouble(trouble),
        };
        let content: Outgoing = serde_json::from_str(&self.message.content)
            .map_err(|error| Error::Internal(Box::new(error)))?;
        let content = File::stored(&brought, content);
        let wanted = self.wanted(media, deadline);
        let file = match File::give(platform, wanted, &ready.channel, &content, brought).await {
            Ok(file) => file,
            Err(trouble) => return self.of_trouble(trouble),
        };
        crash_point!("media-send.uploaded");
        // What was true before the file came may not be any more.
        let ready = match self.judge().await? {
            Ok(ready) => ready,
            Err(tried) => return Ok(tried),
        };
        let now = platform.now();
        let pace = match platform
            .store()
            .take_slot(tenant, ready.channel.id, now)
            .await?
        {
            Slot::Taken(pace) => pace,
            Slot::Full => {
                let asked = Some(platform.pace().policy(NEXT_SECOND));
                let why = busy("the number sends as fast as it may");
                return Ok(Tried::Later { why, asked });
            }
            Slot::Missing => return Ok(Tried::Never(no_device(None))),
        };
        let held = Held {
            message: self.job.message,
            by: Id::new(now, platform.entropy()),
            lease_until: platform.lease_until(now),
        };
        let access_token = open(
            platform.key_ring()?,
            tenant,
            &ready.channel,
            SecretField::AccessToken,
        )?;
        let text = serde_json::to_string(&content).map_err(|e| Error::Internal(e.into()))?;
        if !platform.store().claim_accepted(tenant, held, &text).await? {
            return Ok(Tried::Settled);
        }
        crash_point!("media-send.claimed");
        let claimed = Claimed {
            id: self.job.message,
            channel: ready.channel,
            access_token,
            recipient: ready.recipient,
            conversation: ready.conversation,
            day: self.job.day,
            pace,
            lease_until: held.lease_until,
        };
        let until = self.started + platform.function_timeout() * 9 / 10;
        let wanted = self.wanted(media, until);
        let handed = hand_file_over(platform, wanted, &claimed, content, file).await?;
        crash_point!("media-send.handed_over");
        self.settle(&claimed, held, handed).await
    }

    /// Whether the message may be sent at all, as things stand.
    async fn judge(&self) -> Result<Result<Ready, Tried>, Error> {
        let (store, tenant) = (self.platform.store(), &self.job.tenant);
        let (found, peer) = tokio::join!(
            store.tenant_with_channels(tenant),
            store.peer(tenant, &self.message.peer),
        );
        let Some(found) = found? else {
            return Ok(Err(Tried::Settled));
        };
        if found.tenant.suspended_at.is_some() {
            let why = MessageError::of_platform("tenant_suspended", "the account is suspended");
            return Ok(Err(Tried::Later { why, asked: None }));
        }
        let channel = match channels::choose(found.channels, Some(self.message.channel)) {
            Ok(channel) => channel,
            Err(Error::NoDevice { reason }) => {
                let why = no_device(reason.as_deref());
                return Ok(Err(Tried::Later { why, asked: None }));
            }
            Err(_) => return Ok(Err(Tried::Never(no_device(None)))),
        };
        let recipient = Recipient::parse_peer(&self.message.peer)
            .ok_or_else(|| Error::Internal("a message's peer is none".into()))?;
        let conversation = Conversation::of(channel.id, peer?);
        let heeds = self.job.heeds;
        if heeds.check(&conversation.consents, Purpose::Other).is_err() {
            let why = MessageError::of_platform(OPTED_OUT, OPTED_OUT_WORDS);
            return Ok(Err(Tried::Never(why)));
        }
        match conversation.check(false, self.platform.now()) {
            Ok(()) => {}
            Err(Error::Busy {
                retry_after,
                what: Waiting::Customer,
            }) => {
                let why = busy("WhatsApp wants this customer left in peace for a while");
                let asked = Some(self.platform.pace().policy(retry_after));
                return Ok(Err(Tried::Later { why, asked }));
            }
            Err(_) => {
                let why = "the customer last wrote more than 24 hours ago: only a template may be sent now";
                return Ok(Err(Tried::Never(MessageError::of_platform(
                    "window_closed",
                    why,
                ))));
            }
        }
        Ok(Ok(Ready {
            channel,
            recipient,
            conversation,
        }))
    }

    fn wanted<'a>(&'a self, media: &MediaRecord, deadline: Instant) -> Wanted<'a> {
        Wanted {
            tenant: &self.job.tenant,
            source: &self.job.source,
            kind: media.kind,
            mime_type: self.job.mime_type.as_deref(),
            patience: PATIENCE,
            deadline,
        }
    }

    /// Brings the file, and keeps that the message has it.
    async fn bring(&self, media: &MediaRecord, deadline: Instant) -> Result<Brought, Trouble> {
        let (platform, tenant) = (self.platform, &self.job.tenant);
        if let (MediaState::Stored, Some(key)) = (media.state, &media.key)
            && let Some(kept) =
                files::kept(platform, tenant, name_of(key), &media.mime_type).await?
        {
            return Ok(kept);
        }
        let brought = files::bring(platform, self.wanted(media, deadline)).await?;
        crash_point!("media-send.brought");
        let stored = StoredMedia {
            key: &brought.key,
            mime_type: &brought.mime_type,
            size: brought.size,
        };
        let store = platform.store();
        store.media_stored(tenant, self.job.message, stored).await?;
        crash_point!("media-send.recorded");
        Ok(brought)
    }

    /// What trouble with the file means for the message.
    fn of_trouble(&self, trouble: Trouble) -> Result<Tried, Error> {
        let later = |code, reason: &str, asked| Tried::Later {
            why: MessageError::of_platform(code, reason),
            asked,
        };
        let too_long = "the file did not come in time";
        match trouble {
            Trouble::Refused(refused) if refused.stays => Ok(Tried::Never(
                MessageError::of_platform(refused.code, &refused.reason),
            )),
            Trouble::Refused(refused) => Ok(later(refused.code, &refused.reason, None)),
            Trouble::Later(Later::Provider { retry_after, .. }) => {
                let asked = retry_after.map(|wait| self.platform.pace().policy(wait));
                let reason = "WhatsApp did not take the file in time";
                Ok(later("whatsapp_unreachable", reason, asked))
            }
            Trouble::Later(Later::SomebodyElse | Later::TimeUp | Later::Gone) => {
                Ok(later("media_url_failed", too_long, None))
            }
            Trouble::WhatsApp(error) => Ok(Tried::Never(of_graph(&error))),
            Trouble::Ours(error) => Err(error),
        }
    }

    /// Keeps what became of the message; lays it down for another try where WhatsApp certainly has not got it.
    async fn settle(&self, claimed: &Claimed, held: Held, handed: Handed) -> Result<Tried, Error> {
        let (platform, tenant) = (self.platform, &self.job.tenant);
        let (why, asked) = match &handed {
            Handed::Over(Outcome::Refused(Refusal::Graph(error))) if error.class.is_retryable() => {
                let told = consequences(platform, tenant, claimed, error, platform.now()).await;
                if let Err(error) = told {
                    tracing::error!(%tenant, id = %claimed.id, %error, "what a refusal means was not kept");
                }
                (of_graph(error), error.retry_after)
            }
            Handed::Over(Outcome::Refused(
                refusal @ (Refusal::Unreachable { .. } | Refusal::MalformedToken),
            )) => {
                tracing::warn!(%tenant, id = %claimed.id, %refusal, "WhatsApp was not reached");
                (unreachable("WhatsApp could not be reached"), None)
            }
            Handed::TooLate => (unreachable("the sender was held up"), None),
            Handed::Over(_) => {
                let told = record(platform, tenant, claimed, handed).await;
                crash_point!("media-send.settled");
                return match told {
                    Ok(_) | Err(Error::OutcomeUnknown { .. }) => Ok(Tried::Settled),
                    Err(Error::WhatsAppRefused { .. }) => {
                        tell(platform, self.job).await?;
                        Ok(Tried::Settled)
                    }
                    Err(error) => Err(error),
                };
            }
        };
        platform.store().put_back_accepted(tenant, held).await?;
        crash_point!("media-send.put_back");
        let asked = asked.map(|wait| platform.pace().policy(wait));
        Ok(Tried::Later { why, asked })
    }
}

fn of_graph(error: &GraphError) -> MessageError {
    MessageError::of_whatsapp(error.code, &error.title, error.details.as_deref())
}

fn no_device(reason: Option<&str>) -> MessageError {
    let title = match reason {
        Some(reason) => format!("the device can not send: {reason}"),
        None => "the device is not here any more".to_owned(),
    };
    MessageError::of_platform("no_device", &title)
}

fn busy(title: &str) -> MessageError {
    MessageError::of_platform("busy", title)
}

fn unreachable(title: &str) -> MessageError {
    MessageError::of_platform("whatsapp_unreachable", title)
}

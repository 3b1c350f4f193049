//! Sending a file: brought into the bucket and up to WhatsApp first, and taken on to be sent later where that takes long.

use std::time::Duration;

use openwati_core::crash_point;
use openwati_core::id::Id;
use openwati_core::media::MediaKind;
use openwati_core::message::{
    Audio, Content, Document, MediaSource, Outgoing, Recipient, Sticker, Visual,
};
use openwati_core::state;
use openwati_core::tenant::TenantId;
use openwati_store::message::{MediaRecord, MediaState};
use percent_encoding::percent_decode_str;
use tokio::time::Instant;
use url::Url;

use super::file::{File, hand_file_over};
use super::outcome::{Handed, record};
use super::prepare::{Conversation, Prepared, Ready, is_template, prepare, release};
use super::{Accepted, Request, Sender, Sent, accept, claim, pause, read_recipient};
use crate::authenticate::Caller;
use crate::error::Error;
use crate::files::{self, Brought, Later, Source, Trouble, Wanted};
use crate::idempotency::Idempotency;
use crate::platform::Platform;

/// A file that somebody wants sent.
#[derive(Debug, Clone)]
pub struct MediaRequest {
    /// To whom, as the caller wrote it: a phone number in any spelling, or a BSUID.
    pub to: String,
    /// As what.
    pub kind: MediaKind,
    /// Where the file is.
    pub source: Source,
    /// Its type, where the caller says it.
    pub mime_type: Option<String>,
    /// The text below it; not of audio and stickers.
    pub caption: Option<String>,
    /// The name under which the customer sees a document.
    pub file_name: Option<String>,
    /// Whether audio is shown as a voice note.
    pub voice: bool,
    /// By which channel; the tenant's own choice where none is named.
    pub channel: Option<Id>,
    /// The caller's promise that the same key is the same request.
    pub idempotency: Option<Idempotency>,
}

/// What became of a file in the time that a caller waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MediaSent {
    /// WhatsApp took it.
    Sent(Sent),
    /// It is on its way, and sent once it is there.
    Accepted(Accepted),
}

impl MediaRequest {
    /// The message, with its file from here.
    pub fn message(&self, source: MediaSource) -> Outgoing {
        let caption = self.caption.clone();
        let content = match self.kind {
            MediaKind::Image => Content::Image {
                image: Visual { source, caption },
            },
            MediaKind::Video => Content::Video {
                video: Visual { source, caption },
            },
            MediaKind::Audio => Content::Audio {
                audio: Audio {
                    source,
                    voice: self.voice,
                },
            },
            MediaKind::Document => Content::Document {
                document: Document {
                    source,
                    caption,
                    filename: self.file_name.clone(),
                },
            },
            MediaKind::Sticker => Content::Sticker {
                sticker: Sticker { source },
            },
        };
        content.into()
    }

    /// What is kept of the file before it is there.
    fn pending(&self) -> MediaRecord {
        let mime_type = self.mime_type.as_deref().unwrap_or(UNKNOWN_TYPE);
        MediaRecord::pending(self.kind, "", mime_type, None, self.file_name.as_deref())
    }

    /// What is kept of the file that is there.
    fn stored(&self, brought: &Brought) -> MediaRecord {
        MediaRecord {
            state: MediaState::Stored,
            mime_type: brought.mime_type.clone(),
            key: Some(brought.key.clone()),
            size: Some(brought.size),
            ..self.pending()
        }
    }

    /// The same, where a document has no name, with the last part of its address.
    fn named(mut self) -> Self {
        if let (MediaKind::Document, None, Source::Url(url)) =
            (self.kind, &self.file_name, &self.source)
        {
            self.file_name = name_in(url);
        }
        self
    }
}

/// The longest name that is taken from an address, in characters.
const LONGEST_NAME: usize = 240;

/// The last part of an address, if it looks like the name of a file.
fn name_in(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    let last = url.path_segments()?.next_back()?;
    let name = percent_decode_str(last).decode_utf8().ok()?;
    let plain: String = name
        .chars()
        .filter(|c| !c.is_control() && *c != '/')
        .collect();
    let has_ending = plain
        .rsplit_once('.')
        .is_some_and(|(stem, ending)| !stem.is_empty() && !ending.is_empty());
    (has_ending && plain.chars().count() <= LONGEST_NAME).then_some(plain)
}

/// How long a caller waits while somebody else brings the same file: whoever sends one to many at once is to hear of each
/// that it was sent.
const PATIENCE: Duration = Duration::from_secs(10);

/// The type of a file that nobody has seen yet.
const UNKNOWN_TYPE: &str = "application/octet-stream";

/// Stands for the file in a message whose file nobody has seen yet.
fn not_seen() -> MediaSource {
    MediaSource::File("0".repeat(64))
}

/// Sends a file. What is not brought into the bucket and up to WhatsApp within two thirds of the function's time, and 20 s
/// at most, is taken on and sent later.
///
/// # Errors
/// As [`send`](super::send); and before anything is claimed, for a file that cannot be had or that WhatsApp does not take.
pub async fn send_media(
    platform: &Platform,
    caller: &Caller,
    wanted: MediaRequest,
) -> Result<MediaSent, Error> {
    let id = Id::new(platform.now(), platform.entropy());
    let sender = Sender::Caller(caller, read_recipient);
    let sent = send_as(platform, &sender, wanted, id).await?;
    sent.ok_or_else(|| Error::Internal("a new message's id was taken".into()))
}

/// Sends a file of the platform's own to a peer that is known, once, as [`send_once`](super::send_once) does.
///
/// # Errors
/// As [`send_media`].
pub(crate) async fn send_media_once(
    platform: &Platform,
    tenant: &TenantId,
    to: &Recipient,
    wanted: MediaRequest,
    id: Id,
) -> Result<Option<MediaSent>, Error> {
    if platform.store().message(tenant, id).await?.is_some() {
        // Its file is its own affair from now on.
        return Ok(None);
    }
    send_as(platform, &Sender::automatic(tenant, to), wanted, id).await
}

async fn send_as(
    platform: &Platform,
    sender: &Sender<'_>,
    wanted: MediaRequest,
    id: Id,
) -> Result<Option<MediaSent>, Error> {
    let started = Instant::now();
    let wanted = wanted.named();
    let deadline = started + state::provider_timeout(platform.function_timeout());
    let request = Request {
        to: wanted.to.clone(),
        message: wanted.message(not_seen()),
        channel: wanted.channel,
        idempotency: wanted.idempotency.clone(),
    };
    let ready = match prepare(platform, sender, &request, id, platform.now()).await? {
        Prepared::Ready(ready) => *ready,
        Prepared::Replay(sent) => return Ok(Some(MediaSent::Sent(sent))),
        Prepared::Open(accepted) => return Ok(Some(MediaSent::Accepted(accepted))),
    };
    let send = Send {
        platform,
        sender,
        wanted: &wanted,
        id,
        started,
    };
    let claimed = Box::pin(send.to_claim(request.clone(), ready, deadline)).await;
    match claimed {
        Ok(Step::Claimed(claimed)) => Box::pin(send.deliver(*claimed)).await.map(Some),
        Ok(Step::Accepted(accepted)) => Ok(Some(MediaSent::Accepted(accepted))),
        Ok(Step::Taken) => Ok(None),
        // It may be there: the key says so to whoever asks again.
        Err(unknown @ Error::OutcomeUnknown { .. }) => Err(unknown),
        Err(refusal) => {
            release(platform, sender, &request, id).await;
            Err(refusal)
        }
    }
}

/// One send of a file.
struct Send<'a> {
    platform: &'a Platform,
    sender: &'a Sender<'a>,
    wanted: &'a MediaRequest,
    id: Id,
    started: Instant,
}

/// A message that is claimed, and its file.
struct Claimed {
    claimed: claim::Claimed,
    message: Outgoing,
    /// The file as WhatsApp knows it, or that WhatsApp refused it.
    file: Result<File, Handed>,
}

/// How far a send came that was not refused.
enum Step {
    /// The message is claimed.
    Claimed(Box<Claimed>),
    /// It is taken on.
    Accepted(Accepted),
    /// There is a message with its id already, which has the file.
    Taken,
}

impl Send<'_> {
    fn wanted(&self, deadline: Instant) -> Wanted<'_> {
        Wanted {
            tenant: self.sender.tenant(),
            source: &self.wanted.source,
            kind: self.wanted.kind,
            mime_type: self.wanted.mime_type.as_deref(),
            patience: PATIENCE,
            deadline,
        }
    }

    /// Everything up to the claim. What is refused here leaves nothing behind but the key's claim.
    async fn to_claim(
        &self,
        mut request: Request,
        mut ready: Ready,
        deadline: Instant,
    ) -> Result<Step, Error> {
        let (platform, tenant) = (self.platform, self.sender.tenant());
        if ready.conversation.is_none() {
            ready.conversation = Some(self.conversation(&request, &ready).await?);
        }
        let wanted = self.wanted(deadline);
        let brought = match files::bring(platform, wanted).await {
            Ok(brought) => brought,
            Err(Trouble::Later(later)) => {
                let pending = self.wanted.pending();
                return self.accept(&request, ready, &pending, &later).await;
            }
            Err(trouble) => return Err(trouble.into()),
        };
        crash_point!("send-media.brought");
        let record = self.wanted.stored(&brought);
        request.message = File::stored(&brought, request.message);
        // First that the message has the file: who removes files no message has must not find it without.
        let key = brought.key.clone();
        platform.store().use_media(tenant, &key, self.id).await?;
        let message = &request.message;
        let file = match File::give(platform, wanted, &ready.channel, message, brought).await {
            Ok(file) => Ok(file),
            Err(Trouble::WhatsApp(error)) => Err(Handed::refused(error)),
            Err(Trouble::Later(later)) => {
                return match self.accept(&request, ready, &record, &later).await {
                    // It may be taken on, and has the file then.
                    Err(unknown @ Error::OutcomeUnknown { .. }) => Err(unknown),
                    Err(refusal) => self.refuse(&key, refusal).await,
                    accepted => accepted,
                };
            }
            Err(trouble) => return self.refuse(&key, trouble.into()).await,
        };
        crash_point!("send-media.uploaded");
        let now = platform.now();
        let claimed = claim::claim(
            platform,
            self.sender,
            &request,
            ready,
            Some(&record),
            self.id,
            now,
        );
        match claimed.await {
            Ok(Some(claimed)) => {
                crash_point!("send.message_claimed");
                Ok(Step::Claimed(Box::new(Claimed {
                    claimed,
                    message: request.message,
                    file,
                })))
            }
            Ok(None) => Ok(Step::Taken),
            Err(refusal) => self.refuse(&key, refusal).await,
        }
    }

    /// The conversation with a peer whose number depended on the tenant.
    async fn conversation(&self, request: &Request, ready: &Ready) -> Result<Conversation, Error> {
        let store = self.platform.store();
        let peer = ready.recipient.as_str();
        let peer = store.peer(self.sender.tenant(), peer).await?;
        self.sender.reach(&peer.conversations)?;
        let conversation = Conversation::of(ready.channel.id, peer);
        self.sender
            .heeds()
            .check(&conversation.consents, ready.purpose)?;
        conversation.check(is_template(request), self.platform.now())?;
        Ok(conversation)
    }

    async fn accept(
        &self,
        request: &Request,
        ready: Ready,
        media: &MediaRecord,
        later: &Later,
    ) -> Result<Step, Error> {
        let (platform, tenant) = (self.platform, self.sender.tenant());
        tracing::info!(%tenant, id = %self.id, ?later, "a file takes its time: its message is taken on");
        let pending = accept::Pending {
            id: self.id,
            wanted: self.wanted,
            message: &request.message,
            media,
        };
        let accepted = accept::accept(platform, self.sender, &ready, &pending).await?;
        Ok(Step::Accepted(accepted))
    }

    /// The message will not have the file.
    async fn refuse(&self, key: &str, refusal: Error) -> Result<Step, Error> {
        let (store, tenant) = (self.platform.store(), self.sender.tenant());
        if let Err(error) = store.unuse_media(tenant, key, self.id).await {
            tracing::warn!(%tenant, id = %self.id, %error, "a file stays kept for a message that was refused");
        }
        Err(refusal)
    }

    async fn deliver(&self, claimed: Claimed) -> Result<MediaSent, Error> {
        let Claimed {
            claimed,
            message,
            file,
        } = claimed;
        let (platform, tenant) = (self.platform, self.sender.tenant());
        let handing = async {
            match file {
                Ok(file) => {
                    // What is left is for keeping what WhatsApp said.
                    let until = self.started + platform.function_timeout() * 9 / 10;
                    let wanted = self.wanted(until);
                    hand_file_over(platform, wanted, &claimed, message, file).await
                }
                Err(refused) => Ok(refused),
            }
        };
        let (handed, ()) = tokio::join!(handing, pause(platform, self.sender, &claimed));
        let handed = handed?;
        crash_point!("send.provider_answered");
        let sent = record(platform, tenant, &claimed, handed).await;
        crash_point!("send.outcome_recorded");
        sent.map(MediaSent::Sent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_part_of_an_address_is_a_name_if_it_looks_like_one() {
        for (url, expected) in [
            (
                "https://example.com/files/a%20list.pdf?x=y.z",
                Some("a list.pdf"),
            ),
            ("https://example.com/%D9%81.pdf#top", Some("ف.pdf")),
            (
                "https://example.com/..%2F..%2Fetc.conf",
                Some("....etc.conf"),
            ),
            ("https://example.com/download", None),
            ("https://example.com/.hidden", None),
            ("https://example.com/end.", None),
            ("https://example.com/", None),
            ("nonsense", None),
        ] {
            assert_eq!(name_in(url).as_deref(), expected, "{url}");
        }
        let long = format!("https://example.com/{}.pdf", "x".repeat(240));
        assert_eq!(name_in(&long), None);
    }
}

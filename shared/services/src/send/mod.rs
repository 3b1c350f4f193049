//! Sending one message: claimed first, handed to WhatsApp once, and never again by itself.
//!
//! | round trip | what |
//! | --- | --- |
//! | 1 | the key, before this module: authenticated and counted |
//! | 2 | tenant with channels, conversations of the peer, the idempotency key |
//! | 3 | a place of the day, a slot of the channel, the message as `sending` |
//! | | WhatsApp |
//! | 4 | the outcome, and the message's look-up by its wamid |

mod accept;
mod again;
mod claim;
mod file;
mod media;
mod outcome;
mod prepare;
mod sender;
mod template;

use openwati_core::crash_point;
use openwati_core::id::Id;
use openwati_core::message::{Bsuid, Outgoing, Recipient};
use openwati_core::phone::PhoneNumber;
use openwati_core::tenant::TenantId;

use crate::authenticate::Caller;
use crate::automate;
use crate::error::Error;
use crate::idempotency::Idempotency;
use crate::platform::Platform;

pub(crate) use self::claim::Claimed;
pub(crate) use self::file::{File, hand_file_over};
pub(crate) use self::media::send_media_once;
pub use self::media::{MediaRequest, MediaSent, send_media};
pub(crate) use self::outcome::{Handed, consequences, record};
pub(crate) use self::prepare::{Conversation, Purpose};
pub use self::sender::Heeds;
use self::sender::Sender;
pub(crate) use self::sender::{OPTED_OUT, OPTED_OUT_WORDS};
pub(crate) use self::template::send_template_once;
pub use self::template::{TemplateRequest, send_template};

/// A message that somebody wants sent.
#[derive(Debug, Clone)]
pub struct Request {
    /// To whom, as the caller wrote it: a phone number in any spelling, or a BSUID.
    pub to: String,
    /// What.
    pub message: Outgoing,
    /// By which channel; the tenant's own choice where none is named.
    pub channel: Option<Id>,
    /// The caller's promise that the same key is the same request.
    pub idempotency: Option<Idempotency>,
}

/// A message that WhatsApp took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// Our id of it.
    pub id: Id,
    /// WhatsApp's id of it.
    pub wamid: String,
    /// Whom it went to, as it is stored.
    pub to: String,
    /// Whether an earlier answer is given again.
    pub replayed: bool,
}

/// A message that was taken on and is sent later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// Our id of it.
    pub id: Id,
    /// Whom it goes to, as it is stored.
    pub to: String,
    /// Whether an earlier answer is given again.
    pub replayed: bool,
}

/// Sends a message.
///
/// # Errors
/// Before anything is claimed: a bad number, a channel that is unknown or not connected, a plan without the API or at its
/// cap, a closed 24-hour window, no slot. Afterwards: WhatsApp's refusal, that it was not reached, or that the outcome is
/// unknown. With an idempotency key also what became of its first try.
pub async fn send(platform: &Platform, caller: &Caller, request: Request) -> Result<Sent, Error> {
    send_new(platform, &Sender::Caller(caller, read_recipient), &request).await
}

/// Sends a message for a caller to a peer that is known: `to` is the peer as it is stored.
///
/// # Errors
/// As [`send`].
pub(crate) async fn send_to_peer(
    platform: &Platform,
    caller: &Caller,
    request: Request,
) -> Result<Sent, Error> {
    send_new(platform, &Sender::Caller(caller, read_peer), &request).await
}

async fn send_new(
    platform: &Platform,
    sender: &Sender<'_>,
    request: &Request,
) -> Result<Sent, Error> {
    let now = platform.now();
    crash_point!("send.authenticated");
    let id = Id::new(now, platform.entropy());
    let sent = send_as(platform, sender, request, id).await?;
    sent.ok_or_else(|| Error::Internal("a new message's id was taken".into()))
}

/// Sends a message of the platform's own, whose id follows from its cause, to a peer that is known. Nothing is sent, and
/// none answered, where there is a message with this id already: whatever became of it, it is not sent again.
///
/// # Errors
/// As [`send`].
pub(crate) async fn send_once(
    platform: &Platform,
    tenant: &TenantId,
    to: &Recipient,
    request: Request,
    id: Id,
) -> Result<Option<Sent>, Error> {
    send_as(platform, &Sender::automatic(tenant, to), &request, id).await
}

/// Sends a message as [`send_once`] does, also to somebody who opted out: it confirms just that.
///
/// # Errors
/// As [`send`].
pub(crate) async fn confirm_once(
    platform: &Platform,
    tenant: &TenantId,
    to: &Recipient,
    request: Request,
    id: Id,
) -> Result<Option<Sent>, Error> {
    let heeds = Heeds::Nothing;
    let sender = Sender::Platform { tenant, to, heeds };
    send_as(platform, &sender, &request, id).await
}

async fn send_as(
    platform: &Platform,
    sender: &Sender<'_>,
    request: &Request,
    id: Id,
) -> Result<Option<Sent>, Error> {
    let now = platform.now();
    let prepared = match prepare::prepare(platform, sender, request, id, now).await? {
        prepare::Prepared::Ready(ready) => ready,
        prepare::Prepared::Replay(sent) => return Ok(Some(sent)),
        // Only messages with files are taken on to be sent later.
        prepare::Prepared::Open(_) => return Err(Error::InProgress),
    };
    crash_point!("send.key_claimed");
    let claimed = claim::claim(platform, sender, request, *prepared, None, id, now).await;
    let claimed = match claimed {
        Ok(Some(claimed)) => claimed,
        Ok(None) => return Ok(None),
        Err(refusal) => {
            prepare::release(platform, sender, request, id).await;
            return Err(refusal);
        }
    };
    crash_point!("send.message_claimed");
    let delivery = outcome::deliver(platform, sender.tenant(), &request.message, &claimed);
    let (sent, ()) = tokio::join!(delivery, pause(platform, sender, &claimed));
    sent.map(Some)
}

/// Where a person of the team writes, automations leave the conversation to them. It is not worth failing a send for.
async fn pause(platform: &Platform, sender: &Sender<'_>, claimed: &Claimed) {
    if !sender.is_person() {
        return;
    }
    let (tenant, channel) = (sender.tenant(), claimed.channel.id);
    let paused = automate::human_replied(platform, tenant, &claimed.recipient, channel);
    if let Err(error) = Box::pin(paused).await {
        tracing::warn!(%tenant, id = %claimed.id, %error, "automations are not paused for a person");
    }
}

fn read_recipient(request: &Request, default_country: Option<&str>) -> Result<Recipient, Error> {
    parse_recipient("to", &request.to, default_country)
}

fn read_peer(request: &Request, _: Option<&str>) -> Result<Recipient, Error> {
    Recipient::parse_peer(&request.to)
        .ok_or_else(|| Error::Internal("a stored peer is none".into()))
}

/// Reads a peer as a caller wrote it: a phone number in any spelling, or a BSUID. `field` names it in the error.
///
/// # Errors
/// [`Error::Invalid`] for what can be neither.
pub(crate) fn parse_recipient(
    field: &str,
    text: &str,
    default_country: Option<&str>,
) -> Result<Recipient, Error> {
    if let Some(id) = Bsuid::parse(text.trim()) {
        return Ok(Recipient::UserId(id));
    }
    PhoneNumber::parse(text, default_country)
        .map(Recipient::Phone)
        .map_err(|why| Error::invalid("invalid_phone_number", format!("{field}: {why}")))
}

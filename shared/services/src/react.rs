//! An emoji of the business on a message.

use openwati_core::id::Id;
use openwati_core::incoming::Amendment;
use openwati_core::message::{Content, Outgoing, Reaction, Recipient};
use openwati_store::channel::ChannelRecord;
use openwati_store::message::{Direction, MessageRecord};

use crate::admit::admit;
use crate::authenticate::Caller;
use crate::error::Error;
use crate::idempotency::Idempotency;
use crate::messages;
use crate::platform::Platform;
use crate::send::{self, Request, Sent};

/// An emoji that somebody wants on a message, or taken off it.
#[derive(Debug, Clone)]
pub struct React {
    /// The message: by our id or by WhatsApp's.
    pub message: String,
    /// The emoji; empty takes the reaction back.
    pub emoji: String,
    /// Whom the message is with, as the caller wrote it, where they did.
    pub to: Option<String>,
    /// The channel that the caller named: the message's own.
    pub channel: Option<Id>,
    /// The caller's promise that the same key is the same request.
    pub idempotency: Option<Idempotency>,
}

/// Sends a reaction to the customer whom the message is with, by the channel that it went over.
///
/// # Errors
/// [`Error::NotFound`] for a message or a channel that the tenant has not, [`Error::Invalid`] where it is with somebody
/// else or went over another channel, [`Error::Conflict`] where WhatsApp never took it, and those of [`send::send`].
pub async fn react(platform: &Platform, caller: &Caller, react: React) -> Result<Sent, Error> {
    let store = platform.store();
    let (tenant, message) = tokio::join!(
        store.tenant_with_channels(&caller.tenant),
        messages::record(platform, &caller.tenant, &react.message),
    );
    let found = tenant?.ok_or(Error::Unauthorized)?;
    admit(caller, &found.tenant)?;
    let message = message?.ok_or(Error::NotFound { what: "message" })?;
    messages::reach_message(platform, caller, &message).await?;
    if let Some(to) = &react.to {
        let country = found.tenant.default_country.as_deref();
        check_customer(platform, caller, &message, to, country).await?;
    }
    check_channel(&found.channels, &message, react.channel)?;
    let Some(target) = message.wamid else {
        return Err(Error::Conflict {
            message: "WhatsApp has not taken this message: nobody can react to it".to_owned(),
            code: "message_not_sent",
        });
    };
    let reaction = Reaction {
        message_id: target.clone(),
        emoji: react.emoji,
    };
    let emoji = Some(reaction.emoji.clone()).filter(|emoji| !emoji.is_empty());
    let request = Request {
        to: message.peer,
        message: Outgoing::from(Content::Reaction { reaction }),
        channel: Some(message.channel),
        idempotency: react.idempotency,
    };
    let sent = send::send_to_peer(platform, caller, request).await?;
    // Also where an earlier answer is given again: whoever gave that one may have died before this.
    let amendment = Amendment::Reaction(emoji);
    let amended = store.amend_message(&caller.tenant, &target, Direction::Out, &amendment, sent.id);
    if let Err(error) = amended.await {
        // It was sent: that it is not shown beside the message is the smaller harm.
        tracing::error!(tenant = %caller.tenant, id = %sent.id, %error, "a reaction is not kept beside its message");
    }
    Ok(sent)
}

/// Whether `to` is the customer whom the message is with, by whatever they are known by.
async fn check_customer(
    platform: &Platform,
    caller: &Caller,
    message: &MessageRecord,
    to: &str,
    country: Option<&str>,
) -> Result<(), Error> {
    let to = send::parse_recipient("to", to, country)?;
    let peer = Recipient::parse_peer(&message.peer);
    let known_by = messages::peers(platform, &caller.tenant, to).await?;
    if peer.is_some_and(|peer| known_by.contains(&peer)) {
        return Ok(());
    }
    let message = "to: the message is with another customer";
    Err(Error::invalid("invalid_message", message))
}

/// Whether the message's channel is there, and the one that was named.
fn check_channel(
    channels: &[ChannelRecord],
    message: &MessageRecord,
    named: Option<Id>,
) -> Result<(), Error> {
    let is_there = |id: Id| channels.iter().any(|channel| channel.id == id);
    match named {
        Some(named) if !is_there(named) => Err(Error::NotFound { what: "device" }),
        Some(named) if named != message.channel => Err(Error::invalid(
            "invalid_message",
            "deviceId: the message went over another device",
        )),
        _ if !is_there(message.channel) => Err(Error::NoDevice {
            reason: Some("the one that the message went over was removed".to_owned()),
        }),
        _ => Ok(()),
    }
}

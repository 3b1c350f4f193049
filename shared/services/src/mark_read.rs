//! Telling a customer that their message was read.

use openwati_channels::cloud_api::{CallError, Credentials, GraphError, Refusal};
use openwati_core::id::Id;
use openwati_core::message::ReadReceipt;
use openwati_store::channel::ChannelRecord;
use openwati_store::message::{Direction, MessageError, MessageRecord};

use crate::admit::admit;
use crate::authenticate::Caller;
use crate::channels::{self, SecretField, open};
use crate::error::{Error, Waiting};
use crate::messages;
use crate::platform::Platform;

/// How long a caller waits where WhatsApp throttles without saying for how long.
const THROTTLED: std::time::Duration = std::time::Duration::from_secs(5);

/// What the customer is told beside that their message was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tell {
    /// Nothing.
    Read,
    /// That somebody is typing: for 25 seconds, or until the next message.
    Typing,
}

/// Marks a customer's message as read, by the channel that it came over; the ones before it are read with it. It may be
/// repeated without harm.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Invalid`] for a message that was sent and not received, [`Error::NoDevice`] where its
/// channel is not connected, [`Error::WhatsAppRefused`] and [`Error::Busy`] by WhatsApp's word, and
/// [`Error::MetaUnreachable`] where WhatsApp did not say that it did.
pub async fn mark_read(
    platform: &Platform,
    caller: &Caller,
    message: &str,
    tell: Tell,
) -> Result<(), Error> {
    let store = platform.store();
    let (tenant, message) = tokio::join!(
        store.tenant_with_channels(&caller.tenant),
        messages::record(platform, &caller.tenant, message),
    );
    let found = tenant?.ok_or(Error::Unauthorized)?;
    admit(caller, &found.tenant)?;
    let message = message?.ok_or(Error::NotFound { what: "message" })?;
    messages::reach_message(platform, caller, &message).await?;
    let receipt = receipt(&message, tell)?;
    let channels = found.channels;
    if !channels.iter().any(|channel| channel.id == message.channel) {
        let reason = Some("the one that the message came over was removed".to_owned());
        return Err(Error::NoDevice { reason });
    }
    let channel = channels::choose(channels, Some(message.channel))?;
    let ring = platform.key_ring()?;
    let access_token = open(ring, &caller.tenant, &channel, SecretField::AccessToken)?;
    let credentials = Credentials {
        phone_number_id: &channel.phone_number_id,
        access_token: access_token.expose(),
    };
    let told = platform.cloud_api()?.mark_read(&credentials, &receipt);
    match told.await {
        Ok(()) => Ok(()),
        Err(CallError::Refused(Refusal::Graph(error))) => {
            Err(refused(platform, caller, &channel, message.id, *error).await?)
        }
        Err(error) => {
            tracing::warn!(tenant = %caller.tenant, id = %message.id, %error, "a message may not have been marked as read");
            Err(Error::MetaUnreachable)
        }
    }
}

fn receipt(message: &MessageRecord, tell: Tell) -> Result<ReadReceipt, Error> {
    match (message.direction, &message.wamid) {
        (Direction::In, Some(wamid)) => Ok(ReadReceipt {
            message_id: wamid.clone(),
            typing: tell == Tell::Typing,
        }),
        _ => Err(Error::invalid(
            "invalid_message",
            "messageId: names a message to the customer, and only one of theirs can be marked as read",
        )),
    }
}

/// WhatsApp said no: what the caller is told. A channel whose every call is refused is disconnected.
async fn refused(
    platform: &Platform,
    caller: &Caller,
    channel: &ChannelRecord,
    message: Id,
    graph: GraphError,
) -> Result<Error, Error> {
    let class = graph.class;
    tracing::info!(
        tenant = %caller.tenant, id = %message, code = graph.code, meaning = class.meaning,
        fbtrace_id = graph.fbtrace_id.as_deref(), "WhatsApp refused to mark a message as read"
    );
    if class.disconnects_channel {
        let reason = format!("(#{}) {}", graph.code, graph.title);
        let now = platform.now();
        let store = platform.store();
        store
            .disconnect_channel(&caller.tenant, channel.id, &reason, now)
            .await?;
    }
    if class.is_throttle() {
        return Ok(Error::Busy {
            retry_after: graph.retry_after.unwrap_or(THROTTLED),
            what: Waiting::WhatsApp(message),
        });
    }
    if class.is_retryable() {
        return Ok(Error::MetaUnreachable);
    }
    Ok(Error::WhatsAppRefused {
        message,
        error: MessageError::of_whatsapp(graph.code, &graph.title, graph.details.as_deref()),
        plain: Some(class.plain),
        replayed: false,
    })
}

//! The third round trip: a place of the day, a slot of the channel, and the message, all at once.

use openwati_core::crash_point;
use openwati_core::id::Id;
use openwati_core::message::Recipient;
use openwati_core::pacing::Pace;
use openwati_core::rate::DayWindow;
use openwati_core::secret::Secret;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use openwati_store::channel::ChannelRecord;
use openwati_store::message::{MediaRecord, NewMessage};
use openwati_store::slots::Slot;

use super::prepare::{Conversation, Ready, is_template};
use super::{Request, Sender};
use crate::channels::{SecretField, open};
use crate::error::{Error, Waiting};
use crate::platform::Platform;

/// A message that nobody else sends, with everything reserved that it takes.
pub(crate) struct Claimed {
    pub(crate) id: Id,
    pub(crate) channel: ChannelRecord,
    pub(crate) access_token: Secret<String>,
    pub(crate) recipient: Recipient,
    pub(crate) conversation: Conversation,
    pub(crate) day: DayWindow,
    pub(crate) pace: Pace,
    pub(crate) lease_until: Moment,
}

/// How long a caller waits for a slot of the next second.
const NEXT_SECOND: std::time::Duration = std::time::Duration::from_secs(1);

/// Reserves and claims; nothing where there is a message with this id already. What was reserved is given back if any
/// of it is refused.
pub(super) async fn claim(
    platform: &Platform,
    sender: &Sender<'_>,
    request: &Request,
    ready: Ready,
    file: Option<&MediaRecord>,
    id: Id,
    now: Moment,
) -> Result<Option<Claimed>, Error> {
    let Ready {
        tenant,
        channel,
        recipient,
        conversation,
        purpose,
    } = ready;
    let store = platform.store();
    let lease_until = platform.lease_until(now);
    let access_token = open(
        platform.key_ring()?,
        sender.tenant(),
        &channel,
        SecretField::AccessToken,
    )?;
    let content = serde_json::to_string(&request.message).map_err(|e| Error::Internal(e.into()))?;
    let cap = tenant.plan.outbound_per_day;
    let day = tenant.day(now);
    let message = NewMessage {
        id,
        channel: channel.id,
        peer: recipient.as_str(),
        content: &content,
        media: file,
    };
    let known = async {
        match conversation {
            Some(known) => Ok(known),
            None => {
                let peer = store.peer(sender.tenant(), recipient.as_str()).await?;
                sender.reach(&peer.conversations)?;
                Ok::<_, Error>(Conversation::of(channel.id, peer))
            }
        }
    };
    let (place, slot, put, conversation) = tokio::join!(
        store.reserve_outbound(sender.tenant(), day, cap),
        // A slot is of the second in which it is taken: the reads before may have lasted for several.
        store.take_slot(sender.tenant(), channel.id, platform.now()),
        store.claim_message(sender.tenant(), message, lease_until),
        known,
    );
    // A put that was not answered may have been made.
    let reserved = Reserved {
        place: matches!(place, Ok(true)),
        message: !matches!(put, Ok(false)),
    };
    let granted = (|| {
        if matches!(put, Ok(false)) {
            return Ok(None);
        }
        let conversation = conversation?;
        sender.heeds().check(&conversation.consents, purpose)?;
        conversation.check(is_template(request), now)?;
        if !place? {
            return Err(Error::CapReached {
                cap: "outbound messages per day",
                limit: cap.unwrap_or(0),
                resets_at: day.ends(),
            });
        }
        let pace = match slot? {
            Slot::Taken(pace) => pace,
            Slot::Full => {
                return Err(Error::Busy {
                    retry_after: NEXT_SECOND,
                    what: Waiting::Number,
                });
            }
            Slot::Missing => return Err(Error::NotFound { what: "device" }),
        };
        put?;
        Ok(Some((conversation, pace)))
    })();
    match granted {
        Ok(Some((conversation, pace))) => Ok(Some(Claimed {
            id,
            channel,
            access_token,
            recipient,
            conversation,
            day,
            pace,
            lease_until,
        })),
        Ok(None) => {
            give_back(platform, sender.tenant(), id, day, &reserved).await;
            Ok(None)
        }
        Err(refusal) => {
            give_back(platform, sender.tenant(), id, day, &reserved).await;
            Err(refusal)
        }
    }
}

/// What a refused try holds.
struct Reserved {
    place: bool,
    message: bool,
}

async fn give_back(
    platform: &Platform,
    tenant: &TenantId,
    id: Id,
    day: DayWindow,
    reserved: &Reserved,
) {
    let store = platform.store();
    let place = async {
        if reserved.place {
            let returned = store.return_outbound(tenant, day).await;
            crash_point!("send.place_returned");
            returned
        } else {
            Ok(())
        }
    };
    let message = async {
        if reserved.message {
            let withdrawn = store.withdraw_message(tenant, id).await;
            crash_point!("send.message_withdrawn");
            withdrawn
        } else {
            Ok(())
        }
    };
    let (place, message) = tokio::join!(place, message);
    crash_point!("send.given_back");
    for error in [place.err(), message.err()].into_iter().flatten() {
        tracing::warn!(%tenant, id = %id, %error, "a refused send could not be undone");
    }
}

//! The second round trip: everything that decides whether a message may be sent at all.

use openwati_core::consent::Consents;
use openwati_core::crash_point;
use openwati_core::id::Id;
use openwati_core::message::Recipient;
use openwati_core::service_window;
use openwati_core::time::Moment;
use openwati_store::StoreError;
use openwati_store::channel::ChannelRecord;
use openwati_store::consent::PeerRecord;
use openwati_store::conversation::ConversationRecord;
use openwati_store::tenant::TenantRecord;

use super::{Accepted, Request, Sender, Sent, again};
use crate::channels;
use crate::error::{Error, Waiting};
use crate::platform::Platform;

/// What a try found.
pub(super) enum Prepared {
    /// It may go on.
    Ready(Box<Ready>),
    /// The key's first try succeeded; its answer again.
    Replay(Sent),
    /// The key's first try took the message on, and it is still to be sent.
    Open(Accepted),
}

/// What the next round trip needs.
pub(super) struct Ready {
    pub(super) tenant: TenantRecord,
    pub(super) channel: ChannelRecord,
    pub(super) recipient: Recipient,
    /// What is known of the conversation; `None` where it was not looked up yet.
    pub(super) conversation: Option<Conversation>,
    /// What the message is to the peer, as far as is known.
    pub(super) purpose: Purpose,
}

/// What a message is to who gets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A template of the category for marketing.
    Marketing,
    /// Anything else.
    Other,
}

/// What is known of the talk with the peer over the channel that sends.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Conversation {
    pub(crate) last_inbound_at: Option<Moment>,
    pub(crate) rest_until: Option<Moment>,
    pub(crate) rests: u32,
    /// What the peer wants of the business at all, over whichever channel.
    pub(crate) consents: Consents,
}

impl Conversation {
    pub(crate) fn of(channel: Id, peer: PeerRecord) -> Self {
        let PeerRecord {
            conversations,
            consents,
        } = peer;
        let own = conversations
            .into_iter()
            .find(|conversation| conversation.channel == channel);
        let own = own.unwrap_or_else(|| ConversationRecord::new(channel));
        Self {
            last_inbound_at: own.summary.last_inbound_at,
            rest_until: own.rest_until,
            rests: own.rests,
            consents,
        }
    }

    /// Whether a message may go out in this conversation now.
    pub(crate) fn check(&self, is_template: bool, now: Moment) -> Result<(), Error> {
        if !is_template && service_window::is_closed(self.last_inbound_at, now) {
            return Err(Error::WindowClosed);
        }
        match self.rest_until {
            Some(until) if until > now => {
                let retry_after = now.until(until);
                Err(Error::Busy {
                    retry_after,
                    what: Waiting::Customer,
                })
            }
            _ => Ok(()),
        }
    }
}

/// Checks the request and claims its key, reading all it takes at once.
pub(super) async fn prepare(
    platform: &Platform,
    sender: &Sender<'_>,
    request: &Request,
    id: Id,
    now: Moment,
) -> Result<Prepared, Error> {
    request
        .message
        .validate()
        .map_err(|invalid| Error::invalid("invalid_message", invalid.to_string()))?;
    // Without a country code the number depends on the tenant; the usual spelling does not, and what is known of it can be
    // read in the same round trip.
    let guess = sender.recipient(request, None).ok();
    let peer = async {
        match &guess {
            Some(peer) => {
                let found = platform.store().peer(sender.tenant(), peer.as_str()).await;
                found.map(Some)
            }
            None => Ok(None),
        }
    };
    let (tenant, peer, key) = tokio::join!(
        platform.store().tenant_with_channels(sender.tenant()),
        peer,
        again::claim_key(platform, sender, request, id, now),
    );
    let mine = match key {
        Ok(again::Key::None) => false,
        Ok(again::Key::Mine) => true,
        Ok(again::Key::Replay(sent)) => return Ok(Prepared::Replay(sent)),
        Ok(again::Key::Open(accepted)) => return Ok(Prepared::Open(accepted)),
        Err(error) => {
            if matches!(error, Error::Unavailable(_)) {
                // A claim that was not answered may have been made: whoever asks again is not to wait for its lease.
                release(platform, sender, request, id).await;
            }
            return Err(error);
        }
    };
    let judged = judge(sender, request, guess, (tenant, peer), now);
    if judged.is_err() && mine {
        release(platform, sender, request, id).await;
    }
    judged.map(|ready| Prepared::Ready(Box::new(ready)))
}

type Read = (
    Result<Option<openwati_store::tenant::TenantWithChannels>, StoreError>,
    Result<Option<PeerRecord>, StoreError>,
);

fn judge(
    sender: &Sender<'_>,
    request: &Request,
    guess: Option<Recipient>,
    (tenant, peer): Read,
    now: Moment,
) -> Result<Ready, Error> {
    // A key whose tenant is gone.
    let found = tenant?.ok_or(Error::Unauthorized)?;
    sender.pass(&found.tenant)?;
    let recipient = sender.recipient(request, found.tenant.default_country.as_deref())?;
    let channel = channels::choose(found.channels, request.channel)?;
    let conversation = if guess.as_ref() == Some(&recipient) {
        let peer = peer?.unwrap_or_default();
        sender.reach(&peer.conversations)?;
        Some(Conversation::of(channel.id, peer))
    } else {
        None
    };
    if let Some(conversation) = &conversation {
        sender
            .heeds()
            .check(&conversation.consents, Purpose::Other)?;
        conversation.check(is_template(request), now)?;
    }
    Ok(Ready {
        tenant: found.tenant,
        channel,
        recipient,
        conversation,
        purpose: Purpose::Other,
    })
}

/// Frees the key of a try that came to nothing. If that fails, its lease frees it.
pub(super) async fn release(platform: &Platform, sender: &Sender<'_>, request: &Request, id: Id) {
    let Some(idempotency) = &request.idempotency else {
        return;
    };
    let released = platform
        .store()
        .release_idempotency_key(sender.tenant(), &idempotency.key, id)
        .await;
    crash_point!("send.key_released");
    if let Err(error) = released {
        tracing::warn!(tenant = %sender.tenant(), %error, "an idempotency key stays claimed until its lease ends");
    }
}

pub(super) fn is_template(request: &Request) -> bool {
    request.message.kind() == openwati_core::message::Kind::Template
}

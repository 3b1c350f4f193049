//! The idempotency key of a send: claimed, or what became of its first try.

use openwati_core::crash_point;
use openwati_core::id::Id;
use openwati_core::idempotency::{Again, FirstMessage, FirstTry, again};
use openwati_core::state::MessageState;
use openwati_core::time::Moment;
use openwati_store::idempotency::IdempotencyRecord;
use openwati_store::message::{MessageError, MessageRecord};

use super::{Accepted, Request, Sender, Sent};
use crate::error::Error;
use crate::idempotency::Idempotency;
use crate::platform::Platform;

/// What became of the key.
pub(super) enum Key {
    /// The request has none.
    None,
    /// It is claimed for this try.
    Mine,
    /// The first try succeeded; its answer again.
    Replay(Sent),
    /// The first try took the message on, and it is still to be sent.
    Open(Accepted),
}

/// How often a key is claimed while others take it over at the same time.
const TRIES: usize = 3;

/// Claims the request's key for the message `id`.
pub(super) async fn claim_key(
    platform: &Platform,
    sender: &Sender<'_>,
    request: &Request,
    id: Id,
    now: Moment,
) -> Result<Key, Error> {
    let Some(Idempotency { key, request_hash }) = &request.idempotency else {
        return Ok(Key::None);
    };
    let lease_until = platform.lease_until(now);
    let mine = IdempotencyRecord::new(request_hash.clone(), id, now, lease_until);
    let mut replaces = None;
    for _ in 0..TRIES {
        let in_the_way = platform
            .store()
            .claim_idempotency_key(sender.tenant(), key, &mine, replaces, now)
            .await?;
        let Some(first) = in_the_way else {
            if replaces.is_some() {
                crash_point!("send.key_taken_over");
            }
            return Ok(Key::Mine);
        };
        if first.made == id {
            // Our own claim: it was made, its answer was lost, and the store's client asked again.
            return Ok(Key::Mine);
        }
        let message = platform
            .store()
            .message(sender.tenant(), first.made)
            .await?;
        let first_try = FirstTry {
            request_hash: &first.request_hash,
            lease_until: first.lease_until,
            message: message.as_ref().map(|message| FirstMessage {
                stages: message.stages(),
                answer: message.answer(),
            }),
        };
        match (again(&first_try, request_hash, now), message) {
            (Again::Reused, _) => return Err(Error::KeyReused),
            (Again::Send, _) => replaces = Some(first.made),
            (Again::ReplayAccepted, Some(message)) => {
                return replay_accepted(message).map(Key::Replay);
            }
            (Again::ReplayRefused, Some(message)) => return Err(replay_refused(message)),
            (Again::ReplayOpen, Some(message)) => {
                return Ok(Key::Open(Accepted {
                    id: message.id,
                    to: message.peer,
                    replayed: true,
                }));
            }
            (Again::OutcomeUnknown, Some(message)) => {
                return Err(unknown(platform, sender, &message, now).await?);
            }
            (Again::InProgress, _) | (_, None) => return Err(Error::InProgress),
        }
    }
    // Others took it over each time: one of them is at work.
    Err(Error::InProgress)
}

fn replay_accepted(message: MessageRecord) -> Result<Sent, Error> {
    let missing = || Error::Internal("a message that WhatsApp took has no wamid".into());
    Ok(Sent {
        id: message.id,
        wamid: message.wamid.ok_or_else(missing)?,
        to: message.peer,
        replayed: true,
    })
}

fn replay_refused(message: MessageRecord) -> Error {
    let error = message.error.unwrap_or_else(|| MessageError {
        code: None,
        name: None,
        title: "the message failed".to_owned(),
        details: None,
    });
    if error.name.is_some() {
        return Error::GaveUp {
            message: message.id,
            error,
            replayed: true,
        };
    }
    let plain = error
        .code
        .map(|code| openwati_core::graph_error::classify(code, None, 0).plain);
    Error::WhatsAppRefused {
        message: message.id,
        error,
        plain,
        replayed: true,
    }
}

/// The first try may have reached WhatsApp. If its sender died, that is on record from now on.
async fn unknown(
    platform: &Platform,
    sender: &Sender<'_>,
    message: &MessageRecord,
    now: Moment,
) -> Result<Error, Error> {
    if message.stages().state() == MessageState::Sending {
        platform
            .store()
            .message_unknown(sender.tenant(), message.id, now)
            .await?;
    }
    Ok(Error::OutcomeUnknown {
        message: message.id,
        replayed: true,
    })
}

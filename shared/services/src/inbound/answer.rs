//! What answers a message by itself.

use std::time::Duration;

use openwati_core::id::Id;
use openwati_core::incoming::{Act, Incoming};
use openwati_core::message::Recipient;

use super::message::Kept;
use super::value::ToldMessage;
use crate::automate::Received;
use crate::error::{Error, Waiting};
use crate::platform::Platform;
use crate::send::{self, Request};

/// Messages that were written longer ago are not answered: whoever wrote them has gone on.
const LATEST: Duration = Duration::from_secs(15 * 60);

/// An answer's id is of a moment after its message's, so that it stands behind it.
const BEHIND: Duration = Duration::from_millis(1);

/// Answers a message if something wants to, once: the answer's id follows from the message and the purpose.
///
/// # Errors
/// If it could not be sent for now, and was not. Whatever else becomes of it is on record.
pub(super) async fn answer(
    platform: &Platform,
    told: &ToldMessage,
    kept: &Kept,
    peer: &Recipient,
    content: &Incoming,
) -> Result<(), Error> {
    let (Some(automation), Act::Tells) = (platform.automation(), &told.arrived.act) else {
        return Ok(());
    };
    let tenant = &told.tenant;
    let at = kept.id.moment();
    if at.until(platform.now()) > LATEST {
        return Ok(());
    }
    let reply = automation(&Received {
        tenant,
        channel: told.channel,
        peer: peer.as_str(),
        message: kept.id,
        at,
        kind: &content.kind,
        text: &content.text,
    });
    let Some(reply) = reply else { return Ok(()) };
    let id = Id::derived(
        kept.received_at.max(at.plus(BEHIND)),
        &[tenant.as_str(), &kept.id.hex(), reply.purpose],
    );
    let request = Request {
        to: peer.as_str().to_owned(),
        message: reply.message,
        channel: Some(told.channel),
        idempotency: None,
    };
    match send::send_once(platform, tenant, peer, request, id).await {
        Ok(Some(sent)) => {
            tracing::debug!(%tenant, id = %kept.id, answer = %sent.id, "answered a message");
            Ok(())
        }
        Ok(None) => Ok(()),
        Err(error) if comes_again(&error) => Err(error),
        Err(error) => {
            tracing::warn!(
                %tenant, id = %kept.id, answer = %id, purpose = reply.purpose, %error,
                "an automatic answer was not sent"
            );
            Ok(())
        }
    }
}

/// Whether nothing was claimed, and the same may be sent in a moment.
fn comes_again(error: &Error) -> bool {
    matches!(
        error,
        Error::Unavailable(_)
            | Error::Busy {
                what: Waiting::Number,
                ..
            }
    )
}

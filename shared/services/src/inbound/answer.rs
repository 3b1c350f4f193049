//! What answers a message by itself.

use openwati_core::automation::LATEST;
use openwati_core::incoming::{Act, Arrived};

use super::message::Kept;
use super::value::ToldMessage;
use crate::automate::{self, Received};
use crate::error::Error;
use crate::platform::Platform;

/// Has a message answered if something wants to, once. Says whether the customer spoke of being written to at all.
///
/// # Errors
/// If the store or a queue did not answer. The same may be asked for again.
pub(super) async fn answer(
    platform: &Platform,
    told: &ToldMessage,
    kept: &Kept,
) -> Result<bool, Error> {
    if told.arrived.act != Act::Tells {
        return Ok(false);
    }
    let received = Received {
        tenant: &told.tenant,
        channel: told.channel,
        message: kept.id,
        received_at: kept.received_at,
        text: words(&told.arrived),
        around: &kept.around,
    };
    automate::begin(platform, &received).await
}

/// The business answered by WhatsApp's own app: a person did.
///
/// # Errors
/// If the store did not answer. The same may be asked for again.
pub(super) async fn pause(
    platform: &Platform,
    told: &ToldMessage,
    kept: &Kept,
) -> Result<(), Error> {
    let is_new = kept.id.moment().until(platform.now()) <= LATEST;
    if told.arrived.act != Act::Tells || !is_new {
        return Ok(());
    }
    let peer = &kept.around.peer;
    automate::human_replied(platform, &told.tenant, peer, told.channel).await
}

/// What the customer wrote or tapped. What a person is shown in the place of words, like the name of a file, is none.
fn words(arrived: &Arrived) -> Option<&str> {
    let text = arrived.content.text.as_str();
    let is_own = match arrived.content.kind.as_str() {
        "text" | "button" => true,
        "interactive" | "image" | "video" => !text.starts_with('['),
        "document" => {
            let file = arrived.file.as_ref();
            let name = file.and_then(|file| file.name.as_deref());
            !text.starts_with('[') && name != Some(text)
        }
        _ => false,
    };
    is_own.then_some(text)
}

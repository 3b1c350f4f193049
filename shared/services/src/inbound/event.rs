//! The event of a message.

use openwati_core::id::Id;
use openwati_core::incoming::Incoming;

use crate::events::{Event, MessageReceived, What, received_event_id};

/// What tells of a message without a file: the same whenever it is made. Who downloads a file tells of its message.
pub(super) fn of(id: Id, channel: Id, peer: &str, wamid: &str, content: Incoming) -> Event {
    let at = id.moment();
    let what = What::MessageReceived(MessageReceived {
        from: peer.to_owned(),
        to: content.business.unwrap_or_default(),
        id,
        wamid: wamid.to_owned(),
        kind: content.kind,
        text: content.text,
        payload: content.payload,
        media_url: None,
    });
    Event {
        id: received_event_id(at, id),
        at,
        channel: Some(channel),
        what,
    }
}

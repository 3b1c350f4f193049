use openwati_core::incoming::Incoming;
use openwati_core::tenant::TenantId;
use openwati_store::message::{Direction, MediaRecord, MessageRecord};

use super::link::link;
use crate::error::Error;
use crate::events::{Emitter, Event, MessageReceived, What, received_event_id};
use crate::platform::Platform;

/// Tells the tenant's own servers of a customer's message with a file. Told again it is the same event.
pub(super) async fn tell(
    platform: &Platform,
    tenant: &TenantId,
    message: &MessageRecord,
    media: &MediaRecord,
) -> Result<(), Error> {
    if message.direction != Direction::In {
        // What the business wrote itself, by WhatsApp's own app.
        return Ok(());
    }
    let event = event(platform, tenant, message, media)?;
    Emitter::new(platform).emit(tenant, vec![event]).await
}

fn event(
    platform: &Platform,
    tenant: &TenantId,
    message: &MessageRecord,
    media: &MediaRecord,
) -> Result<Event, Error> {
    let content: Incoming =
        serde_json::from_str(&message.content).map_err(|error| Error::Internal(Box::new(error)))?;
    let at = message.id.moment();
    let what = What::MessageReceived(MessageReceived {
        from: message.peer.clone(),
        to: content.business.unwrap_or_default(),
        id: message.id,
        wamid: message.wamid.clone().unwrap_or_default(),
        kind: content.kind,
        text: content.text,
        payload: content.payload,
        media_url: Some(link(platform, tenant, message.id, media.link_generation)?),
    });
    Ok(Event {
        id: received_event_id(at, message.id),
        at,
        channel: Some(message.channel),
        what,
    })
}

//! Taking a message on whose file is still on its way.

use std::time::Duration;

use openwati_core::crash_point;
use openwati_core::id::Id;
use openwati_core::message::Outgoing;
use openwati_core::rate::DayWindow;
use openwati_core::tenant::TenantId;
use openwati_store::message::{MediaRecord, NewMessage};
use openwati_store::outbox::OutboxRecord;
use openwati_store::queues::QueueName;

use super::media::MediaRequest;
use super::prepare::Ready;
use super::{Accepted, Sender};
use crate::error::Error;
use crate::media_send::MediaSendJob;
use crate::platform::Platform;

/// A message that is to be taken on.
pub(super) struct Pending<'a> {
    pub(super) id: Id,
    pub(super) wanted: &'a MediaRequest,
    pub(super) message: &'a Outgoing,
    pub(super) media: &'a MediaRecord,
}

/// Reserves a place of the day, and keeps the message with the job that sends it. From here on it ends with an outcome.
pub(super) async fn accept(
    platform: &Platform,
    sender: &Sender<'_>,
    ready: &Ready,
    pending: &Pending<'_>,
) -> Result<Accepted, Error> {
    let (store, tenant) = (platform.store(), sender.tenant());
    let now = platform.now();
    let (day, cap) = (ready.tenant.day(now), ready.tenant.plan.outbound_per_day);
    if !store.reserve_outbound(tenant, day, cap).await? {
        return Err(Error::CapReached {
            cap: "outbound messages per day",
            limit: cap.unwrap_or(0),
            resets_at: day.ends(),
        });
    }
    crash_point!("send-media.place_reserved");
    let content = serde_json::to_string(pending.message).map_err(|e| Error::Internal(e.into()))?;
    let message = NewMessage {
        id: pending.id,
        channel: ready.channel.id,
        peer: ready.recipient.as_str(),
        content: &content,
        media: Some(pending.media),
    };
    let job = MediaSendJob {
        tenant: tenant.clone(),
        message: pending.id,
        source: pending.wanted.source.clone(),
        mime_type: pending.wanted.mime_type.clone(),
        accepted_at: now,
        day,
        heeds: sender.heeds(),
        tries: 0,
    };
    let record = OutboxRecord {
        queue: QueueName::MediaSend,
        job: job.queued(Duration::ZERO)?,
    };
    let outbox = Id::derived(now, &[&pending.id.hex(), "media-send"]);
    let accepted = store.accept_message(tenant, message, (outbox, &record), now);
    match accepted.await {
        Ok(true) => {}
        Ok(false) => {
            return_place(platform, tenant, day).await;
            return Err(Error::Internal("a new message's id was taken".into()));
        }
        Err(error) => {
            // It may be there.
            let withdrawn = store.withdraw_accepted(tenant, pending.id).await;
            if let Err(error) = withdrawn {
                tracing::error!(%tenant, id = %pending.id, %error, "nobody knows whether a message is taken on");
                return Err(Error::OutcomeUnknown {
                    message: pending.id,
                    replayed: false,
                });
            }
            return_place(platform, tenant, day).await;
            return Err(error.into());
        }
    }
    crash_point!("send-media.accepted");
    if let Err(error) = enqueue(platform, tenant, outbox, record).await {
        // `timers` finds it.
        tracing::warn!(%tenant, id = %pending.id, %error, "a message's job stays in the outbox");
    }
    Ok(Accepted {
        id: pending.id,
        to: ready.recipient.as_str().to_owned(),
        replayed: false,
    })
}

async fn enqueue(
    platform: &Platform,
    tenant: &TenantId,
    outbox: Id,
    record: OutboxRecord,
) -> Result<(), Error> {
    let OutboxRecord { queue, job } = record;
    platform.queues()?.send(queue, vec![job]).await?;
    crash_point!("send-media.enqueued");
    Ok(platform.store().remove_outbox(tenant, outbox).await?)
}

async fn return_place(platform: &Platform, tenant: &TenantId, day: DayWindow) {
    if let Err(error) = platform.store().return_outbound(tenant, day).await {
        tracing::warn!(%tenant, %error, "a place was not given back");
    }
}

//! What a job tells, read.

use openwati_core::id::Id;
use openwati_core::incoming::Arrived;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use openwati_store::message::Direction;
use serde_json::Value;

use crate::error::Error;
use crate::platform::Platform;
use crate::receive::{Body, InboundJob, LARGEST_CALLBACK};

/// What a job tells.
pub(super) enum Told {
    /// A message.
    Message(Box<ToldMessage>),
    /// Anything else.
    Notice(Box<ToldNotice>),
}

/// A message that a callback told of.
pub(super) struct ToldMessage {
    pub(super) tenant: TenantId,
    pub(super) channel: Id,
    pub(super) told_at: Moment,
    pub(super) direction: Direction,
    pub(super) arrived: Arrived,
    /// As Meta wrote it.
    pub(super) raw: Value,
}

/// Something that is no message.
pub(super) struct ToldNotice {
    pub(super) tenant: TenantId,
    pub(super) channel: Option<Id>,
    pub(super) waba_id: String,
    pub(super) field: String,
    pub(super) told_at: Moment,
    pub(super) value: Value,
}

/// Reads a job, from the bucket where no queue held its value.
///
/// # Errors
/// If the bucket did not answer.
pub(super) async fn read(platform: &Platform, job: InboundJob) -> Result<Told, Error> {
    let value = match job.body {
        Body::Value(value) => value,
        Body::Spilled(name) => {
            let bytes = platform.blobs()?.spilled(&name, LARGEST_CALLBACK).await?;
            serde_json::from_slice(&bytes).map_err(|error| Error::Internal(Box::new(error)))?
        }
    };
    let Some((channel, direction, arrived, raw)) = job.channel.and_then(|channel| {
        message(&value).map(|(direction, arrived, raw)| (channel, direction, arrived, raw))
    }) else {
        return Ok(Told::Notice(Box::new(ToldNotice {
            tenant: job.tenant,
            channel: job.channel,
            waba_id: job.waba_id,
            field: job.field,
            told_at: job.told_at,
            value,
        })));
    };
    Ok(Told::Message(Box::new(ToldMessage {
        tenant: job.tenant,
        channel,
        told_at: job.told_at,
        direction,
        arrived,
        raw,
    })))
}

/// The message in a value, if it holds one that can be read as such.
fn message(value: &Value) -> Option<(Direction, Arrived, Value)> {
    let only = |name: &str| match value.get(name)?.as_array()?.as_slice() {
        [one] => Some(one),
        _ => None,
    };
    if let Some(raw) = only("messages") {
        let arrived = Arrived::message(raw, value).ok()?;
        return Some((Direction::In, arrived, raw.clone()));
    }
    let raw = only("message_echoes")?;
    let arrived = Arrived::echo(raw, value).ok()?;
    Some((Direction::Out, arrived, raw.clone()))
}

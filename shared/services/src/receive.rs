//! Meta's callbacks: whether they are Meta's, and on which queue each piece goes.
//!
//! Answered once everything that was told is on a queue. What dies before makes Meta post again; what is posted again is
//! the same jobs, which do nothing a second time.

mod apps;
mod log;

use futures::StreamExt as _;
use futures::TryStreamExt as _;
use openwati_channels::cloud_api::callback::{Inbound, News, Piece, Status, split};
use openwati_core::crash_point;
use openwati_core::digest::hex_of_parts;
use openwati_core::id::Id;
use openwati_core::tenant::TenantId;
use openwati_core::time::{Moment, WHATSAPP_BEGAN};
use openwati_store::callback_log::CallbackOutcome;
use openwati_store::message::MessageError;
use openwati_store::queues::{self, Job, LARGEST_BODY, QueueName};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use self::apps::{Signer, Signers};
use crate::channels::{SecretField, reasons};
use crate::error::Error;
use crate::platform::Platform;
use crate::statuses::StatusJob;

pub(crate) use apps::Apps;
pub(crate) use log::Noted;

/// The most that a callback may hold. Meta posts at most 3 MB.
pub const LARGEST_CALLBACK: usize = 4 << 20;

/// Bodies that are put into the bucket at the same time.
const PARALLEL: usize = 4;

/// What `inbound` is given: one thing that came in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct InboundJob {
    /// Whose it is.
    pub tenant: TenantId,
    /// The channel it came over; none where it is about the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Id>,
    /// Meta's id of the WhatsApp Business Account.
    pub waba_id: String,
    /// Meta's name of the kind of change.
    pub field: String,
    /// When Meta told it, or where Meta does not say, when it came.
    pub told_at: Moment,
    /// Meta's value, with at most one message in it.
    #[serde(flatten)]
    pub body: Body,
}

/// A value that is in the job, or in the bucket because no queue holds it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// Here.
    Value(Value),
    /// In the bucket under this name.
    Spilled(String),
}

/// Answers Meta's question whether a callback URL is ours: the challenge, if the token is one of the tenant's.
///
/// # Errors
/// [`Error::Unauthorized`] for an unknown tenant or token, which are not told apart.
pub async fn handshake(
    platform: &Platform,
    tenant: &str,
    mode: &str,
    token: &str,
    challenge: &str,
) -> Result<String, Error> {
    let tenant: TenantId = tenant.parse().map_err(|_| Error::Unauthorized)?;
    let ring = platform.key_ring()?;
    let mut known = None;
    for channel in &apps::channels(platform, &tenant).await? {
        if let Some(own) = apps::opened(ring, &tenant, channel, SecretField::VerifyToken)
            && same(own.expose(), token)
        {
            known = Some(channel.id);
        }
    }
    if mode == "subscribe" && known.is_some() && !token.is_empty() {
        let known = known.into_iter().collect();
        log::well(platform, &tenant, CallbackOutcome::Verified, known).await;
        return Ok(challenge.to_owned());
    }
    let reason = reasons::WRONG_TOKEN;
    log::badly(platform, &tenant, CallbackOutcome::Refused, reason, None).await;
    Err(Error::Unauthorized)
}

/// Takes a callback: checks that Meta signed these bytes with the secret of one of the tenant's apps, and puts what it tells
/// of that app's channels on the queues.
///
/// # Errors
/// [`Error::Unauthorized`] for an unknown tenant or a signature that does not hold, which are not told apart;
/// [`Error::Invalid`] for signed bytes that are not JSON; [`Error::Unavailable`] if not everything is on a queue.
pub async fn callback(
    platform: &Platform,
    tenant: &str,
    signature: Option<&str>,
    body: &[u8],
) -> Result<(), Error> {
    let tenant: TenantId = tenant.parse().map_err(|_| Error::Unauthorized)?;
    let pieces = match signature {
        Some(signature) => heard(platform, &tenant, signature, body).await,
        None => Err(Error::Unauthorized),
    };
    let pieces = match pieces {
        Ok(pieces) => pieces,
        Err(error) => {
            note_refusal(platform, &tenant, &error, signature, body).await;
            return Err(error);
        }
    };
    crash_point!("cloud-api-webhook.verified");
    let mut statuses = Vec::new();
    let mut inbound = Vec::new();
    let mut about = Vec::new();
    let mut unknown = false;
    for (channel, piece) in pieces {
        let Some(channel) = channel else {
            tracing::warn!(
                %tenant, waba_id = piece.waba_id, phone_number_id = piece.phone_number_id.as_deref(),
                "a callback is about a number that no channel with this app secret has"
            );
            unknown = true;
            continue;
        };
        about.push(channel);
        match piece.news {
            News::Status(status) => statuses.push(status_job(platform, &tenant, status)?),
            News::Inbound(news) => {
                let channel = piece.phone_number_id.is_some().then_some(channel);
                let told_at = plausible(piece.told_at).unwrap_or_else(|| platform.now());
                let about = About {
                    channel,
                    waba_id: piece.waba_id,
                    told_at,
                };
                inbound.push((about, news));
            }
        }
    }
    let inbound: Vec<Job> = futures::stream::iter(inbound)
        .map(|(about, news)| inbound_job(platform, &tenant, about, news))
        .buffered(PARALLEL)
        .try_collect()
        .await?;
    let enqueued = async {
        platform.queues()?.send(QueueName::Inbound, inbound).await?;
        crash_point!("cloud-api-webhook.partly_enqueued");
        platform
            .queues()?
            .send(QueueName::Statuses, statuses)
            .await?;
        crash_point!("cloud-api-webhook.enqueued");
        Ok(())
    };
    // Beside, so that Meta does not wait for it.
    let noted = async {
        log::well(platform, &tenant, CallbackOutcome::Taken, about).await;
        if unknown {
            let (outcome, reason) = (CallbackOutcome::Ignored, reasons::UNKNOWN_NUMBER);
            log::badly(platform, &tenant, outcome, reason, None).await;
        }
    };
    let (enqueued, ()) = tokio::join!(enqueued, noted);
    enqueued
}

/// Writes down, if it is time to, why a callback to a tenant that there is was refused.
async fn note_refusal(
    platform: &Platform,
    tenant: &TenantId,
    error: &Error,
    signature: Option<&str>,
    body: &[u8],
) {
    let reason = match (error, signature) {
        (Error::Unauthorized, None) => reasons::NO_SIGNATURE,
        (Error::Unauthorized, Some(_)) => reasons::INVALID_SIGNATURE,
        (Error::Invalid { .. }, _) => reasons::INVALID_JSON,
        _ => return,
    };
    let now = platform.now();
    if !platform.noted().would(reason, now) {
        return;
    }
    let signers = match platform.apps().known(tenant, now) {
        Some(signers) => Ok(signers),
        None => platform.apps().read(platform, tenant).await,
    };
    // Without channels it is as if there were no such tenant.
    if let Ok(signers) = signers {
        let channel = signers.claimed(body);
        log::badly(platform, tenant, CallbackOutcome::Refused, reason, channel).await;
    }
}

/// A piece of a callback with the channel that it is about, if that is one of the app which signed it.
type Heard = (Option<Id>, Piece);

/// What the callback tells. Only what is remembered of the tenant's channels is gone by where it is enough for all of it.
async fn heard(
    platform: &Platform,
    tenant: &TenantId,
    signature: &str,
    body: &[u8],
) -> Result<Vec<Heard>, Error> {
    if let Some(known) = platform.apps().known(tenant, platform.now())
        && let Ok(pieces) = verified(&known, signature, body)
        && pieces.iter().all(|(channel, _)| channel.is_some())
    {
        return Ok(pieces);
    }
    let signers = platform.apps().read(platform, tenant).await?;
    let pieces = verified(&signers, signature, body);
    if matches!(pieces, Err(Error::Unauthorized)) {
        tracing::warn!(%tenant, "a callback's signature does not hold under any app secret of the tenant");
    }
    pieces
}

/// The pieces of signed bytes.
fn verified(signers: &Signers, signature: &str, body: &[u8]) -> Result<Vec<Heard>, Error> {
    let signed = signers.of(signature, body);
    if signed.is_empty() {
        return Err(Error::Unauthorized);
    }
    let told: Value = serde_json::from_slice(body)
        .map_err(|_| Error::invalid("invalid_json", "the body is not JSON"))?;
    let pieces = split(&told).into_iter();
    Ok(pieces
        .map(|piece| (channel_of(&signed, &piece), piece))
        .collect())
}

/// The channel that a piece is about: that of its number, or for an account any of its channels.
fn channel_of(signed: &[&Signer], piece: &Piece) -> Option<Id> {
    let channel = signed.iter().find(|signer| match &piece.phone_number_id {
        Some(id) => signer.phone_number_id == *id,
        None => signer.waba_id == piece.waba_id,
    });
    channel.map(|signer| signer.id)
}

/// A time that WhatsApp told, if it can be one.
fn plausible(at: Option<Moment>) -> Option<Moment> {
    at.filter(|at| *at >= WHATSAPP_BEGAN)
}

fn status_job(platform: &Platform, tenant: &TenantId, status: Status) -> Result<Job, Error> {
    let now = platform.now();
    let job = StatusJob {
        tenant: tenant.clone(),
        wamid: status.wamid,
        message: status.opaque.and_then(|opaque| opaque.parse().ok()),
        stage: status.stage,
        at: plausible(status.at).unwrap_or(now),
        error: status.error.map(|error| {
            MessageError::of_whatsapp(error.code, &error.title, error.details.as_deref())
        }),
        waited_seconds: 0,
    };
    job.queued(0)
}

/// What a piece of a callback is about.
struct About {
    channel: Option<Id>,
    waba_id: String,
    told_at: Moment,
}

async fn inbound_job(
    platform: &Platform,
    tenant: &TenantId,
    about: About,
    news: Inbound,
) -> Result<Job, Error> {
    let Inbound {
        field,
        wamid,
        peer,
        value,
    } = news;
    let text = value.to_string();
    // Group and deduplication ids have at most 128 characters of a small alphabet; callers' texts may be anything.
    let name = hex_of_parts(&[tenant.as_str(), &field, wamid.as_deref().unwrap_or(&text)]);
    let group = hex_of_parts(&[tenant.as_str(), peer.as_deref().unwrap_or(&about.waba_id)]);
    let mut job = InboundJob {
        tenant: tenant.clone(),
        channel: about.channel,
        waba_id: about.waba_id,
        field,
        told_at: about.told_at,
        body: Body::Value(value),
    };
    let mut body = json(&job)?;
    if body.len() > LARGEST_BODY {
        // Under a name that follows from the content: posted again it is put again, and not beside it.
        let spilled = format!("{tenant}/{name}");
        platform
            .blobs()?
            .put_spilled(&spilled, text.into_bytes())
            .await?;
        crash_point!("cloud-api-webhook.spilled");
        job.body = Body::Spilled(spilled);
        body = json(&job)?;
    }
    Ok(Job {
        body,
        group: Some(group),
        deduplication: Some(name),
        delay_seconds: 0,
    })
}

fn json(job: &InboundJob) -> Result<String, Error> {
    queues::body(job).map_err(|error| Error::Internal(Box::new(error)))
}

/// Compares without telling by its time where two texts differ: their digests are compared.
fn same(a: &str, b: &str) -> bool {
    Sha256::digest(a) == Sha256::digest(b)
}

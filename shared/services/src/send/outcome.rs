//! Handing the message to WhatsApp, and keeping what became of it.

use std::fmt::Display;

use openwati_channels::cloud_api::{Credentials, GraphError, Outcome, Refusal};
use openwati_core::crash_point;
use openwati_core::idempotency::Answer;
use openwati_core::message::Outgoing;
use openwati_core::pacing::pair_rest;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use openwati_store::message::MessageError;

use super::Sent;
use super::claim::Claimed;
use crate::automate;
use crate::error::{Error, Waiting};
use crate::platform::Platform;

/// How long a caller waits where WhatsApp throttles without saying for how long.
const THROTTLED: std::time::Duration = std::time::Duration::from_secs(5);

/// What came of a claimed message's way to WhatsApp.
#[derive(Debug)]
pub(crate) enum Handed {
    /// WhatsApp was called.
    Over(Outcome),
    /// Nothing was handed over: its holder was held up for so long that others take it for dead.
    TooLate,
}

impl Handed {
    /// WhatsApp refused what belongs to the message before the message itself was handed over.
    pub(crate) fn refused(error: Box<GraphError>) -> Self {
        Self::Over(Outcome::Refused(Refusal::Graph(error)))
    }
}

/// Sends a claimed message and records its outcome before telling it.
pub(super) async fn deliver(
    platform: &Platform,
    tenant: &TenantId,
    message: &Outgoing,
    claimed: &Claimed,
) -> Result<Sent, Error> {
    let handed = hand_over(platform, claimed, message).await?;
    crash_point!("send.provider_answered");
    let answer = record(platform, tenant, claimed, handed).await;
    crash_point!("send.outcome_recorded");
    answer
}

/// Hands a claimed message to WhatsApp, as it goes over the wire.
pub(crate) async fn hand_over(
    platform: &Platform,
    claimed: &Claimed,
    message: &Outgoing,
) -> Result<Handed, Error> {
    let credentials = Credentials {
        phone_number_id: &claimed.channel.phone_number_id,
        access_token: claimed.access_token.expose(),
    };
    if platform.now() >= claimed.lease_until {
        // Whatever it claimed may be settled.
        return Ok(Handed::TooLate);
    }
    let opaque = claimed.id.hex();
    let provider = platform.cloud_api()?;
    let outcome = provider
        .send(&credentials, &claimed.recipient, message, &opaque)
        .await;
    Ok(Handed::Over(outcome))
}

/// Records what came of a claimed message, and says it as the caller is told.
pub(crate) async fn record(
    platform: &Platform,
    tenant: &TenantId,
    claimed: &Claimed,
    handed: Handed,
) -> Result<Sent, Error> {
    let now = platform.now();
    let outcome = match handed {
        Handed::Over(outcome) => outcome,
        Handed::TooLate => {
            return not_taken(platform, tenant, claimed, "the sender was held up", now).await;
        }
    };
    match outcome {
        Outcome::Accepted { wamid, .. } => accepted(platform, tenant, claimed, wamid, now).await,
        Outcome::Refused(Refusal::Graph(error)) => {
            refused(platform, tenant, claimed, *error, now).await
        }
        Outcome::Refused(refusal) => {
            tracing::warn!(%tenant, id = %claimed.id, %refusal, "WhatsApp was not reached");
            let title = "WhatsApp could not be reached";
            not_taken(platform, tenant, claimed, title, now).await
        }
        Outcome::Unknown { reason } => {
            tracing::warn!(%tenant, id = %claimed.id, %reason, "a send's outcome is unknown");
            unknown(platform, tenant, claimed, now).await
        }
    }
}

async fn accepted(
    platform: &Platform,
    tenant: &TenantId,
    claimed: &Claimed,
    wamid: String,
    now: Moment,
) -> Result<Sent, Error> {
    let store = platform.store();
    let recover = async {
        match claimed.pace.recovered(claimed.channel.per_second, now) {
            Some(faster) => {
                store
                    .set_pace(tenant, claimed.channel.id, claimed.pace, faster)
                    .await
            }
            None => Ok(()),
        }
    };
    let peace = async {
        match claimed.conversation.rests {
            0 => Ok(()),
            _ => {
                let peer = claimed.recipient.as_str();
                store.end_rests(tenant, peer, claimed.channel.id).await
            }
        }
    };
    let (recorded, recovered, peace) = tokio::join!(
        store.message_accepted(tenant, claimed.id, &wamid, now),
        recover,
        peace,
    );
    log_failure(tenant, claimed, recovered);
    log_failure(tenant, claimed, peace);
    if let Err(error) = recorded {
        // It was sent, and that is not on record: 200 would promise what may be lost. A callback will tell.
        log_failure(tenant, claimed, Err(error));
        return Err(Error::OutcomeUnknown {
            message: claimed.id,
            replayed: false,
        });
    }
    Ok(Sent {
        id: claimed.id,
        wamid,
        to: claimed.recipient.as_str().to_owned(),
        replayed: false,
    })
}

/// WhatsApp said no. The place of the day goes back, the message stays as failed, and the channel or the peer rests if
/// that is what the code means.
async fn refused(
    platform: &Platform,
    tenant: &TenantId,
    claimed: &Claimed,
    graph: GraphError,
    now: Moment,
) -> Result<Sent, Error> {
    let class = graph.class;
    tracing::info!(
        %tenant, id = %claimed.id, code = graph.code, meaning = class.meaning,
        fbtrace_id = graph.fbtrace_id.as_deref(), "WhatsApp refused a message"
    );
    let error = MessageError::of_whatsapp(graph.code, &graph.title, graph.details.as_deref());
    let told = if class.is_retryable() {
        Answer::NotTaken
    } else {
        Answer::Refused
    };
    let store = platform.store();
    let (recorded, returned, consequences) = tokio::join!(
        store.message_refused(tenant, claimed.id, &error, told, now),
        store.return_outbound(tenant, claimed.day),
        consequences(platform, tenant, claimed, &graph, now),
    );
    log_failure(tenant, claimed, returned);
    log_failure(tenant, claimed, consequences);
    recorded?;
    if class.is_throttle() {
        let rest = class
            .slows_peer
            .then(|| pair_rest(claimed.conversation.rests + 1));
        let retry_after = graph.retry_after.or(rest).unwrap_or(THROTTLED);
        return Err(Error::Busy {
            retry_after,
            what: Waiting::WhatsApp(claimed.id),
        });
    }
    if class.is_retryable() {
        return Err(Error::Unreachable {
            message: claimed.id,
        });
    }
    Err(Error::WhatsAppRefused {
        message: claimed.id,
        error,
        plain: Some(class.plain),
        replayed: false,
    })
}

/// What a refusal means for the channel and the peer.
pub(crate) async fn consequences(
    platform: &Platform,
    tenant: &TenantId,
    claimed: &Claimed,
    graph: &GraphError,
    now: Moment,
) -> Result<(), Error> {
    let class = graph.class;
    let (store, channel) = (platform.store(), claimed.channel.id);
    if class.disconnects_channel {
        let reason = format!("(#{}) {}", graph.code, graph.title);
        tracing::error!(%tenant, %channel, code = graph.code, "WhatsApp refuses everything of this channel");
        store
            .disconnect_channel(tenant, channel, &reason, now)
            .await?;
    }
    if class.slows_channel {
        let slower = claimed.pace.slowed(now);
        store
            .set_pace(tenant, channel, claimed.pace, slower)
            .await?;
    }
    if class.slows_peer {
        let rests = claimed.conversation.rests + 1;
        let until = now.plus(graph.retry_after.unwrap_or_else(|| pair_rest(rests)));
        store
            .rest_peer(tenant, claimed.recipient.as_str(), channel, until, rests)
            .await?;
    }
    if class.opted_out {
        let refused = automate::refused(platform, tenant, &claimed.recipient, now);
        Box::pin(refused).await?;
    }
    Ok(())
}

/// WhatsApp was never reached: nothing was sent.
async fn not_taken(
    platform: &Platform,
    tenant: &TenantId,
    claimed: &Claimed,
    title: &str,
    now: Moment,
) -> Result<Sent, Error> {
    let error = MessageError {
        code: None,
        name: None,
        title: title.to_owned(),
        details: None,
    };
    let store = platform.store();
    let (recorded, returned) = tokio::join!(
        store.message_refused(tenant, claimed.id, &error, Answer::NotTaken, now),
        store.return_outbound(tenant, claimed.day),
    );
    log_failure(tenant, claimed, returned);
    recorded?;
    Err(Error::Unreachable {
        message: claimed.id,
    })
}

/// It may have been sent. Its place of the day is spent.
async fn unknown(
    platform: &Platform,
    tenant: &TenantId,
    claimed: &Claimed,
    now: Moment,
) -> Result<Sent, Error> {
    let recorded = platform
        .store()
        .message_unknown(tenant, claimed.id, now)
        .await;
    log_failure(tenant, claimed, recorded.map(drop));
    Err(Error::OutcomeUnknown {
        message: claimed.id,
        replayed: false,
    })
}

fn log_failure<E: Display>(tenant: &TenantId, claimed: &Claimed, result: Result<(), E>) {
    if let Err(error) = result {
        tracing::error!(%tenant, id = %claimed.id, %error, "a send's outcome was not kept whole");
    }
}

//! Whom Graph is asked as, and what its refusals mean.

use std::time::Duration;

use openwati_channels::cloud_api::{CallError, GraphError, Refusal};
use openwati_core::graph_error::Retry;
use openwati_core::secret::Secret;
use openwati_core::tenant::TenantId;
use openwati_store::channel::{ChannelRecord, ChannelState};
use openwati_store::message::MessageError;

use crate::channels::{SecretField, open};
use crate::error::Error;
use crate::platform::Platform;

/// How long Graph may take over one question that somebody waits for the answer to.
pub(super) const PATIENCE: Duration = Duration::from_secs(9);

/// What Graph was asked and did not do.
#[derive(Debug)]
pub(super) enum Trouble {
    /// It was not reached, or the answer got lost: what was asked for may be done.
    Lost,
    /// It was asked too much.
    Throttled(Duration),
    /// It said no, for good.
    Refused(Box<GraphError>),
    /// It was not asked: no number of the account is connected.
    Disconnected,
}

/// How long Graph is left in peace where it asks for that and does not say how long.
const PEACE: Duration = Duration::from_secs(15 * 60);

impl From<CallError> for Trouble {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Refused(Refusal::Graph(error)) => match error.class.retry {
                _ if error.class.slows_channel || error.code == 80_008 => {
                    Self::Throttled(error.retry_after.unwrap_or(PEACE))
                }
                Retry::Never => Self::Refused(error),
                _ => Self::Lost,
            },
            error => {
                tracing::warn!(%error, "Graph was not reached about templates");
                Self::Lost
            }
        }
    }
}

impl Trouble {
    /// What happened, in words for people.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Lost => "Meta could not be reached".to_owned(),
            Self::Throttled(_) => "Meta was asked too much about this account".to_owned(),
            Self::Refused(error) => format!("Meta says: {}", said(error).title),
            Self::Disconnected => "no number of the account is connected".to_owned(),
        }
    }
}

impl From<Trouble> for Error {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Lost => Self::MetaUnreachable,
            Trouble::Throttled(retry_after) => Self::MetaBusy { retry_after },
            Trouble::Refused(error) => Self::MetaRefused {
                error: said(&error),
                help: error.class.plain,
            },
            Trouble::Disconnected => Self::NoDevice { reason: None },
        }
    }
}

fn said(error: &GraphError) -> MessageError {
    MessageError::of_whatsapp(error.code, &error.title, error.details.as_deref())
}

/// What Graph answers within [`PATIENCE`].
pub(super) async fn in_time<T>(
    asked: impl Future<Output = Result<T, CallError>>,
) -> Result<T, Trouble> {
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(answer) => Ok(answer?),
        Err(_) => Err(Trouble::Lost),
    }
}

/// The channel by whose token an account is asked about: one that can send, where there is one.
pub(super) fn speaker<'a>(
    channels: &'a [ChannelRecord],
    waba_id: &str,
) -> Option<&'a ChannelRecord> {
    let own = channels.iter().filter(|channel| channel.waba_id == waba_id);
    own.min_by_key(|channel| {
        let can_send = channel.state == ChannelState::Connected;
        (!can_send, !channel.is_default, channel.created_at)
    })
}

/// A channel's token.
pub(super) fn token(
    platform: &Platform,
    tenant: &TenantId,
    channel: &ChannelRecord,
) -> Result<Secret<String>, Error> {
    let ring = platform.key_ring()?;
    Ok(open(ring, tenant, channel, SecretField::AccessToken)?)
}

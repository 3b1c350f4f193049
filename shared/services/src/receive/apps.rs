//! Which apps of Meta's a tenant's callbacks may be signed by.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use openwati_channels::cloud_api::callback::split;
use openwati_core::id::Id;
use openwati_core::key_ring::KeyRing;
use openwati_core::secret::Secret;
use openwati_core::signature::verify_sha256;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use openwati_store::channel::ChannelRecord;

use crate::channels::{SecretField, open};
use crate::error::Error;
use crate::platform::Platform;

/// How long what was read of a tenant's channels is gone by. WhatsApp posts by the hundred, and each callback would read
/// the same and open the same secrets. What is added counts at once, because whatever is not known is looked for anew; a
/// channel that is removed, or a secret that is replaced, counts for so much longer.
const LASTS: Duration = Duration::from_secs(5);

/// How many tenants are remembered at most.
const MOST: usize = 1000;

/// A channel, as far as its callbacks are concerned.
#[derive(Debug)]
pub(super) struct Signer {
    pub(super) id: Id,
    pub(super) phone_number_id: String,
    pub(super) waba_id: String,
    app_secret: Secret<String>,
}

/// A tenant's channels whose app secrets could be opened.
#[derive(Debug)]
pub(super) struct Signers(Vec<Signer>);

/// What a process remembers of the tenants whose callbacks come.
#[derive(Debug, Default)]
pub(crate) struct Apps(Mutex<HashMap<TenantId, (Moment, Arc<Signers>)>>);

impl Apps {
    /// What is remembered of the tenant, if it was read a moment ago.
    pub(super) fn known(&self, tenant: &TenantId, now: Moment) -> Option<Arc<Signers>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (read_at, signers) = known.get(tenant)?;
        lasts(*read_at, now).then(|| Arc::clone(signers))
    }

    /// The tenant's as they are now.
    ///
    /// # Errors
    /// [`Error::Unauthorized`] for a tenant without channels; if the store did not answer.
    pub(super) async fn read(
        &self,
        platform: &Platform,
        tenant: &TenantId,
    ) -> Result<Arc<Signers>, Error> {
        let now = platform.now();
        let ring = platform.key_ring()?;
        let signers = channels(platform, tenant).await?.into_iter();
        let signers = signers.filter_map(|channel| {
            let app_secret = opened(ring, tenant, &channel, SecretField::AppSecret)?;
            Some(Signer {
                id: channel.id,
                phone_number_id: channel.phone_number_id,
                waba_id: channel.waba_id,
                app_secret,
            })
        });
        let signers = Arc::new(Signers(signers.collect()));
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.retain(|_, (read_at, _)| lasts(*read_at, now));
        }
        if known.len() < MOST {
            known.insert(tenant.clone(), (now, Arc::clone(&signers)));
        }
        Ok(signers)
    }
}

/// Whether what was read then holds now. Clocks are set back, too.
fn lasts(read_at: Moment, now: Moment) -> bool {
    read_at <= now && read_at.until(now) <= LASTS
}

/// The most of an unsigned body that is read to tell which channel it claims to be about.
const LONGEST_CLAIM: usize = 64 << 10;

impl Signers {
    /// The channel that a body claims to be about whose signature did not hold: a hint for people, and no more.
    pub(super) fn claimed(&self, body: &[u8]) -> Option<Id> {
        let body = (body.len() <= LONGEST_CLAIM).then_some(body)?;
        let told = serde_json::from_slice(body).ok()?;
        let pieces = split(&told).into_iter();
        let mut named = pieces.filter_map(|piece| piece.phone_number_id);
        let signer = named.find_map(|id| self.0.iter().find(|signer| signer.phone_number_id == id));
        signer.map(|signer| signer.id)
    }

    /// The channels whose app signed these bytes. Each distinct secret is tried.
    pub(super) fn of(&self, signature: &str, body: &[u8]) -> Vec<&Signer> {
        let mut tried: Vec<(&str, bool)> = Vec::new();
        let signed = self.0.iter().filter(|signer| {
            let secret = signer.app_secret.expose().as_str();
            if let Some((_, holds)) = tried.iter().find(|(other, _)| *other == secret) {
                return *holds;
            }
            let holds = verify_sha256(signature, body, secret);
            tried.push((secret, holds));
            holds
        });
        signed.collect()
    }
}

/// The tenant's channels as they are now.
///
/// # Errors
/// [`Error::Unauthorized`] for a tenant without channels; if the store did not answer.
pub(super) async fn channels(
    platform: &Platform,
    tenant: &TenantId,
) -> Result<Vec<ChannelRecord>, Error> {
    let found = platform.store().tenant_with_channels(tenant).await?;
    let channels = found.map(|found| found.channels).unwrap_or_default();
    match channels.is_empty() {
        true => Err(Error::Unauthorized),
        false => Ok(channels),
    }
}

/// A secret of a channel. One that cannot be opened, because its key left the ring, does not keep the tenant's other
/// channels from being heard.
pub(super) fn opened(
    ring: &KeyRing,
    tenant: &TenantId,
    channel: &ChannelRecord,
    field: SecretField,
) -> Option<Secret<String>> {
    match open(ring, tenant, channel, field) {
        Ok(secret) => Some(secret),
        Err(error) => {
            tracing::error!(%tenant, channel = %channel.id, %error, "a channel's secret cannot be opened");
            None
        }
    }
}

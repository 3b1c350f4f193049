//! The keys of an issuer as they were published last.
//!
//! They are read anew after ten minutes, and earlier when a token names one that is not among them, as after a rotation;
//! but not more often than every 30 seconds, whatever tokens come. If the issuer does not answer, its keys stay good for
//! an hour after they were read.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::{BoxFuture, Shared};
use openwati_core::time::Moment;
use openwati_store::StoreError;
use openwati_store::aws::Documents;
use serde::Deserialize;

use super::issuer::Issuer;
use super::keys::KeySet;
use crate::error::Error;

/// How old keys may be without being read anew.
const FRESH: Duration = Duration::from_mins(10);

/// How old they may be if they cannot be read anew.
const GOOD: Duration = Duration::from_hours(1);

/// From one reading to the next, whatever happens.
const PAUSE: Duration = Duration::from_secs(30);

/// The same where no key is known at all, so that nobody can come in.
const SHORT_PAUSE: Duration = Duration::from_secs(2);

/// How long one answer of an issuer may take, and be in bytes.
const PATIENCE: Duration = Duration::from_secs(3);
const LONGEST: usize = 256 * 1024;

/// An issuer with its keys.
#[derive(Debug)]
pub(super) struct Published {
    issuer: Issuer,
    documents: Documents,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    read: Option<(Arc<KeySet>, Moment)>,
    tried_at: Option<Moment>,
    /// The reading that is under way, which everybody waits for who needs it.
    reading: Option<Reading>,
}

type Reading = Shared<BoxFuture<'static, Result<Arc<KeySet>, String>>>;

/// How a token's key is come by.
enum Step {
    Use(Arc<KeySet>),
    /// With the keys that are good if the reading fails.
    Wait(Reading, Option<Arc<KeySet>>),
    Unknown,
}

impl Published {
    pub(super) fn new(issuer: Issuer, documents: Documents) -> Self {
        Self {
            issuer,
            documents,
            state: Mutex::default(),
        }
    }

    pub(super) fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// The keys to judge a token by which names this one.
    pub(super) async fn keys(
        self: &Arc<Self>,
        kid: Option<&str>,
        now: Moment,
    ) -> Result<Arc<KeySet>, Error> {
        let unknown = |reason: String| {
            Error::Unavailable(StoreError::Unavailable {
                operation: "reading an issuer's keys",
                reason,
            })
        };
        match self.step(kid, now) {
            Step::Use(keys) => Ok(keys),
            Step::Wait(reading, good) => match (reading.await, good) {
                (Ok(keys), _) => Ok(keys),
                (Err(_), Some(good)) => Ok(good),
                (Err(reason), None) => Err(unknown(reason)),
            },
            Step::Unknown => Err(unknown("they could not be read a moment ago".to_owned())),
        }
    }

    fn step(self: &Arc<Self>, kid: Option<&str>, now: Moment) -> Step {
        let mut state = self.state();
        let good = state
            .read
            .as_ref()
            .filter(|(_, at)| now < at.plus(GOOD))
            .map(|(keys, at)| (Arc::clone(keys), now < at.plus(FRESH)));
        if let Some((keys, fresh)) = &good
            && *fresh
            && keys.knows(kid)
        {
            return Step::Use(Arc::clone(keys));
        }
        let good = good.map(|(keys, _)| keys);
        if let Some(reading) = &state.reading {
            return Step::Wait(reading.clone(), good);
        }
        let pause = if good.is_some() { PAUSE } else { SHORT_PAUSE };
        if state.tried_at.is_some_and(|tried| now < tried.plus(pause)) {
            return good.map_or(Step::Unknown, Step::Use);
        }
        let reading = Arc::clone(self).reading(now).boxed().shared();
        state.tried_at = Some(now);
        state.reading = Some(reading.clone());
        Step::Wait(reading, good)
    }

    async fn reading(self: Arc<Self>, now: Moment) -> Result<Arc<KeySet>, String> {
        let read = self.read().await.map(Arc::new);
        let mut state = self.state();
        state.reading = None;
        match &read {
            Ok(keys) => state.read = Some((Arc::clone(keys), now)),
            Err(reason) => {
                tracing::warn!(
                    issuer = self.issuer.name,
                    reason,
                    "an issuer's keys cannot be read"
                );
            }
        }
        read
    }

    async fn read(&self) -> Result<KeySet, String> {
        let address = match &self.issuer.jwks_uri {
            Some(address) => address.clone(),
            None => self.discover().await?,
        };
        let document = self.get(&address).await?;
        KeySet::parse(&document).ok_or_else(|| "it publishes no key for signatures".to_owned())
    }

    /// OpenID Connect Discovery: the document must be the issuer's own, and its keys are nowhere but where it says.
    async fn discover(&self) -> Result<String, String> {
        #[derive(Deserialize)]
        struct Configuration {
            issuer: String,
            jwks_uri: String,
        }

        let document = self.get(&self.issuer.discovery()).await?;
        let found: Configuration = serde_json::from_slice(&document)
            .map_err(|_| "its configuration is none".to_owned())?;
        if found.issuer != self.issuer.name {
            return Err("its configuration is another issuer's".to_owned());
        }
        if !self.issuer.may_ask(&found.jwks_uri) {
            return Err("its keys are at no https:// address".to_owned());
        }
        Ok(found.jwks_uri)
    }

    async fn get(&self, address: &str) -> Result<Vec<u8>, String> {
        let got = self.documents.get(address, LONGEST, PATIENCE).await;
        got.map_err(|error| error.to_string())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it is held, and each change of it is whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! What a process holds.

use std::sync::Arc;
use std::time::Duration;

use openwati_channels::chat::Chat;
use openwati_channels::cloud_api::CloudApi;
use openwati_channels::guarded::Guarded;
use openwati_core::entropy::Entropy;
use openwati_core::key_ring::KeyRing;
use openwati_core::media_link::LinkKeys;
use openwati_core::pace::Pace;
use openwati_core::session::SessionKeys;
use openwati_core::state;
use openwati_core::time::{Clock, Moment};
use openwati_store::{Blobs, Queues, Store};

use crate::accounts::Accounts;
use crate::ai::Ai;
use crate::automate::Remembered;
use crate::error::Error;
use crate::oidc::Oidc;
use crate::receive::{Apps, Noted};
use crate::templates::Asked;

/// What the use cases work with, made once per process. Parts that a function has no business with are left out; a use
/// case that needs one all the same fails as an internal error.
#[derive(Debug)]
pub struct Parts {
    /// The table.
    pub store: Store,
    /// The queues that the function may write to.
    pub queues: Option<Queues>,
    /// The bucket.
    pub blobs: Option<Blobs>,
    /// The client of Meta's Cloud API.
    pub cloud_api: Option<CloudApi>,
    /// The client of URLs that users give.
    pub guarded: Option<Guarded>,
    /// What opens the channels' secrets.
    pub key_ring: Option<KeyRing>,
    /// What links to files are signed with.
    pub link_keys: Option<LinkKeys>,
    /// What people's tokens are signed with.
    pub session_keys: Option<SessionKeys>,
    /// The issuers of other tokens that people may come with.
    pub oidc: Oidc,
    /// What the operator settled for accounts.
    pub accounts: Accounts,
    /// What answers customers where nothing else does.
    pub ai: Ai,
    /// What time it is.
    pub clock: Clock,
    /// Where ids and nonces come from.
    pub entropy: Entropy,
    /// How fast the waits of policy pass.
    pub pace: Pace,
    /// Where the outside reaches the API, without a slash at its end.
    pub public_base_url: Option<String>,
    /// How long the function may run; leases derive from it.
    pub function_timeout: Duration,
}

/// The parts of a process, shared by all its requests, and what it remembers from one to the next. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Platform(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    parts: Parts,
    apps: Apps,
    noted: Noted,
    asked: Asked,
    rules: Remembered,
}

/// How long opening connections during init may take. What is not open by then is opened by the first request.
const WARM_UP: Duration = Duration::from_secs(2);

impl Platform {
    /// The platform with these parts.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(Inner {
            parts,
            apps: Apps::default(),
            noted: Noted::default(),
            asked: Asked::default(),
            rules: Remembered::default(),
        }))
    }

    /// What time it is.
    pub fn now(&self) -> Moment {
        self.0.parts.clock.now()
    }

    /// The table.
    pub fn store(&self) -> &Store {
        &self.0.parts.store
    }

    /// Where ids and nonces come from.
    pub fn entropy(&self) -> &Entropy {
        &self.0.parts.entropy
    }

    /// How fast the waits of policy pass.
    pub fn pace(&self) -> Pace {
        self.0.parts.pace
    }

    /// What the operator settled for accounts.
    pub(crate) fn accounts(&self) -> &Accounts {
        &self.0.parts.accounts
    }

    /// Whether there is an AI that tenants may switch on.
    pub fn has_ai(&self) -> bool {
        !matches!(self.0.parts.ai, Ai::Off)
    }

    /// What the AI is asked by; none where the operator has none.
    pub(crate) fn ai(&self) -> Result<Option<&Chat>, Error> {
        match &self.0.parts.ai {
            Ai::Off => Ok(None),
            Ai::Elsewhere => Err(Error::Misconfigured("client of the AI")),
            Ai::Here(chat) => Ok(Some(chat)),
        }
    }

    /// Until when a sender that begins at `now` may hold what it claims.
    pub fn lease_until(&self, now: Moment) -> Moment {
        now.plus(state::lease(self.0.parts.function_timeout))
    }

    /// How long the function may run.
    pub fn function_timeout(&self) -> Duration {
        self.0.parts.function_timeout
    }

    /// Opens every connection that the first request would have to, all at once and for at most two seconds. Failures
    /// are left to the first request to meet.
    pub async fn warm(&self) {
        let parts = &self.0.parts;
        let provider = async {
            if let Some(client) = &parts.cloud_api {
                client.warm().await;
            }
        };
        let queues = async {
            match &parts.queues {
                Some(queues) => queues.warm().await,
                None => Ok(()),
            }
        };
        let all = async {
            let (store, queues, ()) = tokio::join!(parts.store.warm(), queues, provider);
            for error in [store.err(), queues.err()].into_iter().flatten() {
                tracing::debug!(%error, "warming up failed");
            }
        };
        if tokio::time::timeout(WARM_UP, all).await.is_err() {
            tracing::debug!("warming up took too long");
        }
    }

    /// What is remembered of those who sign callbacks.
    pub(crate) fn apps(&self) -> &Apps {
        &self.0.apps
    }

    /// The templates that Meta was asked for in vain.
    pub(crate) fn asked(&self) -> &Asked {
        &self.0.asked
    }

    /// The tenants' rules, as they were read last.
    pub(crate) fn remembered_rules(&self) -> &Remembered {
        &self.0.rules
    }

    /// What was written down of callbacks.
    pub(crate) fn noted(&self) -> &Noted {
        &self.0.noted
    }

    pub(crate) fn queues(&self) -> Result<&Queues, Error> {
        self.0
            .parts
            .queues
            .as_ref()
            .ok_or(Error::Misconfigured("queues"))
    }

    pub(crate) fn blobs(&self) -> Result<&Blobs, Error> {
        self.0
            .parts
            .blobs
            .as_ref()
            .ok_or(Error::Misconfigured("bucket"))
    }

    pub(crate) fn cloud_api(&self) -> Result<&CloudApi, Error> {
        let client = self.0.parts.cloud_api.as_ref();
        client.ok_or(Error::Misconfigured("provider"))
    }

    /// Reads the certificates of the client of users' URLs, for a process that is sure to use it.
    pub fn prepare_guarded(&self) {
        if let Some(client) = &self.0.parts.guarded {
            client.prepare();
        }
    }

    pub(crate) fn guarded(&self) -> Result<&Guarded, Error> {
        let client = self.0.parts.guarded.as_ref();
        client.ok_or(Error::Misconfigured("client of users' URLs"))
    }

    /// Where the outside reaches the API, if the function was told.
    pub fn known_base_url(&self) -> Option<&str> {
        self.0.parts.public_base_url.as_deref()
    }

    pub(crate) fn public_base_url(&self) -> Result<&str, Error> {
        self.known_base_url()
            .ok_or(Error::Misconfigured("public base URL"))
    }

    pub(crate) fn link_keys(&self) -> Result<&LinkKeys, Error> {
        let keys = self.0.parts.link_keys.as_ref();
        keys.ok_or(Error::Misconfigured("keys of links"))
    }

    pub(crate) fn session_keys(&self) -> Result<&SessionKeys, Error> {
        let keys = self.0.parts.session_keys.as_ref();
        keys.ok_or(Error::Misconfigured("keys of sessions"))
    }

    pub(crate) fn oidc(&self) -> &Oidc {
        &self.0.parts.oidc
    }

    pub(crate) fn key_ring(&self) -> Result<&KeyRing, Error> {
        let ring = self.0.parts.key_ring.as_ref();
        ring.ok_or(Error::Misconfigured("key ring"))
    }
}

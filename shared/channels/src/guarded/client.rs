use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};

use reqwest::{Certificate, Client, ClientBuilder, redirect, retry};
use url::Url;

use super::{
    error::FetchError,
    lookup::{CheckedLookup, Lookup, SystemLookup},
    policy::{GuardError, Policy},
};

/// A connection that was idle for longer is not used again. The servers that most webhooks go to, Node's and Apache's,
/// close theirs after five seconds, and what is written in that moment is lost.
const LONGEST_IDLE: Duration = Duration::from_secs(4);

/// Idle connections that are kept for one host: more than are busy at once.
const MOST_IDLE: usize = 64;

/// How far users may reach.
#[derive(Clone, Debug)]
pub struct GuardedConfig {
    /// Whether URLs may be `http` and lead to this machine and its private networks: for a developer's own machine.
    /// What hands out a cloud's credentials is refused even then.
    pub allow_private: bool,
    /// How long finding the host, connecting and TLS may take together.
    pub connect_timeout: Duration,
}

impl GuardedConfig {
    /// Room for a slow name server and one lost SYN, and half of the ten seconds that a webhook has.
    pub const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
}

impl Default for GuardedConfig {
    /// The public internet only.
    fn default() -> Self {
        Self {
            allow_private: false,
            connect_timeout: Self::DEFAULT_CONNECT_TIMEOUT,
        }
    }
}

/// The client for URLs that users give: made once for a process, cheap to clone, and shared by all tenants. It keeps
/// connections open.
#[derive(Clone)]
pub struct Guarded {
    inner: Arc<Inner>,
}

struct Inner {
    policy: Policy,
    connect_timeout: Duration,
    lookup: Arc<dyn Lookup>,
    /// Certificates that are trusted beside the system's.
    roots: Vec<Certificate>,
    /// Nothing if the system's certificates can not be read.
    http: OnceLock<Option<Client>>,
}

impl Guarded {
    /// Makes the client. The system's certificates are read with the first request, so that a process which only checks
    /// URLs pays nothing for them.
    pub fn new(config: GuardedConfig) -> Self {
        Self::with(config, Arc::new(SystemLookup), Vec::new())
    }

    pub(super) fn with(
        config: GuardedConfig,
        lookup: Arc<dyn Lookup>,
        roots: Vec<Certificate>,
    ) -> Self {
        let policy = Policy {
            allow_private: config.allow_private,
        };
        let inner = Inner {
            policy,
            connect_timeout: config.connect_timeout,
            lookup,
            roots,
            http: OnceLock::new(),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// Reads the system's certificates now: for a process that is sure to make requests and has time while it starts.
    pub fn prepare(&self) {
        // A failure comes back with the first request.
        let _ = self.http();
    }

    /// Checks a URL that a user gives before it is stored: its form and what it says of its host. No name is looked up,
    /// because names change; each request checks again.
    ///
    /// The URL comes back in its usual spelling, without a fragment.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check_url(&self, text: &str) -> Result<Url, GuardError> {
        self.inner.policy.parse(text)
    }

    pub(super) fn policy(&self) -> Policy {
        self.inner.policy
    }

    pub(super) fn http(&self) -> Result<&Client, FetchError> {
        let made = self.inner.http.get_or_init(|| self.inner.build());
        made.as_ref().ok_or(FetchError::Client)
    }
}

impl Inner {
    fn build(&self) -> Option<Client> {
        let client = match self.builder().tls_certs_merge(self.roots.clone()).build() {
            // A developer's container may hold no certificates and its URLs need none: only https fails then.
            Err(_) if self.policy.allow_private => self.builder().tls_certs_only([]).build(),
            client => client,
        };
        client
            .inspect_err(|error| tracing::error!(%error, "no client for users' URLs can be made"))
            .ok()
    }

    fn builder(&self) -> ClientBuilder {
        let checked = CheckedLookup {
            policy: self.policy,
            lookup: self.lookup.clone(),
        };
        Client::builder()
            .user_agent(concat!("openwati/", env!("CARGO_PKG_VERSION")))
            .dns_resolver(checked)
            .connect_timeout(self.connect_timeout)
            .https_only(!self.policy.allow_private)
            .pool_idle_timeout(LONGEST_IDLE)
            .pool_max_idle_per_host(MOST_IDLE)
            .http1_only()
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            // A proxy would look names up itself.
            .no_proxy()
    }
}

/// No URL is in here.
impl fmt::Debug for Guarded {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Guarded")
            .field("allow_private", &self.inner.policy.allow_private)
            .field("connect_timeout", &self.inner.connect_timeout)
            .finish_non_exhaustive()
    }
}

use std::collections::BTreeMap;
use std::env;
use std::time::Duration;

use futures::future::{BoxFuture, OptionFuture};
use openwati_channels::cloud_api::{CloudApi, CloudApiConfig};
use openwati_channels::guarded::{Guarded, GuardedConfig};
use openwati_core::entropy::Entropy;
use openwati_core::key_ring::KeyRing;
use openwati_core::media_link::LinkKeys;
use openwati_core::pace::Pace;
use openwati_core::session::SessionKeys;
use openwati_core::time::Clock;
use openwati_services::accounts::{Accounts, BadAccounts};
use openwati_services::ai::{Ai, BadAi};
use openwati_services::oidc::Oidc;
use openwati_services::{Parts, Platform};
use openwati_store::aws::{AwsConfig, ClientBase};
use openwati_store::queues::QueueName;
use openwati_store::{Blobs, OnUse, Queues, Store};

/// What handlers share.
#[derive(Debug, Clone)]
pub struct App {
    platform: Platform,
}

/// What a function works with besides the table. A function gets no more, and what it does not get is not part of its
/// binary either: so it starts with no more.
#[derive(Debug, Clone, Copy)]
pub struct Needs {
    at_once: usize,
    queues: Option<Make<Queues>>,
    open_queues: Option<Open>,
    bucket: Option<Make<Blobs>>,
    provider: Option<Make<CloudApi>>,
    open_provider: Option<Open>,
    guarded: Option<Make<Guarded>>,
    key_ring: Option<Make<KeyRing>>,
    link_keys: Option<Make<LinkKeys>>,
    sessions: Option<Sessions>,
    accounts: Option<Make<Accounts>>,
    ai: Option<Make<Ai>>,
    open_ai: Option<Open>,
}

/// What people are known by.
#[derive(Debug, Clone, Copy)]
struct Sessions {
    keys: Make<SessionKeys>,
    oidc: Make<Oidc>,
}

/// Makes a part from the environment and what AWS's clients are made from.
type Make<T> = fn(&ClientBase) -> Result<T, BadEnvironment>;

/// Opens the connections to a service.
type Open = for<'a> fn(&'a ClientBase, &'a Parts) -> BoxFuture<'a, ()>;

/// What is wrong with a function's environment. It names variables and never shows their values.
#[derive(Debug, thiserror::Error)]
pub enum BadEnvironment {
    /// A variable is not set, or empty.
    #[error("the environment variable {0} is not set")]
    Missing(&'static str),
    /// A variable is not what it must be.
    #[error("the environment variable {0} is wrong: {1}")]
    Wrong(&'static str, String),
}

/// How long functions run where nothing says otherwise: API Gateway gives up after 30 s.
const FUNCTION_TIMEOUT: Duration = Duration::from_secs(29);

/// How long opening connections may take. What is not open by then is opened by the first request.
const OPENING: Duration = Duration::from_secs(2);

impl Needs {
    /// Nothing but the table.
    pub const fn table() -> Self {
        Self {
            at_once: 1,
            queues: None,
            open_queues: None,
            bucket: None,
            provider: None,
            open_provider: None,
            guarded: None,
            key_ring: None,
            link_keys: None,
            sessions: None,
            accounts: None,
            ai: None,
            open_ai: None,
        }
    }

    /// The table, with so many requests to it at the same time for one request of a caller. Each takes a connection,
    /// which the start opens.
    #[must_use]
    pub const fn at_once(mut self, requests: usize) -> Self {
        self.at_once = requests;
        self
    }

    /// And the queues whose URLs it has.
    #[must_use]
    pub const fn queues(mut self) -> Self {
        self.queues = Some(queues);
        self.open_queues = Some(open_queues);
        self
    }

    /// And the queues whose URLs it has, which it seldom writes to: their client is made when it is first used.
    #[must_use]
    pub const fn queues_on_use(mut self) -> Self {
        self.queues = Some(queues_on_use);
        self
    }

    /// And the bucket, for what is seldom: its client is made when it is first used.
    #[must_use]
    pub const fn bucket(mut self) -> Self {
        self.bucket = Some(bucket);
        self
    }

    /// And Meta's Graph API.
    #[must_use]
    pub const fn provider(mut self) -> Self {
        self.provider = Some(cloud_api);
        self.open_provider = Some(open_provider);
        self
    }

    /// And the client of URLs that users give.
    #[must_use]
    pub const fn guarded(mut self) -> Self {
        self.guarded = Some(guarded);
        self
    }

    /// And what opens the channels' secrets.
    #[must_use]
    pub const fn key_ring(mut self) -> Self {
        self.key_ring = Some(key_ring);
        self
    }

    /// And what links to files are signed with.
    #[must_use]
    pub const fn links(mut self) -> Self {
        self.link_keys = Some(link_keys);
        self
    }

    /// And what people are known by: for every function that asks who calls.
    #[must_use]
    pub const fn sessions(mut self) -> Self {
        self.sessions = Some(Sessions {
            keys: session_keys,
            oidc,
        });
        self
    }

    /// And what the operator settled for accounts.
    #[must_use]
    pub const fn accounts(mut self) -> Self {
        self.accounts = Some(accounts);
        self
    }

    /// And what asks the AI. Every function is told by `AI_CONFIGURED` whether there is one.
    #[must_use]
    pub const fn ai(mut self) -> Self {
        self.ai = Some(ai);
        self.open_ai = Some(open_ai);
        self
    }
}

impl App {
    /// An app over a platform that somebody else put together.
    pub fn new(platform: Platform) -> Self {
        Self { platform }
    }

    /// An app from a function's environment, with its connections open: Lambda gives a start more processor time than a
    /// request, and nobody waits for it.
    ///
    /// # Errors
    /// If a variable is missing or wrong.
    pub async fn from_environment(needs: Needs) -> Result<Self, BadEnvironment> {
        let aws =
            AwsConfig::from_environment().map_err(|missing| BadEnvironment::Missing(missing.0))?;
        let clients = aws.base();
        let parts = parts(needs, &clients)?;
        open(needs, &clients, &parts).await;
        Ok(Self::new(Platform::new(parts)))
    }

    /// What the use cases work with.
    pub fn platform(&self) -> &Platform {
        &self.platform
    }
}

/// Opens every connection that the first request would have to, all at once. Failures are left to the first request.
async fn open(needs: Needs, clients: &ClientBase, parts: &Parts) {
    let others = |open: Option<Open>| OptionFuture::from(open.map(|open| open(clients, parts)));
    let all = futures::future::join4(
        clients.open_dynamodb(needs.at_once),
        others(needs.open_queues),
        others(needs.open_provider),
        others(needs.open_ai),
    );
    if tokio::time::timeout(OPENING, all).await.is_err() {
        tracing::debug!("opening connections took too long");
    }
}

fn parts(needs: Needs, clients: &ClientBase) -> Result<Parts, BadEnvironment> {
    Ok(Parts {
        store: Store::new(clients.dynamodb(), &need("TABLE_NAME")?),
        queues: needs.queues.map(|make| make(clients)).transpose()?,
        blobs: needs.bucket.map(|make| make(clients)).transpose()?,
        cloud_api: needs.provider.map(|make| make(clients)).transpose()?,
        guarded: needs.guarded.map(|make| make(clients)).transpose()?,
        key_ring: needs.key_ring.map(|make| make(clients)).transpose()?,
        link_keys: needs.link_keys.map(|make| make(clients)).transpose()?,
        session_keys: needs
            .sessions
            .map(|make| (make.keys)(clients))
            .transpose()?,
        oidc: match needs.sessions {
            Some(make) => (make.oidc)(clients)?,
            None => Oidc::default(),
        },
        accounts: match needs.accounts {
            Some(make) => make(clients)?,
            None => Accounts::default(),
        },
        ai: match needs.ai {
            Some(make) => make(clients)?,
            None => Ai::told(get("AI_CONFIGURED").as_deref() == Some("true")),
        },
        clock: Clock::system(),
        entropy: Entropy::system(),
        pace: Pace::REAL,
        public_base_url: get("PUBLIC_BASE_URL").or_else(|| get("API_ENDPOINT")),
        function_timeout: function_timeout()?,
    })
}

fn queues(clients: &ClientBase) -> Result<Queues, BadEnvironment> {
    Ok(Queues::new(clients.sqs(), queue_urls()))
}

fn queues_on_use(clients: &ClientBase) -> Result<Queues, BadEnvironment> {
    let clients = clients.clone();
    let client = OnUse::new(move || clients.sqs());
    Ok(Queues::new(client, queue_urls()))
}

fn open_queues<'a>(clients: &'a ClientBase, _: &'a Parts) -> BoxFuture<'a, ()> {
    Box::pin(clients.open_sqs())
}

fn open_provider<'a>(_: &'a ClientBase, parts: &'a Parts) -> BoxFuture<'a, ()> {
    Box::pin(async {
        if let Some(client) = &parts.cloud_api {
            client.warm().await;
        }
    })
}

fn bucket(clients: &ClientBase) -> Result<Blobs, BadEnvironment> {
    let clients = clients.clone();
    let client = OnUse::new(move || clients.s3());
    Ok(Blobs::new(client, &need("BUCKET_NAME")?))
}

fn cloud_api(_: &ClientBase) -> Result<CloudApi, BadEnvironment> {
    const URL: &str = "GRAPH_BASE_URL";
    let url = need(URL)?.parse().map_err(wrong(URL))?;
    let mut config = CloudApiConfig::within(url, function_timeout()?);
    if let Some(version) = get("GRAPH_VERSION") {
        config.version = version;
    }
    CloudApi::new(config).map_err(wrong(URL))
}

fn guarded(_: &ClientBase) -> Result<Guarded, BadEnvironment> {
    Ok(Guarded::new(GuardedConfig {
        allow_private: allow_private()?,
        ..GuardedConfig::default()
    }))
}

fn allow_private() -> Result<bool, BadEnvironment> {
    const VARIABLE: &str = "ALLOW_PRIVATE_URLS";
    match get(VARIABLE) {
        Some(text) => text.parse().map_err(wrong(VARIABLE)),
        None => Ok(false),
    }
}

fn key_ring(_: &ClientBase) -> Result<KeyRing, BadEnvironment> {
    KeyRing::parse(&need("KEY_RING")?).map_err(wrong("KEY_RING"))
}

fn link_keys(_: &ClientBase) -> Result<LinkKeys, BadEnvironment> {
    LinkKeys::parse(&need("LINK_KEY")?).map_err(wrong("LINK_KEY"))
}

fn session_keys(_: &ClientBase) -> Result<SessionKeys, BadEnvironment> {
    const VARIABLE: &str = "SESSION_KEY";
    SessionKeys::parse(&need(VARIABLE)?).map_err(wrong(VARIABLE))
}

fn oidc(clients: &ClientBase) -> Result<Oidc, BadEnvironment> {
    const VARIABLE: &str = "OIDC_ISSUERS";
    let issuers = get(VARIABLE).unwrap_or_default();
    Oidc::parse(&issuers, &clients.documents(), allow_private()?).map_err(wrong(VARIABLE))
}

fn accounts(_: &ClientBase) -> Result<Accounts, BadEnvironment> {
    let mails = get("MAIL_FROM").is_some();
    Accounts::read(
        get("SIGN_UP").as_deref(),
        get("SIGN_UP_PLAN").as_deref(),
        mails,
    )
    .map_err(|BadAccounts { variable, reason }| BadEnvironment::Wrong(variable, reason))
}

fn ai(_: &ClientBase) -> Result<Ai, BadEnvironment> {
    let (key, url, model) = (get("AI_API_KEY"), get("AI_BASE_URL"), get("AI_MODEL"));
    Ai::read(
        key.as_deref(),
        url.as_deref(),
        model.as_deref(),
        function_timeout()?,
    )
    .map_err(|BadAi { variable, reason }| BadEnvironment::Wrong(variable, reason))
}

fn open_ai<'a>(_: &'a ClientBase, parts: &'a Parts) -> BoxFuture<'a, ()> {
    Box::pin(async {
        if let Ai::Here(chat) = &parts.ai {
            chat.warm().await;
        }
    })
}

fn queue_urls() -> BTreeMap<QueueName, String> {
    QueueName::ALL
        .into_iter()
        .filter_map(|queue| Some((queue, get(queue.url_variable())?)))
        .collect()
}

fn function_timeout() -> Result<Duration, BadEnvironment> {
    const VARIABLE: &str = "FUNCTION_TIMEOUT_SECONDS";
    let Some(text) = get(VARIABLE) else {
        return Ok(FUNCTION_TIMEOUT);
    };
    let seconds = text.parse().map_err(wrong(VARIABLE))?;
    Ok(Duration::from_secs(seconds))
}

fn get(variable: &str) -> Option<String> {
    env::var(variable).ok().filter(|value| !value.is_empty())
}

fn need(variable: &'static str) -> Result<String, BadEnvironment> {
    get(variable).ok_or(BadEnvironment::Missing(variable))
}

fn wrong<E: std::fmt::Display>(variable: &'static str) -> impl Fn(E) -> BadEnvironment {
    move |error| BadEnvironment::Wrong(variable, error.to_string())
}

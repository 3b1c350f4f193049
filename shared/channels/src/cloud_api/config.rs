use std::{fmt, time::Duration};

use openwati_core::state::provider_timeout;
use url::Url;

/// Where Graph is and how long a call may take.
#[derive(Clone, Debug)]
pub struct CloudApiConfig {
    /// `https://graph.facebook.com`, or the base of a simulator.
    pub graph_url: Url,
    /// Graph's version, like `v23.0`.
    pub version: String,
    /// How long finding the host, connecting and TLS may take together; less than `timeout`.
    pub connect_timeout: Duration,
    /// How long a whole call may take, from the look-up of the name to the last byte of the answer.
    pub timeout: Duration,
}

impl CloudApiConfig {
    /// Graph's version that is used where none is configured.
    pub const DEFAULT_VERSION: &str = "v23.0";
    /// Meta connects in tens of milliseconds; three seconds span one lost SYN.
    pub const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
    /// API Gateway gives an HTTP request 30 s, and the outcome must still be stored and told.
    pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(20);

    /// The defaults with Graph at `graph_url`.
    pub fn new(graph_url: Url) -> Self {
        Self {
            graph_url,
            version: Self::DEFAULT_VERSION.to_owned(),
            connect_timeout: Self::DEFAULT_CONNECT_TIMEOUT,
            timeout: Self::DEFAULT_TIMEOUT,
        }
    }

    /// The defaults with Graph at `graph_url`, shortened so that a call ends well within a function
    /// that may run for `function_timeout`.
    pub fn within(graph_url: Url, function_timeout: Duration) -> Self {
        let timeout = provider_timeout(function_timeout).min(Self::DEFAULT_TIMEOUT);
        Self {
            connect_timeout: Self::DEFAULT_CONNECT_TIMEOUT.min(timeout / 2),
            timeout,
            ..Self::new(graph_url)
        }
    }
}

/// Why a client can not be made.
#[derive(Debug, thiserror::Error)]
pub enum BadConfig {
    /// The URL has another scheme, no host, or holds a query or a log-in.
    #[error("the Graph URL must be http or https with a host and a path only")]
    GraphUrl,
    /// Time-outs would overlap, and a call that was cut while connecting would seem to be sent.
    #[error("the connect time-out must be shorter than that of the whole call")]
    Timeouts,
    /// The system's certificates can not be read.
    #[error("the HTTP client can not be made: {0}")]
    Client(#[from] reqwest::Error),
}

/// What a sending number needs at Meta.
#[derive(Clone, Copy)]
pub struct Credentials<'a> {
    /// Meta's id of the number.
    pub phone_number_id: &'a str,
    /// A token that may send for it.
    pub access_token: &'a str,
}

/// The token is left out.
impl fmt::Debug for Credentials<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Credentials")
            .field("phone_number_id", &self.phone_number_id)
            .finish_non_exhaustive()
    }
}

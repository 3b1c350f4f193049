//! Why a request brought nothing.

use std::{error::Error, io, iter};

use openwati_core::address::AddressKind;

use super::{lookup::Refused, policy::GuardError};

/// Why a request brought no answer, or not a whole one. The text names neither the URL nor an address: it may be shown
/// to whoever gave the URL, and stored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The URL may not be asked for; nothing was sent.
    #[error(transparent)]
    Url(#[from] GuardError),
    /// The host's name has no address, or no name server told it.
    #[error("the host's name could not be resolved")]
    Dns,
    /// The host's name leads, also or only, to an address that nobody may be let to; nothing was sent.
    /// Which kind it is stays out of the text: names in private networks are nobody's business.
    #[error("the host's name does not lead to the public internet")]
    AddressRefused(AddressKind),
    /// No connection came about.
    #[error("no connection could be made: {0}")]
    Connect(String),
    /// No safe connection came about: most often the certificate is not good.
    #[error("no TLS connection could be made: {0}")]
    Tls(String),
    /// The time was up.
    #[error("no {0} in time")]
    Timeout(Waiting),
    /// The answer is longer than allowed.
    #[error("the answer is longer than {limit} bytes")]
    TooLarge {
        /// How long it may be.
        limit: u64,
    },
    /// The answer leads elsewhere, and nobody follows.
    #[error(transparent)]
    Redirect(#[from] RedirectError),
    /// The connection broke, or something else than HTTP came.
    #[error("the exchange broke off: {0}")]
    Protocol(String),
    /// This machine can make no safe connections at all: its certificates can not be read.
    #[error("this machine can make no TLS connections")]
    Client,
}

/// Why a redirect is not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RedirectError {
    /// There were more than five.
    #[error("there are too many redirects")]
    TooMany,
    /// It does not say where to.
    #[error("the redirect does not say where it leads")]
    NoLocation,
    /// It leads to where nobody may be let; nothing was sent there.
    #[error("the redirect is refused: {0}")]
    Refused(GuardError),
}

/// What was waited for when the time was up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// For the name's addresses, TCP and TLS.
    Connection,
    /// For the status and the headers.
    Answer,
    /// For more of the body, or for its end.
    Body,
}

impl std::fmt::Display for Waiting {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Self::Connection => "connection",
            Self::Answer => "answer",
            Self::Body => "end of the answer",
        })
    }
}

impl FetchError {
    /// A name for programs, logs and counters, which stays.
    pub fn class(&self) -> &'static str {
        match self {
            Self::Url(GuardError::Address(_)) | Self::AddressRefused(_) => "address_refused",
            Self::Url(_) => "url_refused",
            Self::Dns => "dns",
            Self::Connect(_) => "connect",
            Self::Tls(_) => "tls",
            Self::Timeout(_) => "timeout",
            Self::TooLarge { .. } => "too_large",
            Self::Redirect(_) => "redirect",
            Self::Protocol(_) => "protocol",
            Self::Client => "client",
        }
    }

    /// What went wrong while `waiting`, which is known better if no connection was made yet.
    pub(super) fn new(error: &reqwest::Error, waiting: Waiting) -> Self {
        let connecting = error.is_connect();
        for cause in causes(error) {
            if let Some(Refused(kind)) = cause.downcast_ref() {
                return Self::AddressRefused(*kind);
            }
            if let Some(error) = cause.downcast_ref::<rustls::Error>() {
                return Self::Tls(error.to_string());
            }
        }
        if error.is_timeout() {
            let waiting = match connecting {
                true => Waiting::Connection,
                false => waiting,
            };
            return Self::Timeout(waiting);
        }
        if error.is_dns() {
            return Self::Dns;
        }
        // Only the innermost cause: it knows what happened and nothing of the request.
        let detail = causes(error)
            .last()
            .map_or_else(String::new, ToString::to_string);
        if !connecting {
            Self::Protocol(detail)
        } else if causes(error).any(is_end) {
            // TCP stood: the host hung up on the handshake.
            Self::Tls(detail)
        } else {
            Self::Connect(detail)
        }
    }
}

fn is_end(error: &(dyn Error + 'static)) -> bool {
    error
        .downcast_ref::<io::Error>()
        .is_some_and(|error| error.kind() == io::ErrorKind::UnexpectedEof)
}

/// Everything that caused an error, with what I/O errors wrap and do not call their source.
fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    iter::successors(error.source(), |error| cause(*error))
}

fn cause<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match error.downcast_ref::<io::Error>() {
        Some(error) => error.get_ref().map(|inner| inner as _),
        None => error.source(),
    }
}

//! What a use case refuses with.

use std::time::Duration;

use openwati_core::id::Id;
use openwati_core::key_ring::KeyRingError;
use openwati_core::rate::RateLimit;
use openwati_core::time::Moment;
use openwati_store::StoreError;
use openwati_store::message::MessageError;

/// Why a use case did not do what it was asked for. Every dialect gives it its own shape.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A value that the caller gave is wrong. Nothing was changed.
    #[error("{message}")]
    Invalid {
        /// What is wrong and where, fit for the caller.
        message: String,
        /// A stable name of the kind of mistake.
        code: &'static str,
    },
    /// The caller is not known, or not any more; or a signature does not hold. It is never said which.
    #[error("not authenticated")]
    Unauthorized,
    /// The address or the password is wrong; it is never said which.
    #[error("the e-mail address or the password is wrong")]
    WrongCredentials,
    /// The session is over, or never was.
    #[error("the session is over")]
    SessionOver,
    /// Too many tries of an account, or from an address.
    #[error("too many tries")]
    TooManyTries {
        /// How long until the next one.
        retry_after: Duration,
    },
    /// The caller is known and may not do this.
    #[error("{message}")]
    Forbidden {
        /// Why not, fit for the caller.
        message: String,
        /// A stable name of the reason.
        code: &'static str,
    },
    /// It does not go with how things stand.
    #[error("{message}")]
    Conflict {
        /// With what, fit for the caller.
        message: String,
        /// A stable name of it.
        code: &'static str,
    },
    /// There is no such thing in the caller's tenant.
    #[error("there is no such {what}")]
    NotFound {
        /// What kind of thing.
        what: &'static str,
    },
    /// No channel of the tenant can send, or the one that was named cannot.
    #[error("no device is connected")]
    NoDevice {
        /// Why the one that was named cannot.
        reason: Option<String>,
    },
    /// The plan's cap is reached.
    #[error("the plan's limit of {limit} {cap} is reached")]
    CapReached {
        /// What is capped: `outbound messages per day`.
        cap: &'static str,
        /// The figure.
        limit: u32,
        /// When it begins anew.
        resets_at: Moment,
    },
    /// The customer's last message is older than WhatsApp's 24 hours: only a template may be sent.
    #[error("the 24-hour window is closed")]
    WindowClosed,
    /// WhatsApp refused the message for good.
    #[error("WhatsApp refused the message")]
    WhatsAppRefused {
        /// The message, kept as failed.
        message: Id,
        /// In WhatsApp's words.
        error: MessageError,
        /// For people, in plain words.
        plain: Option<&'static str>,
        /// Whether an earlier answer is given again.
        replayed: bool,
    },
    /// A file cannot be had, or not be sent. Nothing was changed.
    #[error("{reason}")]
    FileRefused {
        /// A stable name of the reason, see [`Refused`](crate::files::Refused).
        code: &'static str,
        /// What is wrong, fit for the caller.
        reason: String,
    },
    /// A message that was taken on was given up since, for a reason of the platform's own.
    #[error("the message was given up")]
    GaveUp {
        /// The message, kept as failed.
        message: Id,
        /// Why, with a stable name.
        error: MessageError,
        /// Whether this is the answer to a key that is used again.
        replayed: bool,
    },
    /// The key's minute is full.
    #[error("the key's limit of requests a minute is reached")]
    RateLimited(RateLimit),
    /// The number, or this one peer, has to wait: our own pacing, or WhatsApp's throttling.
    #[error("the number is sending as fast as it may")]
    Busy {
        /// How long.
        retry_after: Duration,
        /// What has to wait.
        what: Waiting,
    },
    /// WhatsApp was not reached, or said that it is out of order. Nothing was sent.
    #[error("WhatsApp cannot be reached")]
    Unreachable {
        /// The message, kept as failed.
        message: Id,
    },
    /// Meta does not let a number be used as it is to be, with the credentials that were given. Nothing was changed.
    #[error("{message}")]
    CredentialsRefused {
        /// A stable name of the reason.
        code: &'static str,
        /// What is wrong and what to do, fit for the caller.
        message: String,
        /// In Meta's words, where Meta said it.
        error: Option<Box<MessageError>>,
        /// What to do, in plain words.
        help: &'static str,
    },
    /// Meta was not reached, did not answer in time, or was out of order. Nothing was changed.
    #[error("Meta cannot be reached")]
    MetaUnreachable,
    /// Meta was asked too much about an account. Nothing was changed.
    #[error("Meta was asked too much")]
    MetaBusy {
        /// How long it is to be left in peace.
        retry_after: Duration,
    },
    /// Meta refused something that is no message. Nothing was changed.
    #[error("Meta refused it")]
    MetaRefused {
        /// In Meta's words.
        error: MessageError,
        /// For people, in plain words.
        help: &'static str,
    },
    /// A value that is as it must be cannot be used as things stand at WhatsApp. Nothing was changed.
    #[error("{message}")]
    Unprocessable {
        /// What, where and why, fit for the caller.
        message: String,
        /// A stable name of the reason.
        code: &'static str,
    },
    /// Nobody knows whether WhatsApp took the message. It is never sent again by itself.
    #[error("the message's outcome is unknown")]
    OutcomeUnknown {
        /// The message; callbacks may tell.
        message: Id,
        /// Whether this is the answer to a key that is used again.
        replayed: bool,
    },
    /// The first request with this idempotency key still runs.
    #[error("the first request with this key still runs")]
    InProgress,
    /// The idempotency key stood for another request.
    #[error("the key was used for another request")]
    KeyReused,
    /// The store, a queue or the bucket did not answer.
    #[error("the platform cannot do this for now")]
    Unavailable(#[source] StoreError),
    /// Something is kept that cannot be read: a defect, or a key that is missing in the ring.
    #[error("internal error")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The function lacks a part of its configuration.
    #[error("the function has no {0}")]
    Misconfigured(&'static str),
}

/// What has to wait before more can be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    /// The number: its slots of this second are taken.
    Number,
    /// This one customer, whom WhatsApp wants left in peace for a while.
    Customer,
    /// WhatsApp said so of this message, which is kept as failed.
    WhatsApp(Id),
}

impl Error {
    pub(crate) fn invalid(code: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid {
            message: message.into(),
            code,
        }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable { .. } => Self::Unavailable(error),
            StoreError::Corrupt { .. } => Self::Internal(Box::new(error)),
        }
    }
}

impl From<KeyRingError> for Error {
    fn from(error: KeyRingError) -> Self {
        Self::Internal(Box::new(error))
    }
}

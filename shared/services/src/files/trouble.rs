use std::time::Duration;

use openwati_channels::cloud_api::GraphError;
use openwati_channels::guarded::{FetchError, GuardError};
use openwati_core::key_ring::KeyRingError;
use openwati_core::media::{MediaKind, Unsendable};
use openwati_store::StoreError;

use crate::error::Error;

/// A URL does not lead to a file that can be had: 400.
pub(super) const URL_FAILED: &str = "media_url_failed";

/// A file is larger than WhatsApp takes: 413.
const TOO_LARGE: &str = "media_too_large";

/// A file is of a type that WhatsApp does not take, or not what it was said to be: 415.
const WRONG_TYPE: &str = "unsupported_media_type";

/// Nothing was uploaded: 404.
pub(super) const NO_UPLOAD: &str = "upload_not_found";

/// Why a file is not ready to be sent.
#[derive(Debug)]
pub enum Trouble {
    /// It lies with the file or with whoever has it.
    Refused(Refused),
    /// It may be ready in a while.
    Later(Later),
    /// WhatsApp does not take the file, in its own words.
    WhatsApp(Box<GraphError>),
    /// It lies with the platform.
    Ours(Error),
}

/// A file that cannot be sent, or cannot be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// A stable name of the reason: `media_url_failed` (400), `media_too_large` (413), `unsupported_media_type` (415),
    /// `upload_not_found` (404).
    pub code: &'static str,
    /// What is wrong, fit for the caller. It names no URL.
    pub reason: String,
    /// Whether it will be the same another time: a host that is out of order may come back.
    pub stays: bool,
}

/// Why a file is not ready yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Later {
    /// Somebody else is bringing it, or uploading it.
    SomebodyElse,
    /// There was not enough time.
    TimeUp,
    /// WhatsApp did not take it for now.
    Provider {
        /// What happened, fit for logs.
        reason: String,
        /// How long WhatsApp wants to be left alone, where it says so.
        retry_after: Option<Duration>,
    },
    /// It was removed in this moment: it is brought anew.
    Gone,
}

impl Refused {
    /// A URL whose answer is no file, however often it is asked.
    pub(super) fn url(reason: impl Into<String>) -> Self {
        Self {
            code: URL_FAILED,
            reason: reason.into(),
            stays: true,
        }
    }

    /// A URL that may lead to the file another time.
    pub(super) fn url_for_now(reason: impl Into<String>) -> Self {
        Self {
            stays: false,
            ..Self::url(reason)
        }
    }

    pub(super) fn too_large(kind: MediaKind) -> Self {
        let limit = kind.largest();
        Self {
            code: TOO_LARGE,
            reason: format!(
                "the file is larger than the {limit} bytes that WhatsApp takes of {} {kind}",
                kind.article()
            ),
            stays: true,
        }
    }

    pub(super) fn wrong_type(error: &Unsendable) -> Self {
        Self {
            code: WRONG_TYPE,
            reason: error.to_string(),
            stays: true,
        }
    }

    /// Audio that cannot be a voice note.
    pub(crate) fn voice_note(found: &str) -> Self {
        Self {
            code: WRONG_TYPE,
            reason: format!("the file is {found}, and a voice note takes audio/ogg with Opus"),
            stays: true,
        }
    }

    /// What a host did in place of handing out a file. That the time of the whole is up is not for here.
    pub(super) fn of_fetch(error: &FetchError, kind: MediaKind) -> Self {
        let reason = format!("the file cannot be fetched: {error}");
        match error {
            FetchError::TooLarge { .. } => Self::too_large(kind),
            // A look-up can change.
            FetchError::Url(GuardError::Address(_))
            | FetchError::Url(_)
            | FetchError::Redirect(_) => Self::url(reason),
            FetchError::Dns
            | FetchError::AddressRefused(_)
            | FetchError::Connect(_)
            | FetchError::Tls(_)
            | FetchError::Timeout(_)
            | FetchError::Protocol(_)
            | FetchError::Client => Self::url_for_now(reason),
        }
    }

    /// A status that is no file.
    pub(super) fn of_status(status: u16) -> Self {
        let reason = format!("the file cannot be fetched: its host answered with status {status}");
        // Too early, too many, and what the host itself takes for its own trouble.
        match status {
            408 | 425 | 429 | 500.. => Self::url_for_now(reason),
            _ => Self::url(reason),
        }
    }
}

impl From<Refused> for Trouble {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<Later> for Trouble {
    fn from(later: Later) -> Self {
        Self::Later(later)
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Ours(error.into())
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Ours(error)
    }
}

impl From<KeyRingError> for Trouble {
    fn from(error: KeyRingError) -> Self {
        Self::Ours(error.into())
    }
}

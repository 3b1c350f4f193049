use std::fmt;

use openwati_core::id::Id;
use openwati_store::file::FileSourceId;
use serde::{Deserialize, Serialize};

use super::trouble::{Refused, URL_FAILED};
use crate::error::Error;
use crate::platform::Platform;

/// Where a file comes from.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A URL of the caller's, in its usual spelling.
    Url(String),
    /// What the caller put into the bucket by a link of ours.
    Upload(Id),
}

impl Source {
    /// Reads a URL as a caller wrote it. Nothing is asked yet.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the code `media_url_failed` for what nobody may be let to.
    pub fn url(platform: &Platform, text: &str) -> Result<Self, Error> {
        let url = platform.guarded()?.check_url(text);
        url.map(|url| Self::Url(url.into()))
            .map_err(|error| Error::invalid(URL_FAILED, format!("url: {error}")))
    }

    pub(super) fn id(&self) -> FileSourceId {
        match self {
            Self::Url(url) => FileSourceId::url(url),
            Self::Upload(id) => FileSourceId::upload(*id),
        }
    }

    /// What is said of a file that is not there.
    pub(super) fn missing() -> Refused {
        Refused {
            code: super::trouble::NO_UPLOAD,
            reason: "nothing was uploaded under this uploadId".to_owned(),
            stays: true,
        }
    }
}

/// The URL is left out: it may hold a secret.
impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(_) => f.debug_tuple("Url").finish_non_exhaustive(),
            Self::Upload(id) => f.debug_tuple("Upload").field(id).finish(),
        }
    }
}

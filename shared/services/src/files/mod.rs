//! Files that are sent: brought into the bucket once, and up to WhatsApp once.
//!
//! [`bring`] comes first: it leaves the file in the bucket under the digest of its bytes, whichever URL or upload it came
//! from. [`provider_id`] follows: what WhatsApp is told in the file's place. Both may be repeated at any time, by several at
//! once: one of them works, and the others wait for it or are told to come again.
//!
//! | step | crash afterwards |
//! | --- | --- |
//! | somebody takes the source's lease | it lapses |
//! | the bytes come into the bucket: a large file's under a name that waits | the lifecycle forgets them |
//! | the file is written down, due to be looked at in a day | it goes, if no message has it by then |
//! | the file is where its digest says | the same |
//! | the source leads to the file | it is brought anew, or found |
//! | somebody takes the lease of the number's id; the file is uploaded | the lease lapses; it is uploaded again |

mod bring;
mod download;
mod keep;
mod kept;
mod provider;
mod source;
mod sweep;
mod trouble;
mod upload;

use std::time::Duration;

use openwati_core::media::{FileType, MediaKind};
use openwati_core::message::MediaSource;
use openwati_core::tenant::TenantId;
use openwati_store::file::FileRecord;
use tokio::time::Instant;

pub use bring::bring;
pub use kept::kept;
pub use provider::{forget_id, provider_id};
pub use source::Source;
pub(crate) use sweep::{is_used, sweep};
pub use trouble::{Later, Refused, Trouble};

/// A file that is wanted for a message.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Whose message it is.
    pub tenant: &'a TenantId,
    /// Where the file comes from.
    pub source: &'a Source,
    /// What the message is.
    pub kind: MediaKind,
    /// What the sender says that the file is, where they do.
    pub mime_type: Option<&'a str>,
    /// How long to wait for somebody else who is at the same file.
    pub patience: Duration,
    /// When it has to be over.
    pub deadline: Instant,
}

/// A file that is in the bucket, and may be sent as it is wanted.
#[derive(Debug, Clone)]
pub struct Brought {
    /// The SHA-256 of its bytes, in hex: what [`MediaSource::File`] holds.
    pub sha256: String,
    /// Where it lies in the bucket.
    pub key: String,
    /// The type under which it goes to WhatsApp.
    pub mime_type: String,
    /// Its length in bytes.
    pub size: u64,
    record: FileRecord,
}

/// What WhatsApp is told in a file's place.
#[derive(Clone, PartialEq, Eq)]
pub enum Given {
    /// Its own id of the file. Should it say that it does not know it, see [`forget_id`].
    Id(String),
    /// Where it finds the file, for an hour.
    Link(String),
}

impl Given {
    /// As a message tells it.
    pub fn source(&self) -> MediaSource {
        match self {
            Self::Id(id) => MediaSource::Id(id.clone()),
            Self::Link(link) => MediaSource::Link(link.clone()),
        }
    }
}

/// The link is left out: it is signed.
impl std::fmt::Debug for Given {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Id(id) => f.debug_tuple("Id").field(id).finish(),
            Self::Link(_) => f.debug_tuple("Link").finish_non_exhaustive(),
        }
    }
}

impl Wanted<'_> {
    /// How long there is still time.
    fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// The type under which a file of this type and size goes, if it goes at all.
    fn judge(&self, file: &FileType, size: u64) -> Result<String, Trouble> {
        if size > self.kind.largest() {
            return Err(Refused::too_large(self.kind).into());
        }
        if size == 0 {
            return Err(Refused::url("the file is empty").into());
        }
        let sendable = self.kind.sendable(file, self.mime_type);
        sendable.map_err(|error| Refused::wrong_type(&error).into())
    }

    /// The file, if it may be sent as it is wanted.
    fn brought(&self, record: FileRecord, said: Option<&str>) -> Result<Brought, Trouble> {
        let mime_type = self.judge(&record.file_type(said), record.size)?;
        Ok(Brought {
            sha256: record.sha256.clone(),
            key: openwati_store::blobs::content_key(self.tenant, &record.sha256),
            mime_type,
            size: record.size,
            record,
        })
    }
}

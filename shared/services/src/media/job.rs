use openwati_core::id::Id;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use openwati_store::queues::{self, Job};
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// A file that is to be downloaded, as it waits on its queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaJob {
    /// Whose message it is.
    pub tenant: TenantId,
    /// The message, which is stored with what WhatsApp announced of the file.
    pub message: Id,
    /// When this platform was told of the message: from then on the tenant's server waits to hear of it, and WhatsApp
    /// keeps the file.
    pub received_at: Moment,
    /// How often it was tried in vain.
    #[serde(default)]
    pub tries: u32,
    /// Whether the tenant's server was told of the message already, because it had waited long enough.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub told: bool,
}

impl MediaJob {
    /// The first try for the file of a message that came in at `received_at`.
    pub const fn new(tenant: TenantId, message: Id, received_at: Moment) -> Self {
        Self {
            tenant,
            message,
            received_at,
            tries: 0,
            told: false,
        }
    }
}

/// The job for [`QueueName::MediaDownload`](openwati_store::queues::QueueName), to be worked in `delay_seconds`.
///
/// # Errors
/// None that can be met: the job is a few short values.
pub fn job(media: &MediaJob, delay_seconds: u16) -> Result<Job, Error> {
    let body = queues::body(media).map_err(|error| Error::Internal(Box::new(error)))?;
    Ok(Job {
        body,
        // On a standard queue the group only shares the workers fairly between tenants.
        group: Some(media.tenant.to_string()),
        deduplication: None,
        delay_seconds,
    })
}

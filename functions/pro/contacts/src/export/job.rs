//! An export as the API shows it.

use openwati_core::secret::Secret;
use openwati_services::imports;
use serde::Serialize;
use utoipa::ToSchema;

use crate::import::ContactJobStatus;

/// An export of contacts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "6a297f98-8000-8d5e-9b7c-2f1d3a5e7c90",
    "status": "done",
    "rows": 12500,
    "bytes": 1048576,
    "error": null,
    "created_at": "2026-06-10T12:34:56Z",
    "finished_at": "2026-06-10T12:35:10Z",
    "url": "https://bucket.s3.amazonaws.com/exports/1234567890/6a297f9880002f1d3a5e7c90/contacts.csv?X-Amz-Signature=…",
}))]
pub(crate) struct Export {
    #[schema(format = "uuid")]
    id: String,
    status: ContactJobStatus,
    /// The contacts that were written so far.
    rows: u64,
    /// How long the file is, once it is there.
    bytes: u64,
    /// Why the export was given up, in words.
    #[schema(required)]
    error: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was done or given up.
    #[schema(required, format = DateTime)]
    finished_at: Option<String>,
    /// Where the file is, for 15 minutes; ask again for another link. Shown where one export is that is done, for 7 days.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false, format = "uri")]
    url: Option<Secret<String>>,
}

impl From<imports::ContactJob> for Export {
    fn from(job: imports::ContactJob) -> Self {
        Self {
            id: job.id.uuid(),
            status: job.state.into(),
            rows: job.rows,
            bytes: job.bytes,
            error: job.reason,
            created_at: job.created_at.iso(),
            finished_at: job.finished_at.map(|at| at.iso()),
            url: job.url,
        }
    }
}

/// One export.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneExport {
    pub(crate) export: Export,
}

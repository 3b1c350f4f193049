//! An import as the API shows it.

use openwati_services::imports;
use openwati_store::contact_job::ContactJobState;
use serde::Serialize;
use utoipa::ToSchema;

/// How far an import or export has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ContactJobStatus {
    /// Its file is awaited, and that it is started.
    Waiting,
    /// It is worked.
    Running,
    /// It is done.
    Done,
    /// It was given up: begin another one.
    Failed,
}

impl From<ContactJobState> for ContactJobStatus {
    fn from(state: ContactJobState) -> Self {
        match state {
            ContactJobState::Waiting => Self::Waiting,
            ContactJobState::Running => Self::Running,
            ContactJobState::Done => Self::Done,
            ContactJobState::Failed => Self::Failed,
        }
    }
}

/// An import of contacts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "6a297f98-8000-8d5e-9b7c-2f1d3a5e7c90",
    "status": "running",
    "rows": 12500,
    "created": 12000,
    "updated": 480,
    "rejected": 20,
    "bytes": 4194304,
    "bytes_done": 524288,
    "error": null,
    "created_at": "2026-06-10T12:34:56Z",
    "started_at": "2026-06-10T12:35:10Z",
    "finished_at": null,
}))]
pub(crate) struct Import {
    #[schema(format = "uuid")]
    id: String,
    status: ContactJobStatus,
    /// The rows that were read so far, without the header and without empty ones: those that made a contact, those whose
    /// contact was there, and those that nothing was done with.
    rows: u64,
    /// The rows that made a contact.
    created: u64,
    /// The rows whose contact was there, perhaps by an earlier row.
    updated: u64,
    /// The rows that nothing was done with.
    rejected: u64,
    /// How long the file is.
    bytes: u64,
    /// How much of it was read.
    bytes_done: u64,
    /// Why the import was given up, in words.
    #[schema(required)]
    error: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was started.
    #[schema(required, format = DateTime)]
    started_at: Option<String>,
    /// When it was done or given up.
    #[schema(required, format = DateTime)]
    finished_at: Option<String>,
}

impl From<imports::ContactJob> for Import {
    fn from(job: imports::ContactJob) -> Self {
        Self {
            id: job.id.uuid(),
            status: job.state.into(),
            rows: job.rows,
            created: job.created,
            updated: job.updated,
            rejected: job.rejected,
            bytes: job.bytes,
            bytes_done: job.bytes_done,
            error: job.reason,
            created_at: job.created_at.iso(),
            started_at: job.started_at.map(|at| at.iso()),
            finished_at: job.finished_at.map(|at| at.iso()),
        }
    }
}

/// One import.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneImport {
    pub(crate) import: Import,
}

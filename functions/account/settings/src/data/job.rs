//! A work through the tenant's data as the API shows it.

use std::collections::BTreeMap;

use openwati_core::secret::Secret;
use openwati_services::data;
use openwati_store::data as kept;
use serde::Serialize;
use utoipa::ToSchema;

/// What a job does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum JobKind {
    /// Writes all data of the tenant into files.
    ExportTenant,
    /// Writes all data of a contact into files.
    ExportContact,
    /// Removes a contact and everything that was said with them.
    EraseContact,
    /// Removes another tenant; asked for by a Super Admin.
    EraseTenant,
    /// Removes messages that are kept no longer; begun by the platform, once a day.
    Retention,
    /// Seals the secrets of all tenants by the current key; asked for by a Super Admin.
    Reseal,
}

/// How far a job has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum JobState {
    /// It waits or works.
    Running,
    /// It is done.
    Done,
    /// It was given up: ask for it again.
    Failed,
}

/// A file of an export.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JobFile {
    /// `manifest.json`, which lists the parts, or a part: lines of JSON, each with its `type`.
    #[schema(example = "part-00001.ndjson")]
    name: String,
    /// Where it is, for 15 minutes; ask again for another link.
    #[schema(value_type = String, format = "uri")]
    url: Secret<String>,
}

/// A work through the tenant's data.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DataJob {
    #[schema(format = "uuid")]
    id: String,
    kind: JobKind,
    state: JobState,
    /// How much of what was written or removed so far.
    #[schema(example = json!({"messages": 1200, "contacts": 1}))]
    counts: BTreeMap<String, u64>,
    /// Why it was given up.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reason: Option<String>,
    /// The files of an export that is done, for 7 days. Shown where one job is, to who may read what they hold.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    files: Vec<JobFile>,
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was done or given up.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    finished_at: Option<String>,
}

/// One job.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneDataJob {
    job: DataJob,
}

impl OneDataJob {
    pub(crate) fn new(job: data::Job) -> Self {
        Self { job: job.into() }
    }
}

impl From<data::Job> for DataJob {
    fn from(job: data::Job) -> Self {
        Self {
            id: job.id.uuid(),
            kind: match job.kind {
                kept::DataJobKind::ExportTenant => JobKind::ExportTenant,
                kept::DataJobKind::ExportContact => JobKind::ExportContact,
                kept::DataJobKind::EraseContact => JobKind::EraseContact,
                kept::DataJobKind::EraseTenant => JobKind::EraseTenant,
                kept::DataJobKind::Retention => JobKind::Retention,
                kept::DataJobKind::Reseal => JobKind::Reseal,
            },
            state: match job.state {
                kept::DataJobState::Running => JobState::Running,
                kept::DataJobState::Done => JobState::Done,
                kept::DataJobState::Failed => JobState::Failed,
            },
            counts: job.counts,
            reason: job.reason,
            files: job
                .files
                .into_iter()
                .map(|file| JobFile {
                    name: file.name,
                    url: file.url,
                })
                .collect(),
            created_at: job.created_at.iso(),
            finished_at: job.finished_at.map(|at| at.iso()),
        }
    }
}

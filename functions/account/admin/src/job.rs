//! A work that was begun.

use openwati_services::data;
use serde::Serialize;
use utoipa::ToSchema;

/// A work through data.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BegunJob {
    /// Look it up under `/api/data/jobs/{id}`.
    #[schema(format = "uuid")]
    id: String,
    #[schema(format = DateTime)]
    created_at: String,
}

/// A work that was begun. It stands among those of the account of whoever asked for it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Begun {
    job: BegunJob,
}

impl From<data::Job> for Begun {
    fn from(job: data::Job) -> Self {
        Self {
            job: BegunJob {
                id: job.id.uuid(),
                created_at: job.created_at.iso(),
            },
        }
    }
}

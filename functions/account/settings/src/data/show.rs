//! `GET /api/data/jobs/{id}`

use axum::Json;
use axum::extract::State;
use openwati_services::data;
use openwati_web::extract::{ApiPath, Authorized, ReadAccount};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};

use super::job::OneDataJob;

error_responses! {
    /// Why a job is not shown.
    ShowErrors {
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "404": "The tenant has no such job." ["not_found"],
    }
}

/// Look up an export or erasure
#[utoipa::path(
    get,
    path = "/api/data/jobs/{id}",
    operation_id = "getDataJob",
    tag = "Data",
    params(("id" = String, Path, description = "The job's id.")),
    responses(
        KeyErrors,
        ShowErrors,
        (status = 200, description = "The job, with links to the files of an export that is done.", body = OneDataJob),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn show(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<ReadAccount>,
    ApiPath(id): ApiPath<String>,
) -> Result<Json<OneDataJob>, ApiError> {
    let job = data::find(app.platform(), &caller, &id).await?;
    Ok(Json(OneDataJob::new(job)))
}

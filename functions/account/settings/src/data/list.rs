//! `GET /api/data/jobs`

use axum::Json;
use axum::extract::State;
use openwati_services::data;
use openwati_web::extract::{ApiQuery, Authorized, ReadAccount};
use openwati_web::openapi::KeyErrors;
use openwati_web::query::{PageQuery, cursor};
use openwati_web::{ApiError, App, error_responses};
use serde::Serialize;
use utoipa::ToSchema;

use super::job::DataJob;

/// A page of jobs, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ManyDataJobs {
    jobs: Vec<DataJob>,
    /// What to ask for the next page with; `null` on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

error_responses! {
    /// Why jobs are not listed.
    ListErrors {
        "400": "A parameter is not what it must be; the error names it." ["invalid_request", "invalid_cursor"],
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
    }
}

/// List exports and erasures
///
/// Those of the last 90 days, and the daily ones of retention.
#[utoipa::path(
    get,
    path = "/api/data/jobs",
    operation_id = "listDataJobs",
    tag = "Data",
    params(PageQuery),
    responses(
        KeyErrors,
        ListErrors,
        (status = 200, description = "A page of jobs.", body = ManyDataJobs),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn list(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<ReadAccount>,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Json<ManyDataJobs>, ApiError> {
    let limit = query.limit()?;
    let before = query.last()?;
    let page = data::list(app.platform(), &caller, limit, before).await?;
    Ok(Json(ManyDataJobs {
        jobs: page.jobs.into_iter().map(DataJob::from).collect(),
        next_cursor: page.next.map(cursor),
    }))
}

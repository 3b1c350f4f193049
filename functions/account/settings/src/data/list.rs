//! `GET /api/data/jobs`

use axum::Json;
use axum::extract::State;
use openwati_services::data;
use openwati_web::extract::{ApiQuery, Authorized, ReadAccount};
use openwati_web::openapi::KeyErrors;
use openwati_web::query::{cursor, limit, parse_cursor};
use openwati_web::{ApiError, App, error_responses};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::job::DataJob;

/// Which page is shown.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Parameters {
    /// Jobs on a page.
    #[param(nullable = false, value_type = Option<u32>, minimum = 1, maximum = 100, default = 50)]
    limit: Option<String>,
    /// The `nextCursor` of the page before.
    #[param(nullable = false)]
    cursor: Option<String>,
}

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
        "403": "The plan has no API, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api"],
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
    params(Parameters),
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
    ApiQuery(parameters): ApiQuery<Parameters>,
) -> Result<Json<ManyDataJobs>, ApiError> {
    let limit = limit(parameters.limit.as_deref())?;
    let before = parse_cursor(parameters.cursor.as_deref())?;
    let page = data::list(app.platform(), &caller, limit, before).await?;
    Ok(Json(ManyDataJobs {
        jobs: page.jobs.into_iter().map(DataJob::from).collect(),
        next_cursor: page.next.map(cursor),
    }))
}

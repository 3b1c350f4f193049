//! `GET /api/admin/tenants`

use axum::Json;
use axum::extract::State;
use openwati_services::admin;
use openwati_web::extract::{ApiQuery, Authorized, ReadTenants};
use openwati_web::openapi::KeyErrors;
use openwati_web::query::{bad_cursor, limit};
use openwati_web::{ApiError, App, error_responses};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::tenant::Tenant;

/// Which page is shown.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Parameters {
    /// Tenants on a page.
    #[param(nullable = false, value_type = Option<u32>, minimum = 1, maximum = 100, default = 50)]
    limit: Option<String>,
    /// The `nextCursor` of the page before.
    #[param(nullable = false)]
    cursor: Option<String>,
}

/// A page of tenants, by their ids, which are random. It may be short although more follow.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ManyTenants {
    tenants: Vec<Tenant>,
    /// What to ask for the next page with; `null` on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

error_responses! {
    /// Why tenants are not listed.
    ListErrors {
        "400": "A parameter is not what it must be; the error names it." ["invalid_request", "invalid_cursor"],
        "403": "Only Super Admins may, who are people." ["missing_scope", "missing_role"],
    }
}

/// List tenants
///
/// For Super Admins.
#[utoipa::path(
    get,
    path = "/api/admin/tenants",
    operation_id = "listTenants",
    tag = "Installation",
    params(Parameters),
    responses(
        KeyErrors,
        ListErrors,
        (status = 200, description = "A page of tenants.", body = ManyTenants),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn list(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<ReadTenants>,
    ApiQuery(parameters): ApiQuery<Parameters>,
) -> Result<Json<ManyTenants>, ApiError> {
    let limit = limit(parameters.limit.as_deref())?;
    let after = parameters.cursor.map(|cursor| cursor.parse());
    let after = after.transpose().map_err(|_| bad_cursor())?;
    let page = admin::list(app.platform(), &caller, limit, after.as_ref()).await?;
    Ok(Json(ManyTenants {
        tenants: page.tenants.into_iter().map(Tenant::from).collect(),
        next_cursor: page.next.map(|last| last.to_string()),
    }))
}

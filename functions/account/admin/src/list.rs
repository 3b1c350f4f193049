//! `GET /api/admin/tenants`

use axum::Json;
use axum::extract::State;
use openwati_services::admin;
use openwati_web::extract::{ApiQuery, Authorized, ReadTenants};
use openwati_web::openapi::KeyErrors;
use openwati_web::query::{PageQuery, bad_cursor};
use openwati_web::{ApiError, App, error_responses};
use serde::Serialize;
use utoipa::ToSchema;

use crate::tenant::Tenant;

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
    params(PageQuery),
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
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Json<ManyTenants>, ApiError> {
    let limit = query.limit()?;
    let after = query.cursor().map(str::parse);
    let after = after.transpose().map_err(|_| bad_cursor())?;
    let page = admin::list(app.platform(), &caller, limit, after.as_ref()).await?;
    Ok(Json(ManyTenants {
        tenants: page.tenants.into_iter().map(Tenant::from).collect(),
        next_cursor: page.next.map(|last| last.to_string()),
    }))
}

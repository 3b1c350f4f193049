//! `GET /api/admin/tenants/{id}`

use axum::Json;
use axum::extract::State;
use openwati_services::admin;
use openwati_web::extract::{ApiPath, Authorized, ReadTenants};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};

use crate::tenant::OneTenant;

error_responses! {
    /// Why a tenant is not shown.
    ShowErrors {
        "403": "Only Super Admins may, who are people." ["missing_scope", "missing_role"],
        "404": "There is no such tenant." ["not_found"],
    }
}

/// Look up a tenant
///
/// With what it uses. For Super Admins.
#[utoipa::path(
    get,
    path = "/api/admin/tenants/{id}",
    operation_id = "getTenant",
    tag = "Installation",
    params(("id" = String, Path, description = "The tenant's id.")),
    responses(
        KeyErrors,
        ShowErrors,
        (status = 200, description = "The tenant.", body = OneTenant),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn show(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<ReadTenants>,
    ApiPath(id): ApiPath<String>,
) -> Result<Json<OneTenant>, ApiError> {
    Ok(Json(
        admin::find(app.platform(), &caller, &id).await?.into(),
    ))
}

//! `DELETE /api/admin/tenants/{id}`

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use openwati_services::admin;
use openwati_web::extract::{ApiPath, Authorized, WriteTenants};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};

use crate::job::Begun;

error_responses! {
    /// Why a tenant is not deleted.
    DeleteErrors {
        "403": "Only Super Admins may, who are people." ["missing_scope", "missing_role"],
        "404": "There is no such tenant." ["not_found"],
        "409": "Nobody deletes the tenant that they belong to." ["own_tenant"],
    }
}

/// Delete a tenant
///
/// With everything that is kept of it. For Super Admins.
#[utoipa::path(
    delete,
    path = "/api/admin/tenants/{id}",
    operation_id = "deleteTenant",
    tag = "Installation",
    params(("id" = String, Path, description = "The tenant's id.")),
    responses(
        KeyErrors,
        DeleteErrors,
        (status = 202, description = "It is being erased.", body = Begun),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn delete(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteTenants>,
    ApiPath(id): ApiPath<String>,
) -> Result<(StatusCode, Json<Begun>), ApiError> {
    let job = admin::delete(app.platform(), &caller, &id).await?;
    Ok((StatusCode::ACCEPTED, Json(job.into())))
}

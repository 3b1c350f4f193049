//! `POST /api/admin/tenants/{id}/enter`

use axum::Json;
use axum::extract::State;
use openwati_core::secret::Secret;
use openwati_services::admin;
use openwati_web::extract::{ApiPath, Authorized, WriteTenants};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};
use serde::Serialize;
use utoipa::ToSchema;

/// A token that is good in the tenant.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Entered {
    /// Ten digits.
    #[schema(example = "4071523986")]
    tenant_id: String,
    /// Goes with every request, as `Authorization: Bearer …`.
    #[schema(value_type = String)]
    access_token: Secret<String>,
    /// Until when it is good, unless the session that it is of ends before.
    #[schema(format = DateTime)]
    expires_at: String,
}

error_responses! {
    /// Why a tenant is not entered.
    EnterErrors {
        "403": "Only Super Admins may, who are people and logged in by e-mail and password." ["missing_scope", "missing_role", "session_required"],
        "404": "There is no such tenant." ["not_found"],
        "409": "It is your own." ["own_tenant"],
    }
}

/// Enter a tenant
///
/// For Super Admins: the token in the answer is good for an hour as one of the tenant's Admins, and ends with the session
/// that asks for it. The logs of both tenants hold that it was entered, and all that is done.
#[utoipa::path(
    post,
    path = "/api/admin/tenants/{id}/enter",
    operation_id = "enterTenant",
    tag = "Installation",
    params(("id" = String, Path, description = "The tenant's id.")),
    responses(
        KeyErrors,
        EnterErrors,
        (status = 200, description = "The token.", body = Entered),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn enter(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteTenants>,
    ApiPath(id): ApiPath<String>,
) -> Result<Json<Entered>, ApiError> {
    let entered = admin::enter(app.platform(), &caller, &id).await?;
    Ok(Json(Entered {
        tenant_id: entered.tenant.to_string(),
        access_token: entered.access_token,
        expires_at: entered.expires_at.iso(),
    }))
}

//! `PATCH /api/admin/tenants/{id}`

use axum::Json;
use axum::extract::State;
use openwati_services::admin::{self, Change};
use openwati_web::extract::{ApiJson, ApiPath, Authorized, WriteTenants};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::figures::Figures;
use crate::tenant::OneTenant;

/// What changes of a tenant. What is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct TenantChange {
    /// What it is called: 1 to 100 characters.
    #[serde(default)]
    #[schema(nullable = false)]
    name: Option<String>,
    /// Its plan, whose figures it gets anew: figures of its own that are to stay are to be named again.
    #[serde(default)]
    #[schema(nullable = false, example = "Pro")]
    plan: Option<String>,
    /// Figures of its own.
    #[serde(default)]
    figures: Figures,
    /// Whether nobody of it is to be let in, by key or by log-in. What customers write is kept all the same.
    #[serde(default)]
    #[schema(nullable = false)]
    suspended: Option<bool>,
}

error_responses! {
    /// Why a tenant is not changed.
    UpdateErrors {
        "400": "Something is not what it must be; the error names it." ["invalid_json", "invalid_request", "invalid_name", "invalid_plan"],
        "403": "Only Super Admins may, who are people." ["missing_scope", "missing_role"],
        "404": "There is no such tenant." ["not_found"],
        "409": "Nobody suspends the tenant that they belong to; or others change it all the while: try again." ["own_tenant", "tenant_busy"],
        "413": "The body is too large." ["payload_too_large"],
    }
}

/// Change a tenant
///
/// For Super Admins. A plan without webhooks pauses those that there are, and one with them enables what was paused so.
/// Numbers, people and messages beyond a lower figure stay; there are just no more of them.
#[utoipa::path(
    patch,
    path = "/api/admin/tenants/{id}",
    operation_id = "updateTenant",
    tag = "Installation",
    params(("id" = String, Path, description = "The tenant's id.")),
    request_body = TenantChange,
    responses(
        KeyErrors,
        UpdateErrors,
        (status = 200, description = "The tenant as it is now.", body = OneTenant),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn update(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteTenants>,
    ApiPath(id): ApiPath<String>,
    ApiJson { value: change, .. }: ApiJson<TenantChange>,
) -> Result<Json<OneTenant>, ApiError> {
    let change = Change {
        name: change.name,
        plan: change.plan,
        figures: change.figures.into(),
        suspended: change.suspended,
    };
    let tenant = admin::change(app.platform(), &caller, &id, change).await?;
    Ok(Json(tenant.into()))
}

//! `PATCH /api/admin/keys/{id}`

use axum::Json;
use axum::extract::State;
use openwati_services::admin::{self, KeyLimits};
use openwati_web::extract::{ApiJson, ApiPath, ApiQuery, Authorized, WriteTenants};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Whose key it is.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Parameters {
    /// The id of the tenant that has the key: ids of keys are of their tenant.
    #[param(nullable = false, required, value_type = String, example = "4071523986")]
    tenant: Option<String>,
}

/// What changes of a key. What is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LimitChange {
    /// Requests a minute that it may make, from this minute on.
    #[serde(default)]
    #[schema(nullable = false, minimum = 1, maximum = 60000)]
    per_minute: Option<u32>,
    /// Whether it works.
    #[serde(default)]
    #[schema(nullable = false)]
    enabled: Option<bool>,
}

/// A tenant's key.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TenantKey {
    #[schema(format = "uuid")]
    id: String,
    name: String,
    /// Whether it works.
    enabled: bool,
    /// Requests a minute that it may make.
    per_minute: u32,
}

/// One key.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneTenantKey {
    key: TenantKey,
}

error_responses! {
    /// Why a key's limits are not changed.
    LimitErrors {
        "400": "Something is not what it must be; the error names it." ["invalid_json", "invalid_request", "invalid_limit"],
        "403": "Only Super Admins may, who are people." ["missing_scope", "missing_role"],
        "404": "The tenant has no such key." ["not_found"],
        "409": "Others change it all the while: try again." ["key_busy"],
        "413": "The body is too large." ["payload_too_large"],
    }
}

/// Change any key's limits
///
/// For Super Admins, who may give more than a tenant's Admins. Those can give the key less than that and switch it off, and
/// neither more nor on again.
#[utoipa::path(
    patch,
    path = "/api/admin/keys/{id}",
    operation_id = "updateKeyLimits",
    tag = "Installation",
    params(("id" = String, Path, description = "The key's id."), Parameters),
    request_body = LimitChange,
    responses(
        KeyErrors,
        LimitErrors,
        (status = 200, description = "The key as it is now.", body = OneTenantKey),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn keys(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteTenants>,
    ApiPath(id): ApiPath<String>,
    ApiQuery(parameters): ApiQuery<Parameters>,
    ApiJson { value: change, .. }: ApiJson<LimitChange>,
) -> Result<Json<OneTenantKey>, ApiError> {
    let limits = KeyLimits {
        per_minute: change.per_minute,
        enabled: change.enabled,
    };
    let tenant = parameters.tenant.unwrap_or_default();
    let key = admin::change_key(app.platform(), &caller, &tenant, &id, limits).await?;
    Ok(Json(OneTenantKey {
        key: TenantKey {
            id: key.id.uuid(),
            name: key.name,
            enabled: key.enabled,
            per_minute: key.per_minute,
        },
    }))
}

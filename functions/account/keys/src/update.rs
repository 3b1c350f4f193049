//! `PATCH /api/keys/{id}`

use axum::Json;
use axum::extract::State;
use openwati_services::keys::{self, Change};
use openwati_web::extract::{ApiJson, ApiPath, Authorized, WriteAccount, nullable};
use openwati_web::openapi::KeyErrors;
use openwati_web::query::moment;
use openwati_web::{ApiError, App, error_responses};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::key::OneKey;

/// What changes of a key. What is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KeyChange {
    /// What you call it: 1 to 100 characters.
    #[serde(default)]
    #[schema(nullable = false)]
    name: Option<String>,
    /// What it may be used for; empty means `api`, which covers all.
    #[serde(default)]
    #[schema(nullable = false)]
    scopes: Option<Vec<String>>,
    /// Whether it works. One that is disabled is dead with the answer.
    #[serde(default)]
    #[schema(nullable = false)]
    enabled: Option<bool>,
    /// Requests a minute that it may make, from this minute on.
    #[serde(default)]
    #[schema(nullable = false, minimum = 1, maximum = 6000)]
    per_minute: Option<u32>,
    /// When it ends, in the future; `null` is never.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Option<String>>,
}

error_responses! {
    /// Why a key is not changed.
    UpdateErrors {
        "400": "Something is not what it must be; the error names it." ["invalid_json", "invalid_request", "invalid_name", "invalid_scope", "invalid_expiry", "invalid_limit"],
        "403": "The plan has no API, the account is suspended, the key lacks the scope or the role, the other one may or is to do more than it, or the operator switched it off." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended", "scope_exceeds_own", "held_by_operator"],
        "404": "The tenant has no such key." ["not_found"],
        "409": "Others change it all the while: try again." ["key_busy"],
        "413": "The body is too large." ["payload_too_large"],
    }
}

/// Change an API key
///
/// With the answer all of it holds, for every request that comes then.
#[utoipa::path(
    patch,
    path = "/api/keys/{id}",
    operation_id = "updateKey",
    tag = "Keys",
    params(("id" = String, Path, description = "The key's id.")),
    request_body = KeyChange,
    responses(
        KeyErrors,
        UpdateErrors,
        (status = 200, description = "The key as it is now.", body = OneKey),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn update(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteAccount>,
    ApiPath(id): ApiPath<String>,
    ApiJson { value: change, .. }: ApiJson<KeyChange>,
) -> Result<Json<OneKey>, ApiError> {
    let end = |at: Option<String>| at.map(|at| moment("expiresAt", &at)).transpose();
    let change = Change {
        name: change.name,
        scopes: change.scopes,
        enabled: change.enabled,
        per_minute: change.per_minute,
        expires_at: change.expires_at.map(end).transpose()?,
    };
    let key = keys::change(app.platform(), &caller, &id, change).await?;
    Ok(Json(OneKey::new(key)))
}

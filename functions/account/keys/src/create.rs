//! `POST /api/keys`

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use openwati_services::keys;
use openwati_web::extract::{ApiJson, Authorized, IdempotencyKey, WriteAccount};
use openwati_web::openapi::KeyErrors;
use openwati_web::query::moment;
use openwati_web::{ApiError, App, error_responses, replayed};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::key::{KeyRole, OneKey};

/// A key to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewKey {
    /// What you call it: 1 to 100 characters.
    #[schema(example = "Shop")]
    name: String,
    /// What it may be used for; `api`, which covers all, where none is named. A key gives no scope that it has not itself.
    #[serde(default)]
    #[schema(nullable = false, example = json!(["messages:read", "messages:write"]))]
    scopes: Option<Vec<String>>,
    /// What it may do: `admin` where nothing is named.
    #[serde(default)]
    #[schema(nullable = false, value_type = Option<KeyRole>)]
    role: Option<String>,
    /// When it ends, in the future.
    #[serde(default)]
    #[schema(nullable = false, format = DateTime, example = "2027-06-10T12:34:56Z")]
    expires_at: Option<String>,
    /// Requests a minute that it may make.
    #[serde(default)]
    #[schema(nullable = false, minimum = 1, maximum = 6000, default = 60)]
    per_minute: Option<u32>,
}

error_responses! {
    /// Why a key is not made.
    CreateErrors {
        "400": "Something is not what it must be; the error names it." ["invalid_json", "invalid_request", "invalid_name", "invalid_scope", "invalid_role", "invalid_expiry", "invalid_limit"],
        "403": "The plan has no API, the account is suspended, the key lacks the scope or the role, or it is to give more than it has." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended", "scope_exceeds_own"],
        "409": "There are 50 already; the first request with this `Idempotency-Key` still runs, or what it made was revoked since." ["too_many_keys", "in_progress", "deleted_since"],
        "413": "The body is too large." ["payload_too_large"],
        "422": "The `Idempotency-Key` stood for another request." ["idempotency_key_reused"],
    }
}

/// Create an API key
///
/// The answer shows it, once. With an `Idempotency-Key` the same request may be repeated for 24 hours, and shows it again
/// unless it was rotated since.
#[utoipa::path(
    post,
    path = "/api/keys",
    operation_id = "createKey",
    tag = "Keys",
    params(("Idempotency-Key" = Option<String>, Header, nullable = false, max_length = 255,
        description = "A name of your own for this request; repeating both gives the first answer again.")),
    request_body = NewKey,
    responses(
        KeyErrors,
        CreateErrors,
        (status = 201, description = "The key, with its secret.", body = OneKey, headers(
            ("Idempotent-Replayed" = bool, description = "`true` where this is the first request's answer again."),
        )),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn create(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteAccount>,
    key: IdempotencyKey,
    ApiJson { value: new, raw }: ApiJson<NewKey>,
) -> Result<impl IntoResponse, ApiError> {
    let expires_at = new.expires_at.as_deref();
    let new = keys::NewKey {
        name: new.name,
        scopes: new.scopes.unwrap_or_default(),
        role: new.role,
        expires_at: expires_at.map(|at| moment("expiresAt", at)).transpose()?,
        per_minute: new.per_minute,
        idempotency: key.over(&raw),
    };
    let made = keys::create(app.platform(), &caller, new).await?;
    let (key, secret) = made.thing;
    let key = OneKey::with_secret(key, secret.as_ref());
    Ok((StatusCode::CREATED, replayed(made.replayed), Json(key)))
}

//! `GET /api/keys/{id}`

use axum::Json;
use axum::extract::State;
use openwati_services::keys;
use openwati_web::extract::{ApiPath, Authorized, ReadAccount};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};

use crate::key::OneKey;

error_responses! {
    /// Why a key is not shown.
    ShowErrors {
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "404": "The tenant has no such key." ["not_found"],
    }
}

/// Look up an API key
#[utoipa::path(
    get,
    path = "/api/keys/{id}",
    operation_id = "getKey",
    tag = "Keys",
    params(("id" = String, Path, description = "The key's id.")),
    responses(
        KeyErrors,
        ShowErrors,
        (status = 200, description = "The key.", body = OneKey),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn show(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<ReadAccount>,
    ApiPath(id): ApiPath<String>,
) -> Result<Json<OneKey>, ApiError> {
    let key = keys::find(app.platform(), &caller, &id).await?;
    Ok(Json(OneKey::new(key)))
}

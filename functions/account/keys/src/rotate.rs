//! `POST /api/keys/{id}/rotate`

use axum::Json;
use axum::extract::State;
use openwati_services::keys;
use openwati_web::extract::{ApiPath, Authorized, WriteAccount};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};

use crate::key::OneKey;

error_responses! {
    /// Why a key is not rotated.
    RotateErrors {
        "403": "The plan has no API, the account is suspended, the key lacks the scope or the role, or the other one may do more than it." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended", "scope_exceeds_own"],
        "404": "The tenant has no such key." ["not_found"],
        "409": "Others change it all the while: try again." ["key_busy"],
    }
}

/// Rotate an API key
///
/// The answer shows the new secret, once. The old one is dead with the answer; all else of the key stays, its count of this
/// minute too. If the answer is lost, rotate again.
#[utoipa::path(
    post,
    path = "/api/keys/{id}/rotate",
    operation_id = "rotateKey",
    tag = "Keys",
    params(("id" = String, Path, description = "The key's id.")),
    responses(
        KeyErrors,
        RotateErrors,
        (status = 200, description = "The key, with its new secret.", body = OneKey),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn rotate(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteAccount>,
    ApiPath(id): ApiPath<String>,
) -> Result<Json<OneKey>, ApiError> {
    let (key, secret) = keys::rotate(app.platform(), &caller, &id).await?;
    Ok(Json(OneKey::with_secret(key, Some(&secret))))
}

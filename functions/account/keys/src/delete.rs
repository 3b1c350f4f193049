//! `DELETE /api/keys/{id}`

use axum::Json;
use axum::extract::State;
use openwati_services::keys;
use openwati_web::extract::{ApiPath, Authorized, WriteAccount};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};
use serde::Serialize;
use utoipa::ToSchema;

/// What was revoked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RevokedKey)]
pub(crate) struct Revoked {
    #[schema(example = true)]
    ok: bool,
    /// How many.
    #[schema(example = 1)]
    deleted: u32,
}

error_responses! {
    /// Why a key is not revoked.
    DeleteErrors {
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "404": "The tenant has no such key." ["not_found"],
        "409": "Others change it all the while: try again." ["key_busy"],
    }
}

/// Revoke an API key
///
/// It is dead with the answer, and does not come back. A key may revoke every key of its tenant, itself too.
#[utoipa::path(
    delete,
    path = "/api/keys/{id}",
    operation_id = "revokeKey",
    tag = "Keys",
    params(("id" = String, Path, description = "The key's id.")),
    responses(
        KeyErrors,
        DeleteErrors,
        (status = 200, description = "It is revoked.", body = Revoked),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn delete(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteAccount>,
    ApiPath(id): ApiPath<String>,
) -> Result<Json<Revoked>, ApiError> {
    keys::revoke(app.platform(), &caller, &id).await?;
    Ok(Json(Revoked {
        ok: true,
        deleted: 1,
    }))
}

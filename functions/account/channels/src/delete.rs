//! `DELETE /api/channels/{id}`

use axum::Json;
use axum::extract::State;
use openwati_services::channels;
use openwati_web::extract::{ApiPath, Authorized, BaseUrl, WriteAccount};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};
use serde::Serialize;
use utoipa::ToSchema;

/// What was deleted.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeletedChannel {
    #[schema(example = true)]
    ok: bool,
    /// How many.
    #[schema(example = 1)]
    deleted: u32,
}

error_responses! {
    /// Why a channel is not deleted.
    DeleteErrors {
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "404": "The tenant has no such channel." ["not_found"],
    }
}

/// Delete a channel
///
/// Its credentials go with it, its messages stay. Meta is asked to post nothing more of its account, unless another channel
/// belongs to the same one. If it was the default, the oldest of the others is.
#[utoipa::path(
    delete,
    path = "/api/channels/{id}",
    operation_id = "deleteChannel",
    tag = "Channels",
    params(("id" = String, Path, description = "The channel's id.")),
    responses(
        KeyErrors,
        DeleteErrors,
        (status = 200, description = "It is deleted.", body = DeletedChannel),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn delete(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteAccount>,
    BaseUrl(base_url): BaseUrl,
    ApiPath(id): ApiPath<String>,
) -> Result<Json<DeletedChannel>, ApiError> {
    channels::remove(app.platform(), &caller, &base_url, &id).await?;
    Ok(Json(DeletedChannel {
        ok: true,
        deleted: 1,
    }))
}

//! `DELETE /api/webhooks/{id}`

use axum::Json;
use axum::extract::State;
use openwati_services::webhooks;
use openwati_web::extract::{ApiPath, Authorized, WriteWebhooks};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};
use serde::Serialize;
use utoipa::ToSchema;

/// What was deleted.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Deleted {
    #[schema(example = true)]
    ok: bool,
    /// How many.
    #[schema(example = 1)]
    deleted: u32,
}

error_responses! {
    /// Why a webhook is not deleted.
    DeleteErrors {
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "404": "The tenant has no such webhook." ["not_found"],
    }
}

/// Delete a webhook
///
/// With it goes what was still to be delivered to it.
#[utoipa::path(
    delete,
    path = "/api/webhooks/{id}",
    operation_id = "deleteWebhook",
    tag = "Webhooks",
    params(("id" = String, Path, description = "The webhook's id.")),
    responses(
        KeyErrors,
        DeleteErrors,
        (status = 200, description = "It is deleted.", body = Deleted),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn delete(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteWebhooks>,
    ApiPath(id): ApiPath<String>,
) -> Result<Json<Deleted>, ApiError> {
    webhooks::delete(app.platform(), &caller, &id).await?;
    Ok(Json(Deleted {
        ok: true,
        deleted: 1,
    }))
}

//! `POST /api/webhooks/{id}/rotate-secret`

use axum::Json;
use axum::extract::State;
use openwati_services::webhooks;
use openwati_web::extract::{ApiPath, Authorized, WriteWebhooks};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};

use crate::webhook::OneWebhook;

error_responses! {
    /// Why a secret is not rotated.
    RotateErrors {
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "404": "The tenant has no such webhook." ["not_found"],
    }
}

/// Give a webhook a new secret
///
/// The answer shows it, once. `X-Wati-Signature` is made by the new secret from now on; `webhook-signature` carries one by
/// each of the two for 24 hours.
#[utoipa::path(
    post,
    path = "/api/webhooks/{id}/rotate-secret",
    operation_id = "rotateWebhookSecret",
    tag = "Webhooks",
    params(("id" = String, Path, description = "The webhook's id.")),
    responses(
        KeyErrors,
        RotateErrors,
        (status = 200, description = "The webhook, with its new secret.", body = OneWebhook),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn rotate_secret(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteWebhooks>,
    ApiPath(id): ApiPath<String>,
) -> Result<Json<OneWebhook>, ApiError> {
    let rotated = webhooks::rotate_secret(app.platform(), &caller, &id).await?;
    Ok(Json(OneWebhook::with_secret(rotated)))
}

//! `GET /api/webhooks/{id}`

use axum::Json;
use axum::extract::State;
use openwati_services::webhooks;
use openwati_web::extract::{ApiPath, Authorized, ReadWebhooks};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};

use crate::webhook::OneWebhook;

error_responses! {
    /// Why a webhook is not shown.
    ShowErrors {
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "404": "The tenant has no such webhook." ["not_found"],
    }
}

/// Look up a webhook
#[utoipa::path(
    get,
    path = "/api/webhooks/{id}",
    operation_id = "getWebhook",
    tag = "Webhooks",
    params(("id" = String, Path, description = "The webhook's id.")),
    responses(
        KeyErrors,
        ShowErrors,
        (status = 200, description = "The webhook.", body = OneWebhook),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn show(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<ReadWebhooks>,
    ApiPath(id): ApiPath<String>,
) -> Result<Json<OneWebhook>, ApiError> {
    let endpoint = webhooks::find(app.platform(), &caller, &id).await?;
    Ok(Json(OneWebhook::new(endpoint)))
}

//! `POST /api/webhooks/{id}/recover`

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use openwati_services::webhooks;
use openwati_web::extract::{ApiJson, ApiPath, Authorized, WriteWebhooks};
use openwati_web::openapi::KeyErrors;
use openwati_web::query::moment;
use openwati_web::{ApiError, App, error_responses};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// From when on.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Recovery {
    /// Deliveries of events of this time or later.
    #[schema(format = DateTime, example = "2026-06-10T00:00:00Z")]
    since: String,
}

/// A recovery on its way.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Recovering {
    #[schema(example = true)]
    ok: bool,
}

error_responses! {
    /// Why nothing is recovered.
    RecoverErrors {
        "400": "Something is not what it must be; the error names it." ["invalid_json", "invalid_request"],
        "403": "The plan has no API or no webhooks, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended", "plan_has_no_webhooks"],
        "404": "The tenant has no such webhook." ["not_found"],
        "409": "The webhook is disabled." ["webhook_disabled"],
        "413": "The body is too large." ["payload_too_large"],
    }
}

/// Deliver again what was dropped
///
/// Everything that was dropped since a time is delivered again, with all its retries, under the same `webhook-id`s.
#[utoipa::path(
    post,
    path = "/api/webhooks/{id}/recover",
    operation_id = "recoverDeliveries",
    tag = "Webhooks",
    params(("id" = String, Path, description = "The webhook's id.")),
    request_body = Recovery,
    responses(
        KeyErrors,
        RecoverErrors,
        (status = 202, description = "They are on their way.", body = Recovering),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn recover(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteWebhooks>,
    ApiPath(id): ApiPath<String>,
    ApiJson {
        value: recovery, ..
    }: ApiJson<Recovery>,
) -> Result<(StatusCode, Json<Recovering>), ApiError> {
    let since = moment("since", &recovery.since)?;
    webhooks::recover(app.platform(), &caller, &id, since).await?;
    Ok((StatusCode::ACCEPTED, Json(Recovering { ok: true })))
}

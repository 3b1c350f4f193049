//! `POST /api/deliveries/{id}/resend`

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use openwati_services::webhooks;
use openwati_web::extract::{ApiPath, Authorized, WriteWebhooks};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};
use serde::Serialize;
use utoipa::ToSchema;

use crate::webhook::Delivery;

/// A delivery that begins anew.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Resent {
    delivery: Delivery,
}

error_responses! {
    /// Why a delivery is not made again.
    ResendErrors {
        "403": "The plan has no API or no webhooks, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended", "plan_has_no_webhooks"],
        "404": "No webhook of the tenant has such a delivery." ["not_found"],
        "409": "The webhook is disabled." ["webhook_disabled"],
    }
}

/// Deliver an event again
///
/// Whatever became of it, with all its retries, under the same `webhook-id`.
#[utoipa::path(
    post,
    path = "/api/deliveries/{id}/resend",
    operation_id = "resendDelivery",
    tag = "Webhooks",
    params(("id" = String, Path, description = "The delivery's id.")),
    responses(
        KeyErrors,
        ResendErrors,
        (status = 202, description = "It is on its way.", body = Resent),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn resend(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteWebhooks>,
    ApiPath(id): ApiPath<String>,
) -> Result<(StatusCode, Json<Resent>), ApiError> {
    let delivery = webhooks::resend(app.platform(), &caller, &id).await?;
    let resent = Resent {
        delivery: delivery.into(),
    };
    Ok((StatusCode::ACCEPTED, Json(resent)))
}

//! `GET /api/deliveries/{id}`

use axum::Json;
use axum::extract::State;
use openwati_services::webhooks;
use openwati_web::extract::{ApiPath, Authorized, ReadWebhooks};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};
use serde::Serialize;
use utoipa::ToSchema;

use crate::webhook::DeliveryDetails;

/// One delivery.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneDelivery {
    delivery: DeliveryDetails,
}

error_responses! {
    /// Why a delivery is not shown.
    DeliveryErrors {
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "404": "No webhook of the tenant has such a delivery." ["not_found"],
    }
}

/// Look up a delivery
///
/// With its body, and every attempt: our headers, the answer, the times it took and what went wrong.
#[utoipa::path(
    get,
    path = "/api/deliveries/{id}",
    operation_id = "getDelivery",
    tag = "Webhooks",
    params(("id" = String, Path, description = "The delivery's id.")),
    responses(
        KeyErrors,
        DeliveryErrors,
        (status = 200, description = "The delivery.", body = OneDelivery),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn delivery(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<ReadWebhooks>,
    ApiPath(id): ApiPath<String>,
) -> Result<Json<OneDelivery>, ApiError> {
    let details = webhooks::delivery(app.platform(), &caller, &id).await?;
    Ok(Json(OneDelivery {
        delivery: details.into(),
    }))
}

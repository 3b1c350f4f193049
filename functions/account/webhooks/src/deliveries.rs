//! `GET /api/webhooks/{id}/deliveries`

use axum::Json;
use axum::extract::State;
use openwati_services::webhooks::{self, DeliveryFilter};
use openwati_store::delivery::DeliveryState;
use openwati_web::extract::{ApiPath, ApiQuery, Authorized, ReadWebhooks};
use openwati_web::openapi::KeyErrors;
use openwati_web::query::{cursor, limit, moment, parse_cursor};
use openwati_web::{ApiError, App, error_responses};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::webhook::Delivery;

/// What the list is to hold.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Parameters {
    /// Only deliveries in this state.
    #[param(nullable = false, value_type = Option<crate::webhook::DeliveryState>)]
    state: Option<String>,
    /// Only those of events of this time or later.
    #[param(nullable = false, format = DateTime, example = "2026-06-10T00:00:00Z")]
    since: Option<String>,
    /// Only those of events before this time.
    #[param(nullable = false, format = DateTime, example = "2026-06-11T00:00:00Z")]
    until: Option<String>,
    /// Deliveries on a page.
    #[param(nullable = false, value_type = Option<u32>, minimum = 1, maximum = 100, default = 50)]
    limit: Option<String>,
    /// The `nextCursor` of the page before.
    #[param(nullable = false)]
    cursor: Option<String>,
}

/// A page of deliveries, newest first. It may be short although more follow.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ManyDeliveries {
    deliveries: Vec<Delivery>,
    /// What to ask for the next page with; `null` on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

error_responses! {
    /// Why deliveries are not listed.
    DeliveriesErrors {
        "400": "A parameter is not what it must be; the error names it." ["invalid_request", "invalid_cursor"],
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "404": "The tenant has no such webhook." ["not_found"],
    }
}

/// List a webhook's deliveries
///
/// Newest first, kept for 30 days. A delivery is listed once it was tried.
#[utoipa::path(
    get,
    path = "/api/webhooks/{id}/deliveries",
    operation_id = "listDeliveries",
    tag = "Webhooks",
    params(("id" = String, Path, description = "The webhook's id."), Parameters),
    responses(
        KeyErrors,
        DeliveriesErrors,
        (status = 200, description = "A page of deliveries.", body = ManyDeliveries),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn deliveries(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<ReadWebhooks>,
    ApiPath(id): ApiPath<String>,
    ApiQuery(parameters): ApiQuery<Parameters>,
) -> Result<Json<ManyDeliveries>, ApiError> {
    let filter = parameters.filter()?;
    let page = webhooks::deliveries(app.platform(), &caller, &id, filter).await?;
    Ok(Json(ManyDeliveries {
        deliveries: page.deliveries.into_iter().map(Delivery::from).collect(),
        next_cursor: page.next.map(cursor),
    }))
}

impl Parameters {
    fn filter(self) -> Result<DeliveryFilter, ApiError> {
        let time = |name, text: Option<String>| text.map(|text| moment(name, &text)).transpose();
        Ok(DeliveryFilter {
            state: self.state.as_deref().map(state).transpose()?,
            since: time("since", self.since)?,
            until: time("until", self.until)?,
            limit: limit(self.limit.as_deref())?,
            before: parse_cursor(self.cursor.as_deref())?,
        })
    }
}

fn state(text: &str) -> Result<DeliveryState, ApiError> {
    let error = "state: must be `pending`, `delivered` or `dropped`";
    DeliveryState::named(text).ok_or_else(|| ApiError::invalid(error))
}

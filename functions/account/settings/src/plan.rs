//! `GET /api/plan`

use axum::Json;
use axum::extract::State;
use openwati_services::settings;
use openwati_web::extract::{Authorized, ReadAccount};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App};
use serde::Serialize;
use utoipa::ToSchema;

use crate::figures::Figures;
use crate::show::ShowErrors;

/// A plan, with the figures that hold for the account. `null` is no limit.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Plan {
    #[schema(example = "Pro")]
    name: String,
    /// Numbers.
    #[schema(required)]
    devices: Option<u32>,
    /// Messages to customers each day.
    #[schema(required)]
    outbound_per_day: Option<u32>,
    /// Keyword rules.
    #[schema(required)]
    rules: Option<u32>,
    /// People in the team.
    #[schema(required)]
    seats: Option<u32>,
    /// Answers by the AI each day.
    #[schema(required)]
    ai_replies_per_day: Option<u32>,
    /// Whether API keys work.
    rest_api: bool,
    /// Whether there are webhooks.
    signed_webhooks: bool,
    /// What is used of it.
    used: Figures,
}

/// The plan.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OnePlan {
    plan: Plan,
}

/// Look up the plan
///
/// With its figures, those that hold for this account alone included, and what is used of them.
#[utoipa::path(
    get,
    path = "/api/plan",
    operation_id = "getPlan",
    tag = "Account",
    responses(
        KeyErrors,
        ShowErrors,
        (status = 200, description = "The plan.", body = OnePlan),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn plan(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<ReadAccount>,
) -> Result<Json<OnePlan>, ApiError> {
    let (plan, used) = settings::plan(app.platform(), &caller).await?;
    Ok(Json(OnePlan {
        plan: Plan {
            name: plan.name,
            devices: plan.devices,
            outbound_per_day: plan.outbound_per_day,
            rules: plan.rules,
            seats: plan.seats,
            ai_replies_per_day: plan.ai_replies_per_day,
            rest_api: plan.rest_api,
            signed_webhooks: plan.signed_webhooks,
            used: used.into(),
        },
    }))
}

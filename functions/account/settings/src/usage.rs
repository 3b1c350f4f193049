//! `GET /api/usage`

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

/// Where the caller stands in the minute.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Minute {
    /// Requests that the minute allows.
    limit: u32,
    /// Requests that are left of them.
    remaining: u32,
    /// Seconds until the next minute begins.
    reset_seconds: u32,
}

/// What is used.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Usage {
    #[serde(flatten)]
    figures: Figures,
    /// Of whoever asks.
    minute: Minute,
}

/// What is used.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AllUsage {
    usage: Usage,
}

/// Look up what is used
#[utoipa::path(
    get,
    path = "/api/usage",
    operation_id = "getUsage",
    tag = "Account",
    responses(
        KeyErrors,
        ShowErrors,
        (status = 200, description = "What is used, and of how much.", body = AllUsage),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn usage(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<ReadAccount>,
) -> Result<Json<AllUsage>, ApiError> {
    let (figures, rate) = settings::used(app.platform(), &caller).await?;
    Ok(Json(AllUsage {
        usage: Usage {
            figures: figures.into(),
            minute: Minute {
                limit: rate.limit,
                remaining: rate.remaining,
                reset_seconds: rate.reset_seconds,
            },
        },
    }))
}

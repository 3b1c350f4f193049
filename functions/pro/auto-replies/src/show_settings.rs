//! `GET /api/auto-replies/settings`

use axum::Json;
use axum::extract::State;
use openwati_services::rules;
use openwati_web::extract::{Authorized, ReadRules};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App};

use crate::settings::AutoReplySettings;
use crate::show_ai::ShowSettingsErrors;

/// Look up what answers beside rules and AI
#[utoipa::path(
    get,
    path = "/api/auto-replies/settings",
    operation_id = "getAutoReplySettings",
    tag = "Auto-replies",
    responses(
        KeyErrors,
        ShowSettingsErrors,
        (status = 200, description = "The settings.", body = AutoReplySettings),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn show_settings(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<ReadRules>,
) -> Result<Json<AutoReplySettings>, ApiError> {
    let settings = rules::settings(app.platform(), &caller).await?;
    Ok(Json(settings.into()))
}

//! `GET /api/auto-replies/ai`

use axum::Json;
use axum::extract::State;
use openwati_services::rules;
use openwati_web::extract::{Authorized, ReadRules};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};

use crate::ai::AutoReplyAi;

error_responses! {
    /// Why settings are not shown.
    ShowSettingsErrors {
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
    }
}

/// Look up how the AI answers
#[utoipa::path(
    get,
    path = "/api/auto-replies/ai",
    operation_id = "getAutoReplyAi",
    tag = "Auto-replies",
    responses(
        KeyErrors,
        ShowSettingsErrors,
        (status = 200, description = "How it answers, and what is used of its day.", body = AutoReplyAi),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn show_ai(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<ReadRules>,
) -> Result<Json<AutoReplyAi>, ApiError> {
    let ai = rules::ai(app.platform(), &caller).await?;
    Ok(Json(AutoReplyAi::shown(ai, app.platform().has_ai())))
}

//! `PUT /api/auto-replies/ai`

use axum::Json;
use axum::extract::State;
use openwati_services::rules::{self, AiChange};
use openwati_web::extract::{ApiJson, Authorized, WriteRules};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::ai::AutoReplyAi;

/// What changes of how the AI answers. What is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct AutoReplyAiChange {
    /// Whether it is to answer.
    #[schema(nullable = false)]
    enabled: Option<bool>,
    /// How the business speaks, and what the AI has to know of it.
    #[schema(nullable = false, max_length = 8000)]
    system_prompt: Option<String>,
    /// The code of the language that it answers in where the customer's is not sure.
    #[schema(nullable = false, example = "en")]
    fallback_language: Option<String>,
}

error_responses! {
    /// Why settings are not changed.
    UpdateSettingsErrors {
        "400": "Something is not what it must be; the error names the field and the limit." ["invalid_json", "invalid_request", "invalid_settings"],
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "409": "Others change them all the while: try again." ["tenant_busy"],
        "413": "The body has more than 256 KiB." ["payload_too_large"],
    }
}

/// Change how the AI answers
///
/// It changes what is named and leaves the rest.
#[utoipa::path(
    put,
    path = "/api/auto-replies/ai",
    operation_id = "updateAutoReplyAi",
    tag = "Auto-replies",
    request_body = AutoReplyAiChange,
    responses(
        KeyErrors,
        UpdateSettingsErrors,
        (status = 200, description = "How it answers now.", body = AutoReplyAi),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn update_ai(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteRules>,
    ApiJson { value: change, .. }: ApiJson<AutoReplyAiChange>,
) -> Result<Json<AutoReplyAi>, ApiError> {
    let change = AiChange {
        enabled: change.enabled,
        system_prompt: change.system_prompt,
        fallback_language: change.fallback_language,
    };
    let ai = rules::change_ai(app.platform(), &caller, change).await?;
    Ok(Json(AutoReplyAi::shown(ai, app.platform().has_ai())))
}

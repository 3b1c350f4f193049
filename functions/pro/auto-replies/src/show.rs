//! `GET /api/auto-replies/{id}`

use axum::Json;
use axum::extract::State;
use openwati_services::rules;
use openwati_web::extract::{ApiPath, Authorized, ReadRules};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};

use crate::rule::{OneRule, id};

error_responses! {
    /// Why a rule is not shown.
    ShowErrors {
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "404": "There is no such rule." ["not_found"],
    }
}

/// Look up an auto-reply rule
#[utoipa::path(
    get,
    path = "/api/auto-replies/{id}",
    operation_id = "getAutoReply",
    tag = "Auto-replies",
    params(("id" = String, Path, description = "The rule's id.")),
    responses(
        KeyErrors,
        ShowErrors,
        (status = 200, description = "The rule.", body = OneRule),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn show(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<ReadRules>,
    ApiPath(path): ApiPath<String>,
) -> Result<Json<OneRule>, ApiError> {
    let rule = rules::find(app.platform(), &caller, id(&path)?).await?;
    Ok(Json(rule.into()))
}

//! `PUT /api/auto-replies/{id}`

use axum::Json;
use axum::extract::State;
use openwati_services::rules;
use openwati_web::extract::{ApiJson, ApiPath, Authorized, WriteRules};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::answer::{AnswerSchema, answers};
use crate::rule::{OneRule, RuleMatch, delay, id, match_type};

/// What changes of a rule. What is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct RuleChange {
    /// What customers write, in any capitals.
    #[schema(nullable = false, min_length = 1, max_length = 200)]
    keyword: Option<String>,
    /// How it has to stand in a message.
    #[schema(nullable = false, value_type = Option<RuleMatch>)]
    match_type: Option<String>,
    /// The only answer from now on. Where there are `responses` they count.
    #[schema(nullable = false, value_type = Option<AnswerSchema>)]
    response: Option<Value>,
    /// All of its answers from now on.
    #[schema(nullable = false, value_type = Option<Vec<AnswerSchema>>, min_items = 1, max_items = 10)]
    responses: Option<Vec<Value>>,
    /// Seconds between two answers.
    #[schema(nullable = false, minimum = 0, maximum = 3600)]
    step_delay_seconds: Option<i64>,
    /// Whether it answers.
    #[schema(nullable = false)]
    active: Option<bool>,
    /// Its place among the rules of its type.
    #[schema(nullable = false)]
    order: Option<i32>,
}

error_responses! {
    /// Why a rule is not changed.
    UpdateErrors {
        "400": "Something is not what it must be; the error names the field and the limit. Or nobody may be let to the address of a file." ["invalid_json", "invalid_request", "invalid_rule", "media_url_failed"],
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "404": "There is no such rule." ["not_found"],
        "409": "Others change rules all the while: try again." ["tenant_busy"],
        "413": "The body has more than 256 KiB." ["payload_too_large"],
    }
}

/// Change an auto-reply rule
///
/// It changes what is named and leaves the rest. Answers that are under way go on by what the rule is then.
#[utoipa::path(
    put,
    path = "/api/auto-replies/{id}",
    operation_id = "updateAutoReply",
    tag = "Auto-replies",
    params(("id" = String, Path, description = "The rule's id.")),
    request_body = RuleChange,
    responses(
        KeyErrors,
        UpdateErrors,
        (status = 200, description = "The rule as it is now.", body = OneRule),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn update(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteRules>,
    ApiPath(path): ApiPath<String>,
    ApiJson { value: change, .. }: ApiJson<RuleChange>,
) -> Result<Json<OneRule>, ApiError> {
    let id = id(&path)?;
    let response = change.response.as_ref();
    let change = rules::RuleChange {
        answers: answers(app.platform(), response, change.responses.as_deref())?,
        match_type: change.match_type.as_deref().map(match_type).transpose()?,
        keyword: change.keyword,
        step_delay_seconds: change.step_delay_seconds.map(delay),
        active: change.active,
        order: change.order,
    };
    let changed = rules::change(app.platform(), &caller, id, change).await?;
    Ok(Json(changed.into()))
}

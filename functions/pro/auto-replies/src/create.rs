//! `POST /api/auto-replies`

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use openwati_core::automation::MatchType;
use openwati_services::rules;
use openwati_web::extract::{ApiJson, Authorized, IdempotencyKey, WriteRules};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses, replayed};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::answer::{AnswerSchema, answers};
use crate::rule::{OneRule, RuleMatch, delay, match_type};

/// A rule to be.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({
    "keyword": "price",
    "match_type": "contains",
    "response": "Our pricing: https://wati.pro/pricing",
    "responses": ["Our pricing: https://wati.pro/pricing", "Need a custom quote? Reply YES."],
    "step_delay_seconds": 2,
    "active": true,
}))]
pub(crate) struct NewRule {
    /// What customers write, in any capitals.
    #[schema(min_length = 1, max_length = 200)]
    keyword: String,
    /// How it has to stand in a message; `contains` unless given.
    #[schema(nullable = false, value_type = Option<RuleMatch>)]
    match_type: Option<String>,
    /// The only answer. Where there are `responses` they count.
    #[schema(nullable = false, value_type = Option<AnswerSchema>)]
    response: Option<Value>,
    /// The answers, sent one after another.
    #[schema(nullable = false, value_type = Option<Vec<AnswerSchema>>, max_items = 10)]
    responses: Option<Vec<Value>>,
    /// Seconds between two answers.
    #[schema(nullable = false, minimum = 0, maximum = 3600, default = 0)]
    step_delay_seconds: Option<i64>,
    /// Whether it answers.
    #[schema(nullable = false, default = true)]
    active: Option<bool>,
    /// Its place among the rules of its type: lower ones are looked at first, and of the same the oldest.
    #[schema(nullable = false, default = 0)]
    order: Option<i32>,
}

error_responses! {
    /// Why a rule is not made.
    CreateErrors {
        "400": "Something is not what it must be; the error names the field and the limit. Or nobody may be let to the address of a file." ["invalid_json", "invalid_request", "invalid_rule", "media_url_failed"],
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "409": "The plan's cap of rules is reached; others change rules all the while; the first request with this `Idempotency-Key` still runs, or what it made was deleted since." ["plan_cap_reached", "tenant_busy", "in_progress", "deleted_since"],
        "413": "The body has more than 256 KiB." ["payload_too_large"],
        "422": "The `Idempotency-Key` stood for another request." ["idempotency_key_reused"],
    }
}

/// Create an auto-reply rule
///
/// The first rule that a message matches answers it: exact ones are looked at first, then those that it begins with, then
/// those that it contains; each by `order`, then the oldest. With an `Idempotency-Key` the same request may be repeated for
/// 24 hours.
#[utoipa::path(
    post,
    path = "/api/auto-replies",
    operation_id = "createAutoReply",
    tag = "Auto-replies",
    params(("Idempotency-Key" = Option<String>, Header, nullable = false, max_length = 255,
        description = "A name of your own for this request; repeating both gives the first answer again.")),
    request_body = NewRule,
    responses(
        KeyErrors,
        CreateErrors,
        (status = 201, description = "The rule, which answers from now on.", body = OneRule, headers(
            ("Idempotent-Replayed" = bool, description = "`true` where this is the first request's answer again."),
        )),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn create(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteRules>,
    key: IdempotencyKey,
    ApiJson { value: new, raw }: ApiJson<NewRule>,
) -> Result<impl IntoResponse, ApiError> {
    let match_type = new.match_type.as_deref().map(match_type).transpose()?;
    let answers = answers(
        app.platform(),
        new.response.as_ref(),
        new.responses.as_deref(),
    )?;
    let Some(answers) = answers else {
        let error = "response, responses: one of them must be given";
        return Err(ApiError::new(
            StatusCode::BAD_REQUEST,
            "invalid_rule",
            error,
        ));
    };
    let new = rules::NewRule {
        keyword: new.keyword,
        match_type: match_type.unwrap_or(MatchType::Contains),
        answers,
        step_delay_seconds: delay(new.step_delay_seconds.unwrap_or_default()),
        active: new.active.unwrap_or(true),
        order: new.order.unwrap_or_default(),
        idempotency: key.over(&raw),
    };
    let made = rules::create(app.platform(), &caller, new).await?;
    let rule = OneRule::from(made.thing);
    Ok((StatusCode::CREATED, replayed(made.replayed), Json(rule)))
}

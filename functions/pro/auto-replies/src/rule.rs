//! Rules as they are shown.

use http::StatusCode;
use openwati_core::automation::{self, Answer, MatchType};
use openwati_core::id::Id;
use openwati_web::ApiError;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::answer::AnswerSchema;

/// A keyword and what customers who write it are answered.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "6a297f98-8000-8d5e-9b7c-2f1d3a5e7c90",
    "keyword": "price",
    "match_type": "contains",
    "response": "Our pricing: https://wati.pro/pricing",
    "responses": ["Our pricing: https://wati.pro/pricing", "Need a custom quote? Reply YES."],
    "step_delay_seconds": 2,
    "active": true,
    "order": 0,
    "created_at": "2026-06-10T12:34:56Z",
    "updated_at": "2026-06-10T12:34:56Z",
}))]
pub(crate) struct Rule {
    #[schema(format = "uuid")]
    id: String,
    keyword: String,
    /// How the keyword has to stand in a message.
    #[schema(value_type = RuleMatch)]
    match_type: &'static str,
    /// The first of the answers, where it is a text.
    #[schema(required)]
    response: Option<String>,
    /// The answers as they were written, sent one after another.
    #[schema(value_type = Vec<AnswerSchema>)]
    responses: Vec<Value>,
    /// Seconds between two answers.
    step_delay_seconds: u16,
    /// Whether it answers.
    active: bool,
    /// Its place among the rules of its type: lower ones are looked at first, and of the same the oldest.
    order: i32,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

/// How a keyword has to stand in a message, whatever its capitals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "only its description is used")]
pub(crate) enum RuleMatch {
    /// It is the whole message. These are looked at first.
    Exact,
    /// The message begins with it.
    StartsWith,
    /// It stands anywhere in the message.
    Contains,
}

/// One rule.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneRule {
    rule: Rule,
}

impl From<automation::Rule> for Rule {
    fn from(rule: automation::Rule) -> Self {
        let response = rule.answers.first().and_then(Answer::text);
        let answers = rule.answers.iter().map(|answer| answer.written().clone());
        Self {
            id: rule.id.uuid(),
            keyword: rule.keyword,
            match_type: rule.match_type.name(),
            response: response.map(ToOwned::to_owned),
            responses: answers.collect(),
            step_delay_seconds: rule.step_delay_seconds,
            active: rule.active,
            order: rule.order,
            created_at: rule.created_at.iso(),
            updated_at: rule.updated_at.iso(),
        }
    }
}

impl From<automation::Rule> for OneRule {
    fn from(rule: automation::Rule) -> Self {
        let rule = rule.into();
        Self { rule }
    }
}

/// The rule that a path names: what cannot be the id of one is the id of none.
pub(crate) fn id(text: &str) -> Result<Id, ApiError> {
    text.parse().map_err(|_| no_rule())
}

/// There is no such rule.
pub(crate) fn no_rule() -> ApiError {
    ApiError::not_found("there is no such rule")
}

/// The match type of this name.
pub(crate) fn match_type(name: &str) -> Result<MatchType, ApiError> {
    MatchType::parse(name).ok_or_else(|| {
        let names = MatchType::ALL.map(MatchType::name).join(", ");
        let error = format!("match_type: must be one of {names}");
        ApiError::new(StatusCode::BAD_REQUEST, "invalid_rule", error)
    })
}

/// Seconds as a rule has them: what no rule can have stays what no rule can have.
pub(crate) fn delay(seconds: i64) -> u16 {
    u16::try_from(seconds).unwrap_or(u16::MAX)
}

//! `GET /api/auto-replies/log`

use axum::Json;
use axum::extract::State;
use openwati_core::automation::Outcome;
use openwati_core::id::Id;
use openwati_services::rules::{self, LogFilter};
use openwati_store::automation::RunRecord;
use openwati_web::extract::{ApiQuery, Authorized, ReadRules};
use openwati_web::openapi::KeyErrors;
use openwati_web::query::{cursor, limit, moment, parse_cursor};
use openwati_web::{ApiError, App, error_responses};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What the log is to show. Everything is text here, so that every mistake is named in our own words.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Parameters {
    /// Only entries of this outcome.
    #[param(nullable = false, value_type = Option<LogOutcome>)]
    outcome: Option<String>,
    /// Only what this customer wrote.
    #[param(nullable = false, example = "923001234567")]
    peer: Option<String>,
    /// Only what this rule answered.
    #[param(nullable = false, format = "uuid")]
    rule: Option<String>,
    /// Only of messages that were written at this time or later.
    #[param(nullable = false, format = DateTime, example = "2026-06-10T00:00:00Z")]
    since: Option<String>,
    /// Only of messages that were written before this time.
    #[param(nullable = false, format = DateTime, example = "2026-06-11T00:00:00Z")]
    until: Option<String>,
    /// Entries on a page.
    #[param(nullable = false, value_type = Option<u32>, minimum = 1, maximum = 100, default = 50)]
    limit: Option<String>,
    /// The `nextCursor` of the page before.
    #[param(nullable = false)]
    cursor: Option<String>,
}

/// What became of a customer's message that something answered, or would have.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AutoReplyLogEntry, example = json!({
    "id": "6a297f98-8000-8d5e-9b7c-2f1d3a5e7c90",
    "at": "2026-06-10T12:34:56Z",
    "outcome": "keyword",
    "message_id": "6a297f98-8000-8d5e-9b7c-2f1d3a5e7c91",
    "device_id": "6a297f98-8000-8d5e-9b7c-2f1d3a5e7c92",
    "peer": "923001234567",
    "rule_id": "6a297f98-8000-8d5e-9b7c-2f1d3a5e7c93",
    "keyword": "price",
    "answers": ["6a297f98-8000-8d5e-9b7c-2f1d3a5e7c94"],
    "reason": null,
    "model": null,
    "language": null,
}))]
pub(crate) struct Entry {
    #[schema(format = "uuid")]
    id: String,
    /// When it was decided.
    #[schema(format = DateTime)]
    at: String,
    #[schema(value_type = LogOutcome)]
    outcome: &'static str,
    /// The customer's message.
    #[schema(format = "uuid")]
    message_id: String,
    /// The device that it came by.
    #[schema(format = "uuid")]
    device_id: String,
    /// The customer's number, or WhatsApp's id of who has none.
    peer: String,
    /// The rule that answered.
    #[schema(required, format = "uuid")]
    rule_id: Option<String>,
    /// Its keyword then.
    #[schema(required)]
    keyword: Option<String>,
    /// The messages that answered it.
    answers: Vec<String>,
    /// Why nothing was sent, or not everything.
    #[schema(required)]
    reason: Option<String>,
    /// The AI's model.
    #[schema(required)]
    model: Option<String>,
    /// The language that the AI was told.
    #[schema(required)]
    language: Option<String>,
}

/// What became of a customer's message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(as = AutoReplyOutcome, rename_all = "snake_case")]
#[expect(dead_code, reason = "only its description is used")]
pub(crate) enum LogOutcome {
    /// A rule answered.
    Keyword,
    /// The AI answered.
    Ai,
    /// The AI would have answered, and its day is used up.
    QuotaExceeded,
    /// The AI was asked, and nothing came of it that could be sent.
    AiFailed,
    /// The away message was sent.
    Away,
    /// The customer wrote a word to opt out with.
    OptedOut,
    /// The customer wrote a word to opt in again with.
    OptedIn,
    /// Something would have answered, and the conversation has had its ten automatic answers of the hour.
    Braked,
    /// Something would have answered, and the customer has opted out.
    Suppressed,
    /// A rule was answering, and was removed or switched off between its steps.
    Stopped,
}

/// A page of the log, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AutoReplyLog)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ManyEntries {
    entries: Vec<Entry>,
    /// What to ask for the next page with; `null` on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

error_responses! {
    /// Why the log is not shown.
    LogErrors {
        "400": "A parameter is not what it must be; the error names it." ["invalid_request", "invalid_phone_number", "invalid_cursor"],
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
    }
}

/// Look up what answered by itself
///
/// Newest first, kept for 90 days. Ask for the next page with `cursor` and the same parameters; a page may hold fewer than
/// were asked for, and none, although there are more.
#[utoipa::path(
    get,
    path = "/api/auto-replies/log",
    operation_id = "listAutoReplyLog",
    tag = "Auto-replies",
    params(Parameters),
    responses(
        KeyErrors,
        LogErrors,
        (status = 200, description = "A page of the log.", body = ManyEntries),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn log(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<ReadRules>,
    ApiQuery(parameters): ApiQuery<Parameters>,
) -> Result<Json<ManyEntries>, ApiError> {
    let page = rules::log(app.platform(), &caller, parameters.filter()?).await?;
    Ok(Json(ManyEntries {
        entries: page.runs.into_iter().map(Entry::shown).collect(),
        next_cursor: page.next_before.map(cursor),
    }))
}

impl Parameters {
    fn filter(self) -> Result<LogFilter, ApiError> {
        let time = |name, text: Option<String>| text.map(|text| moment(name, &text)).transpose();
        Ok(LogFilter {
            outcome: self.outcome.as_deref().map(outcome).transpose()?,
            peer: self.peer,
            rule: self.rule.as_deref().map(rule).transpose()?,
            since: time("since", self.since)?,
            until: time("until", self.until)?,
            before: parse_cursor(self.cursor.as_deref())?,
            limit: limit(self.limit.as_deref())?,
        })
    }
}

fn outcome(name: &str) -> Result<Outcome, ApiError> {
    Outcome::parse(name).ok_or_else(|| {
        let names = Outcome::ALL.map(Outcome::name).join(", ");
        ApiError::invalid(format!("outcome: must be one of {names}"))
    })
}

fn rule(text: &str) -> Result<Id, ApiError> {
    let id = text.parse();
    id.map_err(|_| ApiError::invalid("rule: must be the id of a rule"))
}

impl Entry {
    fn shown((id, run): (Id, RunRecord)) -> Self {
        Self {
            id: id.uuid(),
            at: run.at.iso(),
            outcome: run.outcome.name(),
            message_id: run.message.uuid(),
            device_id: run.channel.uuid(),
            peer: run.peer.to_string(),
            rule_id: run.rule.map(|id| id.uuid()),
            keyword: run.keyword,
            answers: run.answers.into_iter().map(|id| id.uuid()).collect(),
            reason: run.reason,
            model: run.model,
            language: run.language,
        }
    }
}

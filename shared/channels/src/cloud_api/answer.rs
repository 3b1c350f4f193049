//! Reads what Graph answers. Its answers grow with its versions: unknown members are ignored, and
//! numbers may be written as text.

use std::time::Duration;

use openwati_core::{graph_error, message::Bsuid};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use serde_json::Value;

use super::{
    outcome::{CallError, GraphError, Outcome, Refusal, UnknownReason},
    transport::{Answer, Exchange},
};

/// The longest wait that is believed.
const LONGEST_WAIT: Duration = Duration::from_hours(24);

/// Decides what became of a call. `read` takes what a success must hold out of the answer; what it
/// finds counts even where the connection broke behind it, because JSON that is complete can not
/// have meant anything else.
pub(super) fn judge<T>(
    exchange: Exchange,
    read: impl FnOnce(&Value) -> Option<T>,
) -> Result<T, CallError> {
    let answer = match exchange {
        Exchange::Answered(answer) => answer,
        Exchange::NotSent(refusal) => return Err(CallError::Refused(refusal)),
        Exchange::Lost(reason) => return Err(CallError::Unknown(reason)),
    };
    let http_status = answer.http_status;
    let foreign = UnknownReason::NotGraph { http_status };
    let Ok(json) = serde_json::from_slice::<Value>(&answer.body) else {
        return Err(CallError::Unknown(answer.cut.unwrap_or(foreign)));
    };
    if let Some(success) = read(&json) {
        return Ok(success);
    }
    match error(&answer, &json["error"]) {
        Some(error) => Err(Refusal::from(Box::new(error)).into()),
        None => Err(CallError::Unknown(foreign)),
    }
}

/// What a sent message must come back with.
pub(super) fn accepted(json: &Value) -> Option<Outcome> {
    let message = &json["messages"][0];
    let contact = &json["contacts"][0];
    let wamid = text(&message["id"])?;
    let wa_id = text(&contact["wa_id"]);
    let user_id = text(&contact["user_id"]);
    // Where people hide their number, some answers hold the user id in its place.
    let (wa_id, user_id) = match wa_id {
        Some(id) if Bsuid::parse(&id).is_some() => (None, user_id.or(Some(id))),
        wa_id => (wa_id, user_id),
    };
    Some(Outcome::Accepted {
        wamid,
        wa_id,
        user_id,
        message_status: text(&message["message_status"]),
    })
}

/// `{"success": true}`
pub(super) fn success(json: &Value) -> Option<()> {
    let success = &json["success"];
    (success == true || success == "true").then_some(())
}

/// Graph's errors have a code, and a type or a trace id; JSON of a proxy has not.
fn error(answer: &Answer, error: &Value) -> Option<GraphError> {
    let code = integer(&error["code"])?;
    let fbtrace_id = text(&error["fbtrace_id"]);
    if fbtrace_id.is_none() && text(&error["type"]).is_none() {
        return None;
    }
    let http_status = answer.http_status;
    let subcode = integer(&error["error_subcode"]);
    let message = text(&error["message"]).unwrap_or_default();
    let title = text(&error["error_user_title"]).unwrap_or_else(|| title(&message).to_owned());
    Some(GraphError {
        http_status,
        code,
        subcode,
        title,
        message,
        details: text(&error["error_data"]["details"]),
        fbtrace_id,
        retry_after: answer.retry_after,
        class: graph_error::classify(code, subcode, http_status),
    })
}

/// `(#131030) Recipient …` without its code.
fn title(message: &str) -> &str {
    let rest = message.strip_prefix("(#").and_then(|rest| {
        let (code, rest) = rest.split_once(')')?;
        code.bytes().all(|b| b.is_ascii_digit()).then_some(rest)
    });
    rest.unwrap_or(message).trim()
}

/// How long to wait: `Retry-After` in seconds, else the minutes of Meta's usage report.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER).and_then(|value| {
        let seconds = value.to_str().ok()?.trim().parse().ok()?;
        Some(Duration::from_secs(seconds))
    });
    seconds
        .or_else(|| regain_access(headers))
        .map(|wait| wait.min(LONGEST_WAIT))
}

/// `{"<account>": [{"estimated_time_to_regain_access": <minutes>, …}]}`, where 0 is no limit.
fn regain_access(headers: &HeaderMap) -> Option<Duration> {
    let usage = headers.get("x-business-use-case-usage")?;
    let usage: Value = serde_json::from_slice(usage.as_bytes()).ok()?;
    let minutes = usage
        .as_object()?
        .values()
        .filter_map(Value::as_array)
        .flatten()
        .filter_map(|report| integer(&report["estimated_time_to_regain_access"]))
        .filter_map(|minutes| u64::try_from(minutes).ok())
        .max()
        .filter(|minutes| *minutes > 0)?;
    Some(Duration::from_secs(minutes.saturating_mul(60)))
}

/// A text that is not empty, or a number as text.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

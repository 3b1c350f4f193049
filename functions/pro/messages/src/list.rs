//! `GET /api/public/v1/messages`

use axum::Json;
use axum::extract::State;
use openwati_core::time::Moment;
use openwati_services::messages::{self, Filter};
use openwati_store::message::Direction;
use openwati_web::extract::{ApiQuery, Authorized, BaseUrl, ReadMessages};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::message::Message;

/// Messages on a page, unless the caller asks for another number.
const DEFAULT_LIMIT: usize = 50;

/// The most messages on a page.
const MAX_LIMIT: usize = 100;

/// What the list is to hold. Everything is text here, so that every mistake is named in our own words.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Parameters {
    /// Only messages from and to this number.
    #[param(nullable = false, example = "923001234567")]
    peer: Option<String>,
    /// Only messages that went this way.
    #[param(nullable = false, value_type = Option<crate::message::Direction>)]
    direction: Option<String>,
    /// Only messages made at this time or later.
    #[param(nullable = false, format = DateTime, example = "2026-06-10T00:00:00Z")]
    since: Option<String>,
    /// Only messages made before this time.
    #[param(nullable = false, format = DateTime, example = "2026-06-11T00:00:00Z")]
    until: Option<String>,
    /// Messages on a page.
    #[param(nullable = false, value_type = Option<u32>, minimum = 1, maximum = 100, default = 50)]
    limit: Option<String>,
    /// The `nextCursor` of the page before.
    #[param(nullable = false)]
    cursor: Option<String>,
}

/// A page of messages, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ManyMessages {
    messages: Vec<Message>,
    /// What to ask for the next page with; `null` on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

error_responses! {
    /// Why messages are not listed.
    ListErrors {
        "400": "A parameter is not what it must be; the error names it." ["invalid_request", "invalid_phone_number", "invalid_cursor"],
        "403": "The plan has no API, or the key lacks the scope for reading." ["missing_scope", "plan_has_no_api"],
    }
}

/// List messages
///
/// Newest first. Ask for the next page with `cursor` and the same parameters.
#[utoipa::path(
    get,
    path = "/api/public/v1/messages",
    operation_id = "listMessages",
    tag = "Messages",
    params(Parameters),
    responses(
        KeyErrors,
        ListErrors,
        (status = 200, description = "A page of messages.", body = ManyMessages),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn list(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<ReadMessages>,
    base: BaseUrl,
    ApiQuery(parameters): ApiQuery<Parameters>,
) -> Result<Json<ManyMessages>, ApiError> {
    let page = messages::list(app.platform(), &caller, parameters.filter()?).await?;
    Ok(Json(ManyMessages {
        messages: page
            .messages
            .into_iter()
            .map(|message| Message::shown(message, &base))
            .collect(),
        next_cursor: page.next_cursor,
    }))
}

impl Parameters {
    fn filter(self) -> Result<Filter, ApiError> {
        Ok(Filter {
            peer: self.peer,
            direction: self.direction.as_deref().map(direction).transpose()?,
            since: moment("since", self.since.as_deref())?,
            until: moment("until", self.until.as_deref())?,
            limit: limit(self.limit.as_deref())?,
            cursor: self.cursor,
        })
    }
}

fn direction(text: &str) -> Result<Direction, ApiError> {
    match text {
        "in" => Ok(Direction::In),
        "out" => Ok(Direction::Out),
        _ => Err(ApiError::invalid("direction: must be `in` or `out`")),
    }
}

fn moment(name: &str, text: Option<&str>) -> Result<Option<Moment>, ApiError> {
    let Some(text) = text else { return Ok(None) };
    // In a query an offset's `+` is a space unless it was escaped, and often it was not.
    match Moment::parse_iso(&text.replace(' ', "+")) {
        Some(moment) => Ok(Some(moment)),
        None => Err(ApiError::invalid(format!(
            "{name}: must be an ISO-8601 time like 2026-06-10T12:34:56Z"
        ))),
    }
}

fn limit(text: Option<&str>) -> Result<usize, ApiError> {
    let Some(text) = text else {
        return Ok(DEFAULT_LIMIT);
    };
    text.parse()
        .ok()
        .filter(|limit| (1..=MAX_LIMIT).contains(limit))
        .ok_or_else(|| ApiError::invalid(format!("limit: must be a number from 1 to {MAX_LIMIT}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_one_to_a_hundred_and_fifty_by_default() {
        assert_eq!(limit(None).unwrap(), 50);
        assert_eq!(limit(Some("1")).unwrap(), 1);
        assert_eq!(limit(Some("100")).unwrap(), 100);
        for bad in [
            "0",
            "101",
            "-1",
            "ten",
            "",
            "1.0",
            "99999999999999999999999",
        ] {
            let error = limit(Some(bad)).unwrap_err();
            assert_eq!(error.body().error, "limit: must be a number from 1 to 100");
        }
    }

    #[test]
    fn times_and_directions_are_named_when_they_are_wrong() {
        let error = moment("since", Some("yesterday")).unwrap_err();
        assert_eq!(
            error.body().error,
            "since: must be an ISO-8601 time like 2026-06-10T12:34:56Z"
        );
        assert!(direction("both").is_err() && direction("").is_err());
        for offset in ["+05:00", " 05:00", "Z"] {
            let text = format!("2026-06-10T12:34:56{offset}");
            assert!(moment("until", Some(&text)).is_ok(), "{text}");
        }
    }
}

//! `GET /api/public/v1/messages`

use axum::Json;
use axum::extract::State;
use openwati_services::messages::{self, Filter};
use openwati_store::message::Direction;
use openwati_web::extract::{ApiQuery, Authorized, BaseUrl, ReadMessages};
use openwati_web::openapi::KeyErrors;
use openwati_web::query::{limit, moment};
use openwati_web::{ApiError, App, error_responses};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::message::Message;

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
        "403": "The plan has no API, the account is suspended, the key lacks the scope for reading, or an agent asks for somebody else's conversation." ["missing_scope", "plan_has_no_api", "tenant_suspended", "not_your_conversation"],
    }
}

/// List messages
///
/// Newest first. Ask for the next page with `cursor` and the same parameters. An agent names the `peer` of a conversation
/// that is assigned to them.
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
        let time = |name, text: Option<String>| text.map(|text| moment(name, &text)).transpose();
        Ok(Filter {
            peer: self.peer,
            direction: self.direction.as_deref().map(direction).transpose()?,
            since: time("since", self.since)?,
            until: time("until", self.until)?,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_direction_is_in_or_out() {
        assert!(direction("in").is_ok() && direction("out").is_ok());
        assert!(direction("both").is_err() && direction("").is_err());
    }
}

//! `GET /api/auto-replies`

use axum::Json;
use axum::extract::State;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openwati_core::automation;
use openwati_services::rules;
use openwati_web::extract::{ApiQuery, Authorized, ReadRules};
use openwati_web::openapi::KeyErrors;
use openwati_web::query::{bad_cursor, limit};
use openwati_web::{ApiError, App, error_responses};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::rule::Rule;

/// Which page is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Parameters {
    /// Rules on a page. Where neither this nor `cursor` is given, all of them come, as far as an answer holds them.
    #[param(nullable = false, value_type = Option<u32>, minimum = 1, maximum = 100)]
    limit: Option<String>,
    /// The `nextCursor` of the page before.
    #[param(nullable = false)]
    cursor: Option<String>,
}

/// Rules in the order in which they are looked at: the first that a message matches answers it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ManyRules {
    rules: Vec<Rule>,
    /// What to ask for the next page with; `null` on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

error_responses! {
    /// Why rules are not listed.
    ListErrors {
        "400": "A parameter is not what it must be; the error names it." ["invalid_request", "invalid_cursor"],
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
    }
}

/// The bytes that a page's rules may take: API Gateway hands on 6 MB, to which JSON within JSON grows.
const LARGEST_PAGE: usize = 3 * 1024 * 1024;

/// List auto-reply rules
///
/// In the order in which they are looked at: exact ones, those that a message begins with, those that it contains; each by
/// `order`, then the oldest.
#[utoipa::path(
    get,
    path = "/api/auto-replies",
    operation_id = "listAutoReplies",
    tag = "Auto-replies",
    params(Parameters),
    responses(
        KeyErrors,
        ListErrors,
        (status = 200, description = "The rules.", body = ManyRules),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn list(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<ReadRules>,
    ApiQuery(parameters): ApiQuery<Parameters>,
) -> Result<Json<ManyRules>, ApiError> {
    let most = match (&parameters.limit, &parameters.cursor) {
        (None, None) => usize::MAX,
        (given, _) => limit(given.as_deref())?,
    };
    let after = parameters.cursor.as_deref().map(Place::read).transpose()?;
    let all = rules::list(app.platform(), &caller).await?;
    let mut left = all
        .into_iter()
        .filter(|rule| after.as_ref().is_none_or(|after| Place::of(rule) > *after))
        .peekable();
    let (mut rules, mut size, mut last) = (Vec::new(), 0, None);
    while let Some(rule) = left.next_if(|_| rules.len() < most && size < LARGEST_PAGE) {
        last = Some(Place::of(&rule));
        size += serde_json::to_vec(&rule.answers).map_or(0, |json| json.len());
        rules.push(Rule::from(rule));
    }
    let next_cursor = left.peek().and(last).map(|last| last.cursor());
    Ok(Json(ManyRules { rules, next_cursor }))
}

/// Where a rule stands in the order of all: after one that was deleted or moved since, the list goes on all the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    match_type: u8,
    order: i32,
    created_at: i64,
    id: [u8; 12],
}

impl Place {
    fn of(rule: &automation::Rule) -> Self {
        Self {
            match_type: rule.match_type as u8,
            order: rule.order,
            created_at: rule.created_at.millis(),
            id: rule.id.bytes(),
        }
    }

    fn cursor(&self) -> String {
        let mut bytes = vec![self.match_type];
        bytes.extend(self.order.to_be_bytes());
        bytes.extend(self.created_at.to_be_bytes());
        bytes.extend(self.id);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn read(cursor: &str) -> Result<Self, ApiError> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| bad_cursor())?;
        let read = || {
            let (match_type, rest) = bytes.split_first()?;
            let (order, rest) = rest.split_first_chunk()?;
            let (created_at, id) = rest.split_first_chunk()?;
            Some(Self {
                match_type: *match_type,
                order: i32::from_be_bytes(*order),
                created_at: i64::from_be_bytes(*created_at),
                id: id.try_into().ok()?,
            })
        };
        read().ok_or_else(bad_cursor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_the_place_of_a_rule() {
        let place = Place {
            match_type: 2,
            order: -7,
            created_at: 1_780_000_000_000,
            id: [9; 12],
        };
        assert_eq!(Place::read(&place.cursor()).unwrap(), place);
        for bad in ["", "x", "äö", "YQ", &format!("{}AAAA", place.cursor())] {
            assert_eq!(Place::read(bad).unwrap_err().body().code, "invalid_cursor");
        }
    }
}

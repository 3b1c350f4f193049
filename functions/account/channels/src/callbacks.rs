//! `GET /api/channels/{id}/callbacks`

use axum::Json;
use axum::extract::State;
use openwati_services::channels;
use openwati_web::extract::{ApiPath, Authorized, ReadAccount};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};
use serde::Serialize;
use utoipa::ToSchema;

/// A callback of Meta's, or several alike.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "at": "2026-06-10T12:34:56Z",
    "outcome": "refused",
    "code": "invalid_signature",
    "reason": "Invalid signature",
    "help": "App Secret mismatch: the app that signed it has another secret than the channel. …",
    "count": 1,
}))]
pub(crate) struct LoggedCallback {
    /// When the last of them came.
    #[schema(format = DateTime)]
    at: String,
    /// What became of it.
    #[schema(value_type = CallbackOutcome)]
    outcome: &'static str,
    /// Why, as a stable name: `invalid_signature`, `no_signature`, `invalid_json`, `unknown_number`,
    /// `wrong_verify_token`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    code: Option<String>,
    /// The same for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reason: Option<&'static str>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    help: Option<&'static str>,
    /// For how many it stands.
    count: u32,
}

/// What became of a callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "only its description is used")]
pub(crate) enum CallbackOutcome {
    /// Everything in it is on its way.
    Taken,
    /// It was told to go away.
    Refused,
    /// Some of it is about a number that is not connected here, and was left.
    Ignored,
    /// Meta asked whether the callback URL is ours, and it is.
    Verified,
}

/// The newest callbacks.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ManyCallbacks {
    callbacks: Vec<LoggedCallback>,
    /// Always `null`: there is one page.
    #[schema(required, value_type = Option<String>)]
    next_cursor: Option<String>,
}

error_responses! {
    /// Why callbacks are not listed.
    CallbacksErrors {
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "404": "The tenant has no such channel." ["not_found"],
    }
}

/// List a channel's callbacks
///
/// The newest 100 of 30 days, newest first, for when nothing arrives. Where many come, few are written down: of those that
/// are taken about one in ten seconds, with their number; of those that are refused one a second and reason.
#[utoipa::path(
    get,
    path = "/api/channels/{id}/callbacks",
    operation_id = "listCallbacks",
    tag = "Channels",
    params(("id" = String, Path, description = "The channel's id.")),
    responses(
        KeyErrors,
        CallbacksErrors,
        (status = 200, description = "The newest callbacks.", body = ManyCallbacks),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn callbacks(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<ReadAccount>,
    ApiPath(id): ApiPath<String>,
) -> Result<Json<ManyCallbacks>, ApiError> {
    let log = channels::callbacks(app.platform(), &caller, &id).await?;
    let callbacks = log.into_iter().map(|logged| LoggedCallback {
        at: logged.at.iso(),
        outcome: logged.outcome.name(),
        code: logged.code,
        reason: logged.reason,
        help: logged.help,
        count: logged.count,
    });
    Ok(Json(ManyCallbacks {
        callbacks: callbacks.collect(),
        next_cursor: None,
    }))
}

//! `POST /api/channels/{id}/check`

use axum::Json;
use axum::extract::State;
use openwati_services::channels;
use openwati_web::extract::{ApiPath, Authorized, BaseUrl, WriteAccount};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};
use serde::Serialize;
use utoipa::ToSchema;

use crate::channel::{Number, Problem, status};

/// What a check found.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ChannelCheck {
    /// Whether all is as it is to be.
    ok: bool,
    #[schema(format = DateTime)]
    checked_at: String,
    /// Whether the channel can send now.
    #[schema(value_type = crate::channel::ChannelStatus)]
    status: &'static str,
    /// What Meta tells of the number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    number: Option<Number>,
    /// The permissions of the access token.
    #[schema(example = json!(["whatsapp_business_management", "whatsapp_business_messaging"]))]
    scopes: Vec<String>,
    /// Whether Meta posts what comes in to this installation, or to the address that is entered in the Meta app.
    subscribed: bool,
    /// All that is wrong, what matters most first.
    problems: Vec<Problem>,
}

/// One check.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneCheck {
    check: ChannelCheck,
}

error_responses! {
    /// Why a channel is not checked.
    CheckErrors {
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "404": "The tenant has no such channel." ["not_found"],
        "503": "Meta can not be reached, or the service is busy: try again." ["whatsapp_unreachable", "unavailable"],
    }
}

/// Check a channel
///
/// Asks Meta for the number's quality and limit, the token's permissions, and where callbacks go. A channel whose trouble
/// is mended is connected again, one whose token is over is disconnected, and an account that no callbacks are subscribed
/// for is subscribed.
#[utoipa::path(
    post,
    path = "/api/channels/{id}/check",
    operation_id = "checkChannel",
    tag = "Channels",
    params(("id" = String, Path, description = "The channel's id.")),
    responses(
        KeyErrors,
        CheckErrors,
        (status = 200, description = "What was found.", body = OneCheck),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn check(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteAccount>,
    BaseUrl(base_url): BaseUrl,
    ApiPath(id): ApiPath<String>,
) -> Result<Json<OneCheck>, ApiError> {
    let found = channels::check(app.platform(), &caller, &base_url, &id).await?;
    let check = ChannelCheck {
        ok: found.connected && found.problems.is_empty(),
        checked_at: found.checked_at.iso(),
        status: status(found.connected),
        number: found.number.map(Number::from),
        scopes: found.scopes,
        subscribed: found.subscribed,
        problems: found.problems.into_iter().map(Problem::from).collect(),
    };
    Ok(Json(OneCheck { check }))
}

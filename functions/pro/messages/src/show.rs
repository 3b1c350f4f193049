//! `GET /api/public/v1/messages/{id}`

use axum::Json;
use axum::extract::State;
use openwati_services::messages;
use openwati_web::extract::{ApiPath, Authorized, BaseUrl, ReadMessages};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};
use serde::Serialize;
use utoipa::ToSchema;

use crate::message::Message;

/// One message.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneMessage {
    message: Message,
}

error_responses! {
    /// Why a message is not shown.
    ShowErrors {
        "403": "The plan has no API, the account is suspended, the key lacks the scope for reading, or an agent asks for somebody else's conversation." ["missing_scope", "plan_has_no_api", "tenant_suspended", "not_your_conversation"],
        "404": "The tenant has no such message." ["not_found"],
    }
}

/// Look up a message
///
/// By our id (`id` of the answer to a send) or by WhatsApp's (`messageId`), percent-encoded where it holds `/`, `+` or `=`.
#[utoipa::path(
    get,
    path = "/api/public/v1/messages/{id}",
    operation_id = "getMessage",
    tag = "Messages",
    params(("id" = String, Path, description = "Our id or WhatsApp's id of the message.")),
    responses(
        KeyErrors,
        ShowErrors,
        (status = 200, description = "The message.", body = OneMessage),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn show(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<ReadMessages>,
    base: BaseUrl,
    ApiPath(id): ApiPath<String>,
) -> Result<Json<OneMessage>, ApiError> {
    let message = messages::find(app.platform(), &caller, &id).await?;
    Ok(Json(OneMessage {
        message: Message::shown(message, &base),
    }))
}

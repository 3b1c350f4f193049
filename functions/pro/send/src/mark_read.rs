//! `POST /api/public/v1/mark-read`

use axum::Json;
use axum::extract::State;
use openwati_services::mark_read::{self, Tell};
use openwati_web::extract::{ApiJson, Authorized, WriteMessages};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The message that was read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"messageId": "wamid.HBgMOTIzMDAxMjM0NTY3FQIAEhgUM0E", "typing": true}))]
pub(crate) struct MarkRead {
    /// The customer's message: our id of it or WhatsApp's.
    message_id: String,
    /// Whether the customer sees that somebody is typing: for 25 seconds, or until the next message.
    #[serde(default)]
    #[schema(nullable = false)]
    typing: Option<bool>,
}

/// WhatsApp took it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"ok": true}))]
pub(crate) struct MarkedRead {
    /// Always true.
    ok: bool,
}

error_responses! {
    /// Why a message is not marked as read.
    MarkReadErrors {
        "400": "The body is not what it must be, or the message is not a customer's." ["invalid_json", "invalid_request", "invalid_message"],
        "403": "The plan has no API, the account is suspended, the key lacks the scope for sending, or an agent reads somebody else's conversation." ["missing_scope", "plan_has_no_api", "tenant_suspended", "not_your_conversation"],
        "404": "There is no such message." ["not_found"],
        "409": "The device that the message came over is not connected." ["no_device"],
        "413": "The body has more than 256 KiB." ["payload_too_large"],
        "422": "WhatsApp refused it." ["whatsapp_refused"],
        "429": "The key's minute is used up, or WhatsApp takes no more at the moment." ["rate_limited", "whatsapp_busy"],
        "503": "WhatsApp can not be reached, or the service is busy: try again, which does no harm." ["whatsapp_unreachable", "unavailable"],
    }
}

/// Mark a message as read
///
/// The customer sees that their message was read, and the ones before it with it; perhaps also that somebody is typing. It
/// is no message: no cap counts it. It may be repeated without harm.
#[utoipa::path(
    post,
    path = "/api/public/v1/mark-read",
    operation_id = "markRead",
    tag = "Messages",
    request_body = MarkRead,
    responses(
        KeyErrors,
        MarkReadErrors,
        (status = 200, description = "WhatsApp took it.", body = MarkedRead),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn mark_read(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteMessages>,
    body: ApiJson<MarkRead>,
) -> Result<Json<MarkedRead>, ApiError> {
    let MarkRead { message_id, typing } = body.value;
    let tell = match typing {
        Some(true) => Tell::Typing,
        Some(false) | None => Tell::Read,
    };
    mark_read::mark_read(app.platform(), &caller, &message_id, tell).await?;
    Ok(Json(MarkedRead { ok: true }))
}

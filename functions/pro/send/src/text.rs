//! `POST /api/public/v1/send`

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use openwati_core::id::Id;
use openwati_core::message::Outgoing;
use openwati_services::send;
use openwati_web::extract::{ApiJson, Authorized, IdempotencyKey, WriteMessages};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses, replayed};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A text and who it is for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"to": "+923001234567", "message": "Hello from WATI"}))]
pub(crate) struct SendText {
    /// The customer's number: E.164, digits with the country code, or local digits, which take the tenant's country.
    to: String,
    /// The text.
    #[schema(min_length = 1, max_length = 4096)]
    message: String,
    /// The device that sends; without it the default one, else the one that has been connected for longest.
    #[schema(nullable = false, format = "uuid")]
    device_id: Option<String>,
}

/// WhatsApp took the message.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "ok": true,
    "id": "6a297f98-8000-8d5e-9b7c-2f1d3a5e7c90",
    "messageId": "wamid.HBgMOTIzMDAxMjM0NTY3FQIAERgSQzVFOEI5",
    "status": "sent",
    "to": "923001234567",
}))]
pub(crate) struct Sent {
    /// Always true.
    ok: bool,
    /// Our id of the message.
    #[schema(format = "uuid")]
    id: String,
    /// WhatsApp's id of the message.
    message_id: String,
    /// Always `sent`; look the message up for what follows.
    status: &'static str,
    /// The customer's number as digits with the country code.
    to: String,
}

error_responses! {
    /// Why a send is refused.
    SendErrors {
        "400": "The body, the number or the text is not what it must be; the error names it." ["invalid_json", "invalid_request", "invalid_message", "invalid_phone_number"],
        "403": "The plan has no API, the account is suspended, the key lacks the scope for sending, or an agent writes in somebody else's conversation." ["missing_scope", "plan_has_no_api", "tenant_suspended", "not_your_conversation"],
        "404": "There is no such device." ["not_found"],
        "409": "A cap of the plan is reached; no device is connected; the first request with this `Idempotency-Key` still runs, or nobody knows yet what became of it." ["plan_cap_reached", "no_device", "in_progress", "outcome_unknown"],
        "413": "The body has more than 256 KiB." ["payload_too_large"],
        "422": "WhatsApp refused the message, which is kept as failed; the 24-hour window is closed; the `Idempotency-Key` stood for another request." ["whatsapp_refused", "window_closed", "idempotency_key_reused"],
        "429": "The key's minute is used up, or WhatsApp or the device takes no more at the moment." ["rate_limited", "recipient_busy", "channel_busy", "whatsapp_busy"],
        "503": "WhatsApp can not be reached and nothing was sent, or the service is busy: try again." ["whatsapp_unreachable", "unavailable"],
        "504": "The message may have been sent: WhatsApp did not say. Look it up by the `id` of the error." ["outcome_unknown"],
    }
}

/// Send a text message
///
/// Sends a text to a customer and answers once WhatsApp took it. It is never sent twice: with an `Idempotency-Key` the
/// same request may be repeated for 24 hours.
#[utoipa::path(
    post,
    path = "/api/public/v1/send",
    operation_id = "sendText",
    tag = "Messages",
    params(("Idempotency-Key" = Option<String>, Header, nullable = false, max_length = 255,
        description = "A name of your own for this request; repeating both gives the first answer again.")),
    request_body = SendText,
    responses(
        KeyErrors,
        SendErrors,
        (status = 200, description = "WhatsApp took the message.", body = Sent, headers(
            ("Idempotent-Replayed" = bool, description = "`true` where this is the first request's answer again."),
        )),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn send(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteMessages>,
    key: IdempotencyKey,
    body: ApiJson<SendText>,
) -> Result<Response, ApiError> {
    let request = send::Request {
        message: text(body.value.message)?,
        to: body.value.to,
        channel: body.value.device_id.as_deref().map(device).transpose()?,
        idempotency: key.over(&body.raw),
    };
    let sent = send::send(app.platform(), &caller, request).await?;
    let answer = Json(Sent {
        ok: true,
        id: sent.id.uuid(),
        message_id: sent.wamid,
        status: "sent",
        to: sent.to,
    });
    Ok((replayed(sent.replayed), answer).into_response())
}

/// The text as a message. What is wrong with it is said of the field that the caller knows.
fn text(message: String) -> Result<Outgoing, ApiError> {
    let message = Outgoing::text(message);
    match message.validate() {
        Ok(()) => Ok(message),
        Err(invalid) => Err(ApiError::new(
            StatusCode::BAD_REQUEST,
            "invalid_message",
            format!("message: {}", invalid.problem),
        )),
    }
}

fn device(id: &str) -> Result<Id, ApiError> {
    id.parse()
        .map_err(|_| ApiError::not_found("there is no such device"))
}

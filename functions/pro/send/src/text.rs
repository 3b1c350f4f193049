//! `POST /api/public/v1/send`

use axum::extract::State;
use axum::response::Response;
use openwati_core::message::Outgoing;
use openwati_core::message::written::Fields;
use openwati_web::extract::{ApiJson, Authorized, IdempotencyKey, WriteMessages};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::sending::{Address, IdempotencyHeader, SendErrors, Sent, deliver};

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

/// Send a text message
///
/// Sends a text to a customer and answers once WhatsApp took it. It is never sent twice: with an `Idempotency-Key` the
/// same request may be repeated for 24 hours.
#[utoipa::path(
    post,
    path = "/api/public/v1/send",
    operation_id = "sendText",
    tag = "Messages",
    params(IdempotencyHeader),
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
    let idempotency = key.over(&body.raw);
    let SendText {
        to,
        message,
        device_id,
    } = body.value;
    let fields = Fields::default().with("text.body", "message");
    let message = fields.check(Outgoing::text(message))?;
    deliver(
        &app,
        &caller,
        Address { to, device_id },
        message,
        idempotency,
    )
    .await
}

//! `POST /api/public/v1/send-interactive`

use axum::extract::State;
use axum::response::Response;
use openwati_core::message::written::{WrittenInteractive, part};
use openwati_web::extract::{ApiJson, Authorized, IdempotencyKey, WriteMessages};
use openwati_web::openapi::KeyErrors;
use openwati_web::openapi::message::{
    CloudApiInteractive, InteractiveHeader, InteractiveLink, InteractiveList, ReplyButton,
};
use openwati_web::{ApiError, App};
use serde_json::Value;
use utoipa::ToSchema;

use crate::sending::{Address, IdempotencyHeader, SendErrors, Sent, deliver};

/// A message with something to tap, and who it is for: exactly one of `buttons`, `list`, `cta` and `interactive`.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase", example = json!({
    "to": "+923001234567",
    "header": "Order #42",
    "body": "Is this your address?",
    "footer": "12 Mall Road, Lahore",
    "buttons": ["Yes", {"id": "change", "title": "Change it"}],
}))]
#[expect(dead_code, reason = "it describes what is read in two steps")]
pub(crate) struct SendInteractive {
    /// The customer's number: E.164, digits with the country code, or local digits, which take the tenant's country.
    to: String,
    /// The text; with `interactive` it stands there.
    #[schema(nullable = false, min_length = 1, max_length = 1024)]
    body: Option<String>,
    /// What stands above the body: a line of text, or a file.
    #[schema(nullable = false)]
    header: Option<InteractiveHeader>,
    /// Small print below the body.
    #[schema(nullable = false, min_length = 1, max_length = 60)]
    footer: Option<String>,
    /// Up to three buttons that answer.
    #[schema(nullable = false, min_items = 1, max_items = 3)]
    buttons: Option<Vec<ReplyButton>>,
    /// A menu of up to ten rows.
    #[schema(nullable = false)]
    list: Option<InteractiveList>,
    /// A button that opens a web page. Nothing tells of a tap.
    #[schema(nullable = false)]
    cta: Option<InteractiveLink>,
    /// Any message with something to tap, as WhatsApp's Cloud API writes it.
    #[schema(nullable = false)]
    interactive: Option<CloudApiInteractive>,
    /// The device that sends; without it the default one, else the one that has been connected for longest.
    #[schema(nullable = false, format = "uuid")]
    device_id: Option<String>,
}

/// Send buttons, a list or a link
///
/// Sends a message with something to tap and answers once WhatsApp took it. What the customer taps comes back as a message
/// with the `id` of the button or row; a button or row without one has its title as its id. It is never sent twice: with an
/// `Idempotency-Key` the same request may be repeated for 24 hours.
#[utoipa::path(
    post,
    path = "/api/public/v1/send-interactive",
    operation_id = "sendInteractive",
    tag = "Messages",
    params(IdempotencyHeader),
    request_body = SendInteractive,
    responses(
        KeyErrors,
        SendErrors,
        (status = 200, description = "WhatsApp took the message.", body = Sent, headers(
            ("Idempotent-Replayed" = bool, description = "`true` where this is the first request's answer again."),
        )),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn send_interactive(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteMessages>,
    key: IdempotencyKey,
    body: ApiJson<Value>,
) -> Result<Response, ApiError> {
    let idempotency = key.over(&body.raw);
    let address: Address = part(&body.value)?;
    let message = part::<WrittenInteractive>(&body.value)?.into_message()?;
    deliver(&app, &caller, address, message, idempotency).await
}

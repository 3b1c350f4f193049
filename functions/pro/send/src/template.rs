//! `POST /api/public/v1/send-template`

use axum::extract::State;
use axum::response::Response;
use openwati_core::message::written::{AskedTemplate, part};
use openwati_services::send::{self, TemplateRequest};
use openwati_web::extract::{ApiJson, Authorized, IdempotencyKey, WriteMessages};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};
use serde_json::Value;
use utoipa::ToSchema;

use crate::sending::{Address, IdempotencyHeader, SendErrors, Sent, answer, device};

/// A template, what fills it, and who it is for.
#[derive(Debug, ToSchema)]
#[schema(as = SendTemplate, rename_all = "camelCase", example = json!({
    "to": "+923001234567",
    "template": "order_update",
    "language": "en",
    "parameters": {"1": "Ali", "2": "42"},
}))]
#[expect(dead_code, reason = "it describes what is read in two steps")]
pub(crate) struct SendTemplate {
    /// The customer's number: E.164, digits with the country code, or local digits, which take the tenant's country.
    to: String,
    /// The template's name.
    #[schema(min_length = 1, max_length = 512, pattern = "^[a-z0-9_]+$")]
    template: String,
    /// Its language, like `en_US`; it may be left out where the template is approved in one alone.
    #[schema(nullable = false)]
    language: Option<String>,
    /// The values of its variables. By name or number: `{"name": "Ali"}`, `{"1": "Ali"}`. In order: `["Ali", "42"]`, the
    /// header's first, then the body's, then the ends of the buttons' addresses.
    #[schema(nullable = false, value_type = Option<Object>)]
    parameters: Option<Value>,
    /// What the header shows: `{"image": {"link": "https://…"}}`, the same of `video` or `document` (which has a
    /// `filename`), `{"location": {"latitude": 31.5, "longitude": 74.3}}`, or `{"text": "…"}`. Files are public addresses,
    /// or by `id` those that were uploaded to WhatsApp.
    #[schema(nullable = false, value_type = Option<Object>)]
    header: Option<Value>,
    /// What its buttons do: `index` counted from 0, with `payload` (what comes back from a quick reply), `text` (the end of
    /// an address), `couponCode`, `flowToken` or `ttlMinutes`.
    #[schema(nullable = false, value_type = Option<Vec<Object>>)]
    buttons: Option<Value>,
    /// What fills the cards of a carousel, in their order: each has `header`, `parameters` and `buttons`.
    #[schema(nullable = false, value_type = Option<Vec<Object>>)]
    cards: Option<Value>,
    /// When its limited-time offer ends.
    #[schema(nullable = false, format = DateTime)]
    expires_at: Option<String>,
    /// All that fills it, as WhatsApp's Cloud API writes it, in the place of the rest.
    #[schema(nullable = false, value_type = Option<Vec<Object>>)]
    components: Option<Value>,
    /// The device that sends; without it the default one, else the one that has been connected for longest.
    #[schema(nullable = false, format = "uuid")]
    device_id: Option<String>,
}

error_responses! {
    /// Why a template is refused, where it is another reason than that of a text.
    TemplateErrors {
        "400": "The body or the number is not what it must be, several languages would do and none is named, or what is given does not fill the template; the error names the field and what is expected there." ["invalid_json", "invalid_request", "invalid_message", "invalid_template_parameters", "invalid_phone_number"],
        "422": "The device's account has no such template, not in this language, or it is not approved; the customer has opted out, of everything or of marketing, and no person of the team writes; WhatsApp refused the message, which is kept as failed; the `Idempotency-Key` stood for another request." ["template_not_found", "template_not_approved", "opted_out", "whatsapp_refused", "idempotency_key_reused"],
    }
}

/// Send a template
///
/// Fills a template that Meta approved, sends it to a customer, and answers once WhatsApp took it. It needs no open 24-hour
/// window. It is never sent twice: with an `Idempotency-Key` the same request may be repeated for 24 hours.
#[utoipa::path(
    post,
    path = "/api/public/v1/send-template",
    operation_id = "sendTemplate",
    tag = "Messages",
    params(IdempotencyHeader),
    request_body = SendTemplate,
    responses(
        KeyErrors,
        SendErrors,
        TemplateErrors,
        (status = 200, description = "WhatsApp took the message.", body = Sent, headers(
            ("Idempotent-Replayed" = bool, description = "`true` where this is the first request's answer again."),
        )),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn send_template(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteMessages>,
    key: IdempotencyKey,
    body: ApiJson<Value>,
) -> Result<Response, ApiError> {
    let idempotency = key.over(&body.raw);
    let Address { to, device_id } = part(&body.value)?;
    let AskedTemplate {
        name,
        language,
        given,
    } = AskedTemplate::read(&body.value)?;
    let request = TemplateRequest {
        to,
        name,
        language,
        given,
        channel: device_id.as_deref().map(device).transpose()?,
        idempotency,
    };
    let sent = send::send_template(app.platform(), &caller, request).await?;
    Ok(answer(sent))
}

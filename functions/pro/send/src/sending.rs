//! What the endpoints that send a message share.

use axum::Json;
use axum::response::{IntoResponse, Response};
use openwati_core::id::Id;
use openwati_core::message::Outgoing;
use openwati_services::idempotency::Idempotency;
use openwati_services::{Caller, send};
use openwati_web::{ApiError, App, error_responses, replayed};
use serde::{Deserialize, Serialize};
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Required};
use utoipa::{IntoParams, ToSchema};

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
        "400": "The body, the number or the message is not what it must be; the error names the field and the limit." ["invalid_json", "invalid_request", "invalid_message", "invalid_phone_number"],
        "403": "The plan has no API, the account is suspended, the key lacks the scope for sending, or an agent writes in somebody else's conversation." ["missing_scope", "plan_has_no_api", "tenant_suspended", "not_your_conversation"],
        "404": "There is no such device." ["not_found"],
        "409": "A cap of the plan is reached; no device is connected; the first request with this `Idempotency-Key` still runs, or nobody knows yet what became of it." ["plan_cap_reached", "no_device", "in_progress", "outcome_unknown"],
        "413": "The body has more than 256 KiB." ["payload_too_large"],
        "422": "WhatsApp refused the message, which is kept as failed; the 24-hour window is closed; the customer has opted out, and no person of the team writes; the `Idempotency-Key` stood for another request." ["whatsapp_refused", "window_closed", "opted_out", "idempotency_key_reused"],
        "429": "The key's minute is used up, or WhatsApp or the device takes no more at the moment." ["rate_limited", "recipient_busy", "channel_busy", "whatsapp_busy"],
        "503": "WhatsApp can not be reached and nothing was sent, or the service is busy: try again." ["whatsapp_unreachable", "unavailable"],
        "504": "The message may have been sent: WhatsApp did not say. Look it up by the `id` of the error." ["outcome_unknown"],
    }
}

/// The header that makes a send repeatable.
#[derive(Debug)]
pub(crate) enum IdempotencyHeader {}

impl IntoParams for IdempotencyHeader {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let schema = ObjectBuilder::new()
            .schema_type(Type::String)
            .max_length(Some(255));
        let parameter = ParameterBuilder::new()
            .name("Idempotency-Key")
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some(
                "A name of your own for this request; repeating both gives the first answer again.",
            ))
            .schema(Some(RefOr::T(schema.build().into())));
        vec![parameter.build()]
    }
}

/// Whom a message is for and by what it goes: a part of every body.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Address {
    pub(crate) to: String,
    pub(crate) device_id: Option<String>,
}

/// Sends a message that was checked, and answers what became of it.
pub(crate) async fn deliver(
    app: &App,
    caller: &Caller,
    Address { to, device_id }: Address,
    message: Outgoing,
    idempotency: Option<Idempotency>,
) -> Result<Response, ApiError> {
    let request = send::Request {
        to,
        message,
        channel: device_id.as_deref().map(device).transpose()?,
        idempotency,
    };
    Ok(answer(send::send(app.platform(), caller, request).await?))
}

/// The answer that a message was sent.
pub(crate) fn answer(sent: send::Sent) -> Response {
    let body = Json(Sent {
        ok: true,
        id: sent.id.uuid(),
        message_id: sent.wamid,
        status: "sent",
        to: sent.to,
    });
    (replayed(sent.replayed), body).into_response()
}

/// The device that a caller names: what cannot be the id of one is the id of none.
pub(crate) fn device(id: &str) -> Result<Id, ApiError> {
    id.parse()
        .map_err(|_| ApiError::not_found("there is no such device"))
}

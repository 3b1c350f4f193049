//! `POST /api/public/v1/send-contacts`

use axum::extract::State;
use axum::response::Response;
use openwati_core::message::written::Fields;
use openwati_core::message::{Contact, Content, Outgoing};
use openwati_web::extract::{ApiJson, Authorized, IdempotencyKey, WriteMessages};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::sending::{Address, IdempotencyHeader, SendErrors, Sent, deliver};

/// Contact cards and who they are for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "to": "+923001234567",
    "contacts": [{
        "name": {"formatted_name": "Sara Khan", "first_name": "Sara", "last_name": "Khan"},
        "phones": [{"phone": "+92 300 7654321", "type": "WORK", "wa_id": "923007654321"}],
        "emails": [{"email": "sara@example.com", "type": "WORK"}],
        "org": {"company": "Shop", "title": "Sales"},
    }],
}))]
pub(crate) struct SendContacts {
    /// The customer's number: E.164, digits with the country code, or local digits, which take the tenant's country.
    to: String,
    /// The cards, each as WhatsApp writes one: `name` with `formatted_name` and at least one part of the name; `phones`,
    /// `emails`, `addresses`, `urls`, `org`, and `birthday` as `YYYY-MM-DD`.
    #[schema(value_type = Vec<Object>, min_items = 1, max_items = 5)]
    contacts: Vec<Contact>,
    /// The device that sends; without it the default one, else the one that has been connected for longest.
    #[schema(nullable = false, format = "uuid")]
    device_id: Option<String>,
}

/// Send contact cards
///
/// Sends contact cards to a customer and answers once WhatsApp took them. They are never sent twice: with an
/// `Idempotency-Key` the same request may be repeated for 24 hours.
#[utoipa::path(
    post,
    path = "/api/public/v1/send-contacts",
    operation_id = "sendContacts",
    tag = "Messages",
    params(IdempotencyHeader),
    request_body = SendContacts,
    responses(
        KeyErrors,
        SendErrors,
        (status = 200, description = "WhatsApp took the message.", body = Sent, headers(
            ("Idempotent-Replayed" = bool, description = "`true` where this is the first request's answer again."),
        )),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn send_contacts(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteMessages>,
    key: IdempotencyKey,
    body: ApiJson<SendContacts>,
) -> Result<Response, ApiError> {
    let idempotency = key.over(&body.raw);
    let SendContacts {
        to,
        contacts,
        device_id,
    } = body.value;
    // The caller's fields are WhatsApp's.
    let message = Outgoing::from(Content::Contacts { contacts });
    let message = Fields::default().check(message)?;
    deliver(
        &app,
        &caller,
        Address { to, device_id },
        message,
        idempotency,
    )
    .await
}

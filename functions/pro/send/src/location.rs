//! `POST /api/public/v1/send-location`

use axum::extract::State;
use axum::response::Response;
use openwati_core::message::written::Fields;
use openwati_core::message::{Content, Location, Outgoing};
use openwati_web::extract::{ApiJson, Authorized, IdempotencyKey, WriteMessages};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use utoipa::ToSchema;

use crate::sending::{Address, IdempotencyHeader, SendErrors, Sent, deliver};

/// A place on the map and who it is for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "to": "+923001234567",
    "latitude": 31.5204,
    "longitude": 74.3587,
    "name": "Our shop",
    "address": "12 Mall Road, Lahore",
}))]
pub(crate) struct SendLocation {
    /// The customer's number: E.164, digits with the country code, or local digits, which take the tenant's country.
    to: String,
    /// Degrees north; negative is south. The number may be written as text.
    #[serde(deserialize_with = "degrees")]
    #[schema(value_type = f64, minimum = -90, maximum = 90)]
    latitude: f64,
    /// Degrees east; negative is west. The number may be written as text.
    #[serde(deserialize_with = "degrees")]
    #[schema(value_type = f64, minimum = -180, maximum = 180)]
    longitude: f64,
    /// What the place is called.
    #[schema(nullable = false)]
    name: Option<String>,
    /// Its address, shown below the name.
    #[schema(nullable = false)]
    address: Option<String>,
    /// The device that sends; without it the default one, else the one that has been connected for longest.
    #[schema(nullable = false, format = "uuid")]
    device_id: Option<String>,
}

/// Send a location
///
/// Sends a place on the map to a customer and answers once WhatsApp took it. It is never sent twice: with an
/// `Idempotency-Key` the same request may be repeated for 24 hours.
#[utoipa::path(
    post,
    path = "/api/public/v1/send-location",
    operation_id = "sendLocation",
    tag = "Messages",
    params(IdempotencyHeader),
    request_body = SendLocation,
    responses(
        KeyErrors,
        SendErrors,
        (status = 200, description = "WhatsApp took the message.", body = Sent, headers(
            ("Idempotent-Replayed" = bool, description = "`true` where this is the first request's answer again."),
        )),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn send_location(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteMessages>,
    key: IdempotencyKey,
    body: ApiJson<SendLocation>,
) -> Result<Response, ApiError> {
    let idempotency = key.over(&body.raw);
    let body = body.value;
    let location = Location {
        latitude: body.latitude,
        longitude: body.longitude,
        name: body.name.filter(|name| !name.is_empty()),
        address: body.address.filter(|address| !address.is_empty()),
    };
    let message = Outgoing::from(Content::Location { location });
    let fields = Fields::default()
        .with("location.latitude", "latitude")
        .with("location.longitude", "longitude");
    let message = fields.check(message)?;
    let address = Address {
        to: body.to,
        device_id: body.device_id,
    };
    deliver(&app, &caller, address, message, idempotency).await
}

/// A number, or a text that is one: forms and spreadsheets know no other.
fn degrees<'de, D: Deserializer<'de>>(field: D) -> Result<f64, D::Error> {
    let degrees = match Value::deserialize(field)? {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    degrees.ok_or_else(|| D::Error::custom("must be a number of degrees"))
}

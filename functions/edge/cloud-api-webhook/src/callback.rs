//! `POST /api/public/cloud-api-webhook/{tenantId}`

use axum::extract::State;
use http::{HeaderMap, StatusCode};
use openwati_services::{Error, receive};
use openwati_web::extract::{ApiPath, RawBody};
use openwati_web::{ApiError, App, error_responses};

error_responses! {
    /// Why a callback is not taken.
    CallbackErrors {
        "400": "The bytes are signed and not JSON." ["invalid_json"],
        "401": "There is no such tenant, or no app of the tenant signed these bytes." ["invalid_signature"],
        "413": "The body has more than 4 MiB." ["payload_too_large"],
        "500": "A fault of ours: Meta calls again." ["internal"],
        "503": "The callback could not be stored: Meta calls again." ["unavailable"],
    }
}

/// Receive messages and statuses
///
/// Called by Meta, which signs the bytes of the body with the app's secret. Answered once everything in it is stored.
#[utoipa::path(
    post,
    path = "/api/public/cloud-api-webhook/{tenantId}",
    operation_id = "receiveCallback",
    tag = "WhatsApp",
    params(
        ("tenantId" = String, Path, description = "The tenant's id."),
        ("X-Hub-Signature-256" = String, Header, description = "`sha256=` and the HMAC-SHA256 of the body in hex."),
    ),
    request_body(content = serde_json::Value, description = "Meta's webhook payload."),
    responses(CallbackErrors, (status = 200, description = "Everything in it is stored.")),
)]
pub(crate) async fn callback(
    State(app): State<App>,
    ApiPath(tenant): ApiPath<String>,
    headers: HeaderMap,
    RawBody(body): RawBody<{ receive::LARGEST_CALLBACK }>,
) -> Result<(), ApiError> {
    let signature = headers
        .get("x-hub-signature-256")
        .and_then(|value| value.to_str().ok());
    let taken = receive::callback(app.platform(), &tenant, signature, &body).await;
    taken.map_err(|error| match error {
        // An unknown tenant is answered alike, so that nobody learns which there are.
        Error::Unauthorized => {
            let error = "the signature is not that of an app of this tenant";
            ApiError::new(StatusCode::UNAUTHORIZED, "invalid_signature", error)
        }
        other => other.into(),
    })
}

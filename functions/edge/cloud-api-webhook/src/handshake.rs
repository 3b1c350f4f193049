//! `GET /api/public/cloud-api-webhook/{tenantId}`

use axum::extract::State;
use http::StatusCode;
use openwati_core::secret::Secret;
use openwati_services::{Error, receive};
use openwati_web::extract::{ApiPath, ApiQuery};
use openwati_web::{ApiError, App, error_responses};
use serde::Deserialize;
use utoipa::IntoParams;

/// What Meta asks when the callback URL is entered in the app's settings ("Verification Requests" of Meta's webhooks).
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Handshake {
    /// Always `subscribe`.
    #[serde(rename = "hub.mode", default)]
    #[param(required)]
    mode: String,
    /// The verify token of one of the tenant's devices.
    #[serde(rename = "hub.verify_token", default)]
    #[param(required, value_type = String)]
    token: Option<Secret<String>>,
    /// What to answer with.
    #[serde(rename = "hub.challenge", default)]
    #[param(required)]
    challenge: String,
}

error_responses! {
    /// Why the URL is not verified.
    HandshakeErrors {
        "403": "There is no such tenant, or none of its devices has this verify token." ["forbidden"],
        "500": "A fault of ours." ["internal"],
        "503": "The service is busy: try again." ["unavailable"],
    }
}

/// Verify the callback URL
///
/// Called by Meta when the callback URL is saved in the app's settings.
#[utoipa::path(
    get,
    path = "/api/public/cloud-api-webhook/{tenantId}",
    operation_id = "verifyCallback",
    tag = "WhatsApp",
    params(("tenantId" = String, Path, description = "The tenant's id."), Handshake),
    responses(
        HandshakeErrors,
        (status = 200, description = "The challenge, as it came.", body = String, content_type = "text/plain"),
    ),
)]
pub(crate) async fn handshake(
    State(app): State<App>,
    ApiPath(tenant): ApiPath<String>,
    ApiQuery(asked): ApiQuery<Handshake>,
) -> Result<String, ApiError> {
    let Handshake {
        mode,
        token,
        challenge,
    } = asked;
    let token = token.as_ref().map_or("", |token| token.expose());
    let answer = receive::handshake(app.platform(), &tenant, &mode, token, &challenge).await;
    answer.map_err(|error| match error {
        // Meta's own examples refuse with 403, and there is no key to authenticate with.
        Error::Unauthorized => {
            let error = "no device of this tenant has that verify token";
            ApiError::new(StatusCode::FORBIDDEN, "forbidden", error)
        }
        other => other.into(),
    })
}

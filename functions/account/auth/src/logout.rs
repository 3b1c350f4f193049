//! `POST /api/auth/logout`

use axum::Json;
use axum::extract::State;
use openwati_services::accounts;
use openwati_web::extract::{ApiJson, Known};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::tokens::Done;

/// Where to be logged out.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(crate) struct Where {
    /// Everywhere, and not only here.
    #[serde(default)]
    #[schema(nullable = false, default = false)]
    everywhere: Option<bool>,
}

error_responses! {
    /// Why nobody is logged out.
    LogOutErrors {
        "400": "Something is not what it must be; the error names it." ["invalid_json", "invalid_request"],
        "403": "An API key is no session, and another issuer's token has none here." ["not_a_person", "no_session"],
        "413": "The body is too large." ["payload_too_large"],
    }
}

/// Log out
///
/// The session's tokens are dead with the answer.
#[utoipa::path(
    post,
    path = "/api/auth/logout",
    operation_id = "logOut",
    tag = "People",
    request_body = Option<Where>,
    responses(
        KeyErrors,
        LogOutErrors,
        (status = 200, description = "You are logged out.", body = Done),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn logout(
    State(app): State<App>,
    Known { caller }: Known,
    body: Option<ApiJson<Where>>,
) -> Result<Json<Done>, ApiError> {
    let everywhere = body.and_then(|body| body.value.everywhere).unwrap_or(false);
    accounts::log_out(app.platform(), &caller, everywhere).await?;
    Ok(Json(Done::YES))
}

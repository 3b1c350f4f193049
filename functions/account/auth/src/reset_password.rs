//! `POST /api/auth/password/reset`

use axum::Json;
use axum::extract::State;
use openwati_core::secret::Secret;
use openwati_services::accounts;
use openwati_web::extract::{ApiJson, Client};
use openwati_web::{ApiError, App, error_responses};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::tokens::{Done, OpenErrors};

/// A password by a link.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Reset {
    /// The link's token, which it has behind `#token=`.
    #[schema(value_type = String)]
    token: Secret<String>,
    /// What to log in with from now on: 10 to 200 characters, not the address.
    #[schema(value_type = String, min_length = 10, max_length = 200)]
    password: Secret<String>,
}

error_responses! {
    /// Why a password is not set.
    ResetErrors {
        "400": "Something is not what it must be; the error names it." ["invalid_json", "invalid_request", "invalid_reset", "invalid_password"],
    }
}

/// Set the password anew by a link
///
/// All sessions end, and the link is used. Log in with the new password then.
#[utoipa::path(
    post,
    path = "/api/auth/password/reset",
    operation_id = "resetPassword",
    tag = "People",
    request_body = Reset,
    responses(
        OpenErrors,
        ResetErrors,
        (status = 200, description = "It is set.", body = Done),
    ),
)]
pub(crate) async fn reset_password(
    State(app): State<App>,
    client: Client,
    ApiJson { value: reset, .. }: ApiJson<Reset>,
) -> Result<Json<Done>, ApiError> {
    let Reset { token, password } = reset;
    accounts::reset_password(app.platform(), &token, &password, client.address).await?;
    Ok(Json(Done::YES))
}

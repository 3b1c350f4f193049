//! `POST /api/auth/login`

use axum::Json;
use axum::extract::State;
use openwati_core::secret::Secret;
use openwati_services::accounts::{LogIn, log_in};
use openwati_web::extract::{ApiJson, Client};
use openwati_web::{ApiError, App, error_responses};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::tokens::{OpenErrors, Tokens};

/// Who wants to come in.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Credentials {
    #[schema(example = "ada@example.com")]
    email: String,
    #[schema(value_type = String)]
    password: Secret<String>,
}

error_responses! {
    /// Why somebody is not let in.
    LogInErrors {
        "400": "Something is not what it must be; the error names it." ["invalid_json", "invalid_request"],
        "401": "The address or the password is wrong, or they may not come in." ["wrong_credentials"],
    }
}

/// Log in
///
/// After 10 wrong passwords an account takes none for the rest of 15 minutes; an address has 30 tries a minute.
#[utoipa::path(
    post,
    path = "/api/auth/login",
    operation_id = "logIn",
    tag = "People",
    request_body = Credentials,
    responses(
        OpenErrors,
        LogInErrors,
        (status = 200, description = "You are logged in.", body = Tokens),
    ),
)]
pub(crate) async fn login(
    State(app): State<App>,
    client: Client,
    ApiJson { value: typed, .. }: ApiJson<Credentials>,
) -> Result<Json<Tokens>, ApiError> {
    let typed = LogIn {
        email: typed.email,
        password: typed.password,
        address: client.address,
        agent: client.agent,
    };
    Ok(Json(log_in(app.platform(), typed).await?.into()))
}

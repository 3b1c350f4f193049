//! `POST /api/auth/signup`

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use openwati_core::secret::Secret;
use openwati_services::accounts::{SignUp, sign_up};
use openwati_web::extract::{ApiJson, Client};
use openwati_web::{ApiError, App, error_responses};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::tokens::{OpenErrors, Tokens};

/// Somebody who signs up.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct NewAccount {
    /// The token of an invitation, as its link has it behind `#token=`. Without it an account of your own is made, where
    /// the operator lets anybody.
    #[serde(default)]
    #[schema(nullable = false, value_type = Option<String>)]
    invitation: Option<Secret<String>>,
    /// The address to log in with; an invitation has it already.
    #[serde(default)]
    #[schema(nullable = false, example = "ada@example.com", max_length = 254)]
    email: Option<String>,
    /// Your name: 1 to 100 characters. An invitation may have it already.
    #[serde(default)]
    #[schema(nullable = false, example = "Ada")]
    name: Option<String>,
    /// What to log in with: 10 to 200 characters, not the address.
    #[schema(value_type = String, min_length = 10, max_length = 200)]
    password: Secret<String>,
    /// What the account is called; without it, as you are.
    #[serde(default)]
    #[schema(nullable = false, example = "Ada's Bakery")]
    company: Option<String>,
}

error_responses! {
    /// Why nobody is signed up.
    SignUpErrors {
        "400": "Something is not what it must be; the error names it." ["invalid_json", "invalid_request", "invalid_email", "invalid_name", "invalid_password", "invalid_invitation"],
        "403": "The operator lets nobody make an account, or only who was invited." ["sign_up_closed", "sign_up_by_invitation"],
        "409": "Somebody has the address already." ["email_taken"],
    }
}

/// Sign up
///
/// With an invitation you join its team; without one you become the Admin of an account of your own. Either way you are
/// logged in.
#[utoipa::path(
    post,
    path = "/api/auth/signup",
    operation_id = "signUp",
    tag = "People",
    request_body = NewAccount,
    responses(
        OpenErrors,
        SignUpErrors,
        (status = 201, description = "You are logged in.", body = Tokens),
    ),
)]
pub(crate) async fn signup(
    State(app): State<App>,
    client: Client,
    ApiJson { value: new, .. }: ApiJson<NewAccount>,
) -> Result<(StatusCode, Json<Tokens>), ApiError> {
    let new = SignUp {
        invitation: new.invitation,
        email: new.email,
        name: new.name,
        password: new.password,
        company: new.company,
        address: client.address,
        agent: client.agent,
    };
    let tokens = sign_up(app.platform(), new).await?;
    Ok((StatusCode::CREATED, Json(tokens.into())))
}

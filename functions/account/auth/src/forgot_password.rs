//! `POST /api/auth/password/forgot`

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use openwati_services::accounts;
use openwati_web::extract::{ApiJson, Client};
use openwati_web::{ApiError, App, error_responses};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::tokens::{Done, OpenErrors};

/// Who forgot their password.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Forgotten {
    #[schema(example = "ada@example.com")]
    email: String,
}

error_responses! {
    /// Why no mail is sent.
    ForgotErrors {
        "400": "Something is not what it must be; the error names it." ["invalid_json", "invalid_request", "invalid_email"],
        "409": "This installation sends no mail: an Admin of the team makes a link." ["mail_not_configured"],
    }
}

/// Ask for a link to set the password anew
///
/// It is mailed to the address if it is somebody's; the answer does not tell. It works once, for an hour.
#[utoipa::path(
    post,
    path = "/api/auth/password/forgot",
    operation_id = "forgotPassword",
    tag = "People",
    request_body = Forgotten,
    responses(
        OpenErrors,
        ForgotErrors,
        (status = 202, description = "If the address is somebody's, a mail is on its way.", body = Done),
    ),
)]
pub(crate) async fn forgot_password(
    State(app): State<App>,
    client: Client,
    ApiJson { value: who, .. }: ApiJson<Forgotten>,
) -> Result<(StatusCode, Json<Done>), ApiError> {
    accounts::forgot_password(app.platform(), &who.email, client.address).await?;
    Ok((StatusCode::ACCEPTED, Json(Done::YES)))
}

//! `POST /api/auth/password`

use axum::Json;
use axum::extract::State;
use openwati_core::secret::Secret;
use openwati_services::accounts::{self, PasswordChange};
use openwati_web::extract::{ApiJson, Known};
use openwati_web::{ApiError, App, error_responses};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::tokens::Done;

/// A password for another.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewPassword {
    /// The one that holds.
    #[schema(value_type = String)]
    current_password: Secret<String>,
    /// The one that is to hold: 10 to 200 characters, not the address.
    #[schema(value_type = String, min_length = 10, max_length = 200)]
    new_password: Secret<String>,
}

error_responses! {
    /// Why a password is not changed.
    ChangeErrors {
        "400": "Something is not what it must be; the error names it." ["invalid_json", "invalid_request", "invalid_password"],
        "401": "You are not logged in, or the current password is wrong." ["unauthorized", "wrong_credentials"],
        "403": "An API key has no password." ["not_a_person"],
        "409": "Your account was changed in the same moment." ["changed_meanwhile"],
        "413": "The body is too large." ["payload_too_large"],
        "429": "There were too many wrong passwords, or your minute is used up." ["too_many_tries", "rate_limited"],
        "500": "A fault of ours." ["internal"],
        "503": "The service is busy: try again." ["unavailable"],
    }
}

/// Change the own password
///
/// All your other sessions end, and so does every link to set the password anew.
#[utoipa::path(
    post,
    path = "/api/auth/password",
    operation_id = "changePassword",
    tag = "People",
    request_body = NewPassword,
    responses(
        ChangeErrors,
        (status = 200, description = "It is changed.", body = Done),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn change_password(
    State(app): State<App>,
    Known { caller }: Known,
    ApiJson { value: change, .. }: ApiJson<NewPassword>,
) -> Result<Json<Done>, ApiError> {
    let change = PasswordChange {
        current: change.current_password,
        new: change.new_password,
    };
    accounts::change_password(app.platform(), &caller, change).await?;
    Ok(Json(Done::YES))
}

//! `POST /api/auth/refresh`

use axum::Json;
use axum::extract::State;
use openwati_core::secret::Secret;
use openwati_services::accounts;
use openwati_web::extract::ApiJson;
use openwati_web::{ApiError, App, error_responses};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::tokens::Tokens;

/// What a session goes on with.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Renewal {
    /// The newest refresh token.
    #[schema(value_type = String)]
    refresh_token: Secret<String>,
}

error_responses! {
    /// Why a session does not go on.
    RefreshErrors {
        "400": "Something is not what it must be; the error names it." ["invalid_json", "invalid_request"],
        "401": "The session is over: it was logged out, or has ended, or the token was used before." ["session_over"],
        "413": "The body is too large." ["payload_too_large"],
        "500": "A fault of ours." ["internal"],
        "503": "The service is busy: try again." ["unavailable"],
    }
}

/// Renew the tokens
///
/// A refresh token is good once; the one before is taken for 30 seconds more, for pages that renew at the same time. An
/// older one ends the session, because somebody has a copy.
#[utoipa::path(
    post,
    path = "/api/auth/refresh",
    operation_id = "refreshTokens",
    tag = "People",
    request_body = Renewal,
    responses(
        RefreshErrors,
        (status = 200, description = "The session goes on.", body = Tokens),
    ),
)]
pub(crate) async fn refresh(
    State(app): State<App>,
    ApiJson { value: renewal, .. }: ApiJson<Renewal>,
) -> Result<Json<Tokens>, ApiError> {
    let tokens = accounts::refresh(app.platform(), &renewal.refresh_token).await?;
    Ok(Json(tokens.into()))
}

//! `POST /api/team/{userId}/password-reset`

use axum::Json;
use axum::extract::State;
use openwati_services::team;
use openwati_web::extract::{ApiPath, Authorized, BaseUrl, WriteAccount};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};
use serde::Serialize;
use utoipa::ToSchema;

use crate::member::Link;

/// A link to set a password anew.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PasswordReset {
    reset: Link,
}

error_responses! {
    /// Why there is no link.
    ResetErrors {
        "403": "The plan has no API, the account is suspended, the key lacks the scope or the role, or they are above you." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended", "scope_exceeds_own", "above_own_role"],
        "404": "Nobody of the team has this id." ["not_found"],
        "409": "They have not come yet, or are disabled, or you yourself, who changes it with the current one." ["user_not_active", "own_account"],
    }
}

/// Make a link by which somebody sets their password anew
///
/// It is shown once, works once, and lasts an hour.
#[utoipa::path(
    post,
    path = "/api/team/{userId}/password-reset",
    operation_id = "resetUserPassword",
    tag = "Team",
    params(("userId" = String, Path, description = "The user's id.")),
    responses(
        KeyErrors,
        ResetErrors,
        (status = 200, description = "The link.", body = PasswordReset),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn password_reset(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteAccount>,
    BaseUrl(base_url): BaseUrl,
    ApiPath(id): ApiPath<String>,
) -> Result<Json<PasswordReset>, ApiError> {
    let link = team::password_link(app.platform(), &caller, &id, &base_url).await?;
    Ok(Json(PasswordReset { reset: link.into() }))
}

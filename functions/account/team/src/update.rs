//! `PATCH /api/team/{userId}`

use axum::Json;
use axum::extract::State;
use openwati_services::team::{self, PersonChange};
use openwati_web::extract::{ApiJson, ApiPath, Authorized, WriteAccount};
use openwati_web::openapi::KeyErrors;
use openwati_web::user::UserRole;
use openwati_web::{ApiError, App, error_responses};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::member::OneUser;

/// What changes. What is not named stays.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct UserChange {
    /// What they are called: 1 to 100 characters.
    #[serde(default)]
    #[schema(nullable = false)]
    name: Option<String>,
    /// What they may do: no more than you.
    #[serde(default)]
    #[schema(nullable = false, value_type = Option<UserRole>)]
    role: Option<String>,
    /// Whether they may come in. Who may not any more is logged out everywhere.
    #[serde(default)]
    #[schema(nullable = false)]
    enabled: Option<bool>,
}

error_responses! {
    /// Why somebody is not changed.
    UpdateErrors {
        "400": "Something is not what it must be; the error names it." ["invalid_json", "invalid_request", "invalid_name", "invalid_role"],
        "403": "The plan has no API, the account is suspended, the key lacks the scope or the role, or they are, or would be, above you." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended", "scope_exceeds_own", "above_own_role", "super_admin_by_command"],
        "404": "Nobody of the team has this id." ["not_found"],
        "409": "They are the last Admin, or you yourself, or have not come yet; or others changed them in the same moment." ["last_admin", "own_account", "user_not_active", "changed_meanwhile"],
        "413": "The body is too large." ["payload_too_large"],
    }
}

/// Change somebody of the team
///
/// A role holds from their next request on.
#[utoipa::path(
    patch,
    path = "/api/team/{userId}",
    operation_id = "updateUser",
    tag = "Team",
    params(("userId" = String, Path, description = "The user's id.")),
    request_body = UserChange,
    responses(
        KeyErrors,
        UpdateErrors,
        (status = 200, description = "As they are now.", body = OneUser),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn update(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteAccount>,
    ApiPath(id): ApiPath<String>,
    ApiJson { value: change, .. }: ApiJson<UserChange>,
) -> Result<Json<OneUser>, ApiError> {
    let change = PersonChange {
        name: change.name,
        role: change.role,
        enabled: change.enabled,
    };
    let person = team::change(app.platform(), &caller, &id, change).await?;
    Ok(Json(person.into()))
}

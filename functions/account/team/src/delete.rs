//! `DELETE /api/team/{userId}`

use axum::Json;
use axum::extract::State;
use openwati_services::team;
use openwati_web::extract::{ApiPath, Authorized, WriteAccount};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};
use serde::Serialize;
use utoipa::ToSchema;

/// Who was removed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Removed {
    #[schema(example = true)]
    ok: bool,
    /// How many.
    #[schema(example = 1)]
    deleted: u32,
}

error_responses! {
    /// Why somebody is not removed.
    DeleteErrors {
        "403": "The plan has no API, the account is suspended, the key lacks the scope or the role, or they are above you." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended", "scope_exceeds_own", "above_own_role"],
        "404": "Nobody of the team has this id." ["not_found"],
        "409": "They are the last Admin; or others changed them in the same moment." ["last_admin", "changed_meanwhile"],
    }
}

/// Remove somebody from the team
///
/// Or take their invitation back. Their sessions and links are dead with the answer; keys that they made go on.
#[utoipa::path(
    delete,
    path = "/api/team/{userId}",
    operation_id = "removeUser",
    tag = "Team",
    params(("userId" = String, Path, description = "The user's id.")),
    responses(
        KeyErrors,
        DeleteErrors,
        (status = 200, description = "They are removed.", body = Removed),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn delete(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteAccount>,
    ApiPath(id): ApiPath<String>,
) -> Result<Json<Removed>, ApiError> {
    team::remove(app.platform(), &caller, &id).await?;
    Ok(Json(Removed {
        ok: true,
        deleted: 1,
    }))
}

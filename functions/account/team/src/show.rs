//! `GET /api/team/{userId}`

use axum::Json;
use axum::extract::State;
use openwati_services::team;
use openwati_web::extract::{ApiPath, Authorized, ReadAccount};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};

use crate::member::OneUser;

error_responses! {
    /// Why nobody is shown.
    ShowErrors {
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "404": "Nobody of the team has this id." ["not_found"],
    }
}

/// Show somebody of the team
#[utoipa::path(
    get,
    path = "/api/team/{userId}",
    operation_id = "showUser",
    tag = "Team",
    params(("userId" = String, Path, description = "The user's id.")),
    responses(
        KeyErrors,
        ShowErrors,
        (status = 200, description = "Somebody of the team.", body = OneUser),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn show(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<ReadAccount>,
    ApiPath(id): ApiPath<String>,
) -> Result<Json<OneUser>, ApiError> {
    let person = team::find(app.platform(), &caller, &id).await?;
    Ok(Json(person.into()))
}

//! `POST /api/team/{userId}/invitation`

use axum::Json;
use axum::extract::State;
use openwati_services::team;
use openwati_web::extract::{ApiPath, Authorized, BaseUrl, WriteAccount};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};

use crate::member::InvitedUser;

error_responses! {
    /// Why nobody is invited again.
    AgainErrors {
        "403": "The plan has no API, the account is suspended, the key lacks the scope or the role, or they would be above you." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended", "scope_exceeds_own", "above_own_role", "super_admin_by_command"],
        "404": "Nobody of the team has this id." ["not_found"],
        "409": "They have come already; or others invited them in the same moment." ["already_joined", "changed_meanwhile"],
        "429": "Too many mails invited to this address or this account; `Retry-After` says when the next one may. Or the key's or the person's minute is used up." ["too_many_tries", "rate_limited"],
    }
}

/// Invite somebody again
///
/// For another 7 days. The link before is dead.
#[utoipa::path(
    post,
    path = "/api/team/{userId}/invitation",
    operation_id = "inviteUserAgain",
    tag = "Team",
    params(("userId" = String, Path, description = "The user's id.")),
    responses(
        KeyErrors,
        AgainErrors,
        (status = 200, description = "They are invited anew.", body = InvitedUser),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn invite_again(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteAccount>,
    BaseUrl(base_url): BaseUrl,
    ApiPath(id): ApiPath<String>,
) -> Result<Json<InvitedUser>, ApiError> {
    let invited = team::invite_again(app.platform(), &caller, &base_url, &id).await?;
    Ok(Json(invited.into()))
}

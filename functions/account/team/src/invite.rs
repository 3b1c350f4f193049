//! `POST /api/team/invitations`

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use openwati_services::team::{self, NewInvitation};
use openwati_web::extract::{ApiJson, Authorized, BaseUrl, IdempotencyKey, WriteAccount};
use openwati_web::openapi::KeyErrors;
use openwati_web::user::UserRole;
use openwati_web::{ApiError, App, error_responses, replayed};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::member::InvitedUser;

/// Somebody to be invited.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Invitation {
    /// Their address, which is nobody else's in any account of this installation.
    #[schema(example = "ada@example.com", max_length = 254)]
    email: String,
    /// What they are called: 1 to 100 characters. They may change it when they come.
    #[serde(default)]
    #[schema(nullable = false, example = "Ada")]
    name: Option<String>,
    /// What they may do: no more than you.
    #[schema(value_type = UserRole)]
    role: String,
}

error_responses! {
    /// Why nobody is invited.
    InviteErrors {
        "400": "Something is not what it must be; the error names it." ["invalid_json", "invalid_request", "invalid_email", "invalid_name", "invalid_role"],
        "403": "The plan has no API, the account is suspended, the key lacks the scope or the role, or they would be above you." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended", "scope_exceeds_own", "above_own_role", "super_admin_by_command"],
        "409": "Somebody has the address; the plan has no seat left; the first request with this `Idempotency-Key` still runs, or whom it invited was removed since." ["email_taken", "plan_cap_reached", "in_progress", "deleted_since"],
        "413": "The body is too large." ["payload_too_large"],
        "422": "The `Idempotency-Key` stood for another request." ["idempotency_key_reused"],
        "429": "Too many mails invited to this address or this account; `Retry-After` says when the next one may. Or the key's or the person's minute is used up." ["too_many_tries", "rate_limited"],
    }
}

/// Invite somebody into the team
///
/// They have a seat from now on. The invitation lasts 7 days and lets in once. With an `Idempotency-Key` the same request
/// may be repeated for 24 hours.
#[utoipa::path(
    post,
    path = "/api/team/invitations",
    operation_id = "inviteUser",
    tag = "Team",
    params(("Idempotency-Key" = Option<String>, Header, nullable = false, max_length = 255,
        description = "A name of your own for this request; repeating both gives the first answer again.")),
    request_body = Invitation,
    responses(
        KeyErrors,
        InviteErrors,
        (status = 201, description = "They are invited.", body = InvitedUser, headers(
            ("Idempotent-Replayed" = bool, description = "`true` where this is the first request's answer again."),
        )),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn invite(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteAccount>,
    BaseUrl(base_url): BaseUrl,
    key: IdempotencyKey,
    ApiJson { value: new, raw }: ApiJson<Invitation>,
) -> Result<impl IntoResponse, ApiError> {
    let new = NewInvitation {
        email: new.email,
        name: new.name,
        role: new.role,
        idempotency: key.over(&raw),
    };
    let made = team::invite(app.platform(), &caller, &base_url, new).await?;
    let invited = InvitedUser::from(made.thing);
    Ok((StatusCode::CREATED, replayed(made.replayed), Json(invited)))
}

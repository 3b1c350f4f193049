//! `GET /api/team`

use axum::Json;
use axum::extract::State;
use openwati_services::team;
use openwati_web::extract::{ApiQuery, Authorized, ReadAccount};
use openwati_web::openapi::KeyErrors;
use openwati_web::query::{PageQuery, cursor};
use openwati_web::user::User;
use openwati_web::{ApiError, App, error_responses};
use serde::Serialize;
use utoipa::ToSchema;

/// A page of the team, in the order in which they came.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ManyUsers {
    users: Vec<User>,
    /// What to ask for the next page with; `null` on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

error_responses! {
    /// Why the team is not listed.
    ListErrors {
        "400": "A parameter is not what it must be; the error names it." ["invalid_request", "invalid_cursor"],
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
    }
}

/// List the team
///
/// Who was invited is in it.
#[utoipa::path(
    get,
    path = "/api/team",
    operation_id = "listTeam",
    tag = "Team",
    params(PageQuery),
    responses(
        KeyErrors,
        ListErrors,
        (status = 200, description = "A page of the team.", body = ManyUsers),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn list(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<ReadAccount>,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Json<ManyUsers>, ApiError> {
    let limit = query.limit()?;
    let after = query.last()?;
    let page = team::list(app.platform(), &caller, limit, after).await?;
    Ok(Json(ManyUsers {
        users: page.people.into_iter().map(User::from).collect(),
        next_cursor: page.next.map(cursor),
    }))
}

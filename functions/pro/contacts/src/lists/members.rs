//! `GET /api/contact-lists/{id}/contacts`

use axum::Json;
use axum::extract::State;
use openwati_services::contact_lists;
use openwati_web::extract::{ApiPath, ApiQuery, Authorized, ReadContacts};
use openwati_web::openapi::KeyErrors;
use openwati_web::query::PageQuery;
use openwati_web::{ApiError, App, error_responses};

use crate::contact::ManyContacts;

error_responses! {
    /// Why the contacts on a list are not listed.
    MembersErrors {
        "400": "A parameter is not what it must be; the error names it." ["invalid_request", "invalid_cursor"],
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "404": "There is no such list." ["not_found"],
    }
}

/// List the contacts on a list
///
/// Newest contacts first.
#[utoipa::path(
    get,
    path = "/api/contact-lists/{id}/contacts",
    operation_id = "listContactsOnList",
    tag = "Contacts",
    params(("id" = String, Path, format = "uuid"), PageQuery),
    responses(
        KeyErrors,
        MembersErrors,
        (status = 200, description = "A page of contacts.", body = ManyContacts),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn members(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<ReadContacts>,
    ApiPath(id): ApiPath<String>,
    ApiQuery(page): ApiQuery<PageQuery>,
) -> Result<Json<ManyContacts>, ApiError> {
    let cursor = page.cursor().map(ToOwned::to_owned);
    let limit = page.limit()?;
    let page = contact_lists::members(app.platform(), &caller, &id, limit, cursor).await?;
    Ok(Json(page.into()))
}

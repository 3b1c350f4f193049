//! `GET /api/contact-lists`

use axum::Json;
use axum::extract::State;
use openwati_services::contact_lists;
use openwati_web::extract::{ApiQuery, Authorized, ReadContacts};
use openwati_web::openapi::KeyErrors;
use openwati_web::query::{PageQuery, cursor};
use openwati_web::{ApiError, App, error_responses};
use serde::Serialize;
use utoipa::ToSchema;

use super::shown::ContactList;

/// A page of lists.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ManyContactLists {
    contact_lists: Vec<ContactList>,
    /// What to ask for the next page with; `null` on the last one.
    #[serde(rename = "nextCursor")]
    #[schema(required)]
    next_cursor: Option<String>,
}

error_responses! {
    /// Why lists are not listed.
    ListErrors {
        "400": "A parameter is not what it must be; the error names it." ["invalid_request", "invalid_cursor"],
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
    }
}

/// List contact lists
///
/// Newest first.
#[utoipa::path(
    get,
    path = "/api/contact-lists",
    operation_id = "listContactLists",
    tag = "Contacts",
    params(PageQuery),
    responses(
        KeyErrors,
        ListErrors,
        (status = 200, description = "A page of lists.", body = ManyContactLists),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn list(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<ReadContacts>,
    ApiQuery(page): ApiQuery<PageQuery>,
) -> Result<Json<ManyContactLists>, ApiError> {
    let (limit, after) = (page.limit()?, page.last()?);
    let page = contact_lists::list(app.platform(), &caller, limit, after).await?;
    Ok(Json(ManyContactLists {
        contact_lists: page.lists.into_iter().map(ContactList::from).collect(),
        next_cursor: page.next.map(cursor),
    }))
}

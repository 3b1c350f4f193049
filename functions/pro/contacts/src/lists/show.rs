//! `GET /api/contact-lists/{id}`

use axum::Json;
use axum::extract::State;
use openwati_services::contact_lists;
use openwati_web::extract::{ApiPath, Authorized, ReadContacts};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};
use serde::Serialize;
use utoipa::ToSchema;

use super::shown::ContactList;

/// A list with what it adds up to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CountedContactList {
    #[serde(flatten)]
    list: ContactList,
    /// How many contacts are on it.
    #[schema(example = 1200)]
    contacts_count: u64,
    /// Whether these are all: very long lists are not counted to their end.
    #[schema(example = true)]
    contacts_count_exact: bool,
}

/// One list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneCountedContactList {
    contact_list: CountedContactList,
}

error_responses! {
    /// Why a list is not shown.
    ShowErrors {
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "404": "There is no such list." ["not_found"],
    }
}

/// Look up a contact list
#[utoipa::path(
    get,
    path = "/api/contact-lists/{id}",
    operation_id = "getContactList",
    tag = "Contacts",
    params(("id" = String, Path, format = "uuid")),
    responses(
        KeyErrors,
        ShowErrors,
        (status = 200, description = "The list.", body = OneCountedContactList),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn show(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<ReadContacts>,
    ApiPath(id): ApiPath<String>,
) -> Result<Json<OneCountedContactList>, ApiError> {
    let counted = contact_lists::find(app.platform(), &caller, &id).await?;
    let contact_list = CountedContactList {
        list: counted.list.into(),
        contacts_count: counted.contacts,
        contacts_count_exact: counted.is_all,
    };
    Ok(Json(OneCountedContactList { contact_list }))
}

//! `PUT /api/contact-lists/{id}`

use axum::Json;
use axum::extract::State;
use openwati_services::contact_lists;
use openwati_web::extract::{ApiJson, ApiPath, Authorized, WriteContacts};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};

use super::shown::{NamedContactList, OneContactList};

error_responses! {
    /// Why a list is not renamed.
    UpdateErrors {
        "400": "The name is missing, empty or too long." ["invalid_json", "invalid_request"],
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "404": "There is no such list." ["not_found"],
        "409": "There is another list of this name." ["contact_list_exists"],
        "413": "The body is too large." ["payload_too_large"],
    }
}

/// Rename a contact list
#[utoipa::path(
    put,
    path = "/api/contact-lists/{id}",
    operation_id = "updateContactList",
    tag = "Contacts",
    params(("id" = String, Path, format = "uuid")),
    request_body = NamedContactList,
    responses(
        KeyErrors,
        UpdateErrors,
        (status = 200, description = "The list as it is now.", body = OneContactList),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn update(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteContacts>,
    ApiPath(id): ApiPath<String>,
    ApiJson { value: named, .. }: ApiJson<NamedContactList>,
) -> Result<Json<OneContactList>, ApiError> {
    let list = contact_lists::rename(app.platform(), &caller, &id, &named.name).await?;
    Ok(Json(list.into()))
}

//! `DELETE /api/contacts/{id}`

use axum::Json;
use axum::extract::State;
use openwati_services::contacts;
use openwati_web::extract::{ApiPath, Authorized, WriteContacts};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};

use crate::delete::DeletedContacts;

error_responses! {
    /// Why a contact is not deleted.
    DeleteOneErrors {
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "404": "There is no such contact." ["not_found"],
    }
}

/// Delete a contact
///
/// What you keep of them goes. Their messages stay, and so does an opt-out. Whoever writes again is a new contact.
#[utoipa::path(
    delete,
    path = "/api/contacts/{id}",
    operation_id = "deleteContact",
    tag = "Contacts",
    params(("id" = String, Path, format = "uuid")),
    responses(
        KeyErrors,
        DeleteOneErrors,
        (status = 200, description = "It is deleted.", body = DeletedContacts),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn delete_one(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteContacts>,
    ApiPath(id): ApiPath<String>,
) -> Result<Json<DeletedContacts>, ApiError> {
    match contacts::remove(app.platform(), &caller, &[id]).await? {
        0 => Err(ApiError::not_found("there is no such contact")),
        deleted => Ok(Json(DeletedContacts::these(deleted))),
    }
}

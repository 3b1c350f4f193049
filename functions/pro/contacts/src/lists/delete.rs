//! `DELETE /api/contact-lists/{id}`

use axum::Json;
use axum::extract::State;
use openwati_services::contact_lists;
use openwati_web::extract::{ApiPath, Authorized, WriteContacts};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};
use serde::Serialize;
use utoipa::ToSchema;

/// That a list was deleted.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeletedContactList {
    #[schema(example = true)]
    ok: bool,
    #[schema(example = 1)]
    deleted: usize,
}

error_responses! {
    /// Why a list is not deleted.
    DeleteErrors {
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "404": "There is no such list." ["not_found"],
    }
}

/// Delete a contact list
///
/// The contacts stay, and are on it no more.
#[utoipa::path(
    delete,
    path = "/api/contact-lists/{id}",
    operation_id = "deleteContactList",
    tag = "Contacts",
    params(("id" = String, Path, format = "uuid")),
    responses(
        KeyErrors,
        DeleteErrors,
        (status = 200, description = "It is deleted.", body = DeletedContactList),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn delete(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteContacts>,
    ApiPath(id): ApiPath<String>,
) -> Result<Json<DeletedContactList>, ApiError> {
    contact_lists::remove(app.platform(), &caller, &id).await?;
    Ok(Json(DeletedContactList {
        ok: true,
        deleted: 1,
    }))
}

//! `DELETE /api/contacts`

use axum::Json;
use axum::extract::State;
use openwati_services::contacts;
use openwati_web::extract::{ApiJson, Authorized, WriteContacts};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Contacts that are named.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({"ids": ["6a297f98-8000-8d5e-9b7c-2f1d3a5e7c90"]}))]
pub(crate) struct TheseContacts {
    /// Their ids. Those that are nobody's are skipped.
    #[schema(max_items = 1000)]
    pub(crate) ids: Vec<String>,
}

/// What was deleted.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeletedContacts {
    #[schema(example = true)]
    ok: bool,
    /// How many.
    #[schema(example = 2)]
    deleted: usize,
}

impl DeletedContacts {
    pub(crate) fn these(deleted: usize) -> Self {
        Self { ok: true, deleted }
    }
}

error_responses! {
    /// Why contacts are not deleted.
    DeleteErrors {
        "400": "The body is not what it must be, or names more than 1,000." ["invalid_json", "invalid_request"],
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "413": "The body is too large." ["payload_too_large"],
    }
}

/// Delete contacts
///
/// What you keep of them goes. Their messages stay, and so does an opt-out. Whoever writes again is a new contact.
#[utoipa::path(
    delete,
    path = "/api/contacts",
    operation_id = "deleteContacts",
    tag = "Contacts",
    request_body = TheseContacts,
    responses(
        KeyErrors,
        DeleteErrors,
        (status = 200, description = "They are deleted.", body = DeletedContacts),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn delete(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteContacts>,
    ApiJson { value: these, .. }: ApiJson<TheseContacts>,
) -> Result<Json<DeletedContacts>, ApiError> {
    let deleted = contacts::remove(app.platform(), &caller, &these.ids).await?;
    Ok(Json(DeletedContacts::these(deleted)))
}

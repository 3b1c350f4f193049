//! `DELETE /api/contact-lists/{id}/contacts`

use axum::Json;
use axum::extract::State;
use openwati_services::contact_lists;
use openwati_web::extract::{ApiJson, ApiPath, Authorized, WriteContacts};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};
use serde::Serialize;
use utoipa::ToSchema;

use crate::delete::TheseContacts;

/// Contacts that were taken off a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RemovedContacts {
    #[schema(example = true)]
    ok: bool,
    /// How many were on it.
    #[schema(example = 2)]
    removed: usize,
}

error_responses! {
    /// Why contacts are not taken off a list.
    TakeOffErrors {
        "400": "The body is not what it must be, or names more than 1,000." ["invalid_json", "invalid_request"],
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "404": "There is no such list." ["not_found"],
        "413": "The body is too large." ["payload_too_large"],
    }
}

/// Take contacts off a list
///
/// The contacts themselves stay.
#[utoipa::path(
    delete,
    path = "/api/contact-lists/{id}/contacts",
    operation_id = "removeContactsFromList",
    tag = "Contacts",
    params(("id" = String, Path, format = "uuid")),
    request_body = TheseContacts,
    responses(
        KeyErrors,
        TakeOffErrors,
        (status = 200, description = "They are on it no more.", body = RemovedContacts),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn take_off(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteContacts>,
    ApiPath(id): ApiPath<String>,
    ApiJson { value: these, .. }: ApiJson<TheseContacts>,
) -> Result<Json<RemovedContacts>, ApiError> {
    let removed = contact_lists::take_off(app.platform(), &caller, &id, &these.ids).await?;
    Ok(Json(RemovedContacts { ok: true, removed }))
}

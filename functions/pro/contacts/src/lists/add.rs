//! `POST /api/contact-lists/{id}/contacts`

use axum::Json;
use axum::extract::State;
use openwati_core::id::Id;
use openwati_services::contact_lists;
use openwati_web::extract::{ApiJson, ApiPath, Authorized, WriteContacts};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};
use serde::Serialize;
use utoipa::ToSchema;

use crate::delete::TheseContacts;

/// What became of contacts that were to get on a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AddedContacts {
    #[schema(example = true)]
    ok: bool,
    /// How many got on it. Those that were on it are not counted.
    #[schema(example = 2)]
    added: usize,
    /// The ids of those that are on 100 lists already.
    rejected: Vec<String>,
}

error_responses! {
    /// Why contacts are not put on a list.
    AddErrors {
        "400": "The body is not what it must be, or names more than 1,000." ["invalid_json", "invalid_request"],
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "404": "There is no such list." ["not_found"],
        "413": "The body is too large." ["payload_too_large"],
    }
}

/// Put contacts on a list
///
/// It may be repeated: whoever is on it stays there.
#[utoipa::path(
    post,
    path = "/api/contact-lists/{id}/contacts",
    operation_id = "addContactsToList",
    tag = "Contacts",
    params(("id" = String, Path, format = "uuid")),
    request_body = TheseContacts,
    responses(
        KeyErrors,
        AddErrors,
        (status = 200, description = "They are on it.", body = AddedContacts),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn add(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteContacts>,
    ApiPath(id): ApiPath<String>,
    ApiJson { value: these, .. }: ApiJson<TheseContacts>,
) -> Result<Json<AddedContacts>, ApiError> {
    let added = contact_lists::add(app.platform(), &caller, &id, &these.ids).await?;
    Ok(Json(AddedContacts {
        ok: true,
        added: added.added,
        rejected: added.rejected.into_iter().map(Id::uuid).collect(),
    }))
}

//! `GET /api/contacts/{id}`

use axum::Json;
use axum::extract::State;
use openwati_services::contacts;
use openwati_web::extract::{ApiPath, Authorized, ReadOwnContact};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};

use crate::contact::OneContact;

error_responses! {
    /// Why a contact is not shown.
    ShowErrors {
        "403": "The plan has no API, the account is suspended, the key lacks the scope, or no conversation with them is assigned to the agent." ["missing_scope", "plan_has_no_api", "tenant_suspended", "not_your_conversation"],
        "404": "There is no such contact." ["not_found"],
    }
}

/// Look up a contact
///
/// The id of a contact who turned out to be another one leads to that one. An agent sees the contacts of the own
/// conversations.
#[utoipa::path(
    get,
    path = "/api/contacts/{id}",
    operation_id = "getContact",
    tag = "Contacts",
    params(("id" = String, Path, format = "uuid")),
    responses(
        KeyErrors,
        ShowErrors,
        (status = 200, description = "The contact.", body = OneContact),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn show(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<ReadOwnContact>,
    ApiPath(id): ApiPath<String>,
) -> Result<Json<OneContact>, ApiError> {
    let contact = contacts::find(app.platform(), &caller, &id).await?;
    Ok(Json(contact.into()))
}

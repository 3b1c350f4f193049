//! `POST /api/contact-lists`

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use openwati_services::contact_lists;
use openwati_web::extract::{ApiJson, Authorized, IdempotencyKey, WriteContacts};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses, replayed};

use super::shown::{NamedContactList, OneContactList};

error_responses! {
    /// Why a list is not made.
    CreateErrors {
        "400": "The name is missing, empty or too long." ["invalid_json", "invalid_request"],
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "409": "There is a list of this name, or there are 1,000; the first request with this `Idempotency-Key` still runs, or what it made was deleted since." ["contact_list_exists", "too_many_contact_lists", "in_progress", "deleted_since"],
        "413": "The body is too large." ["payload_too_large"],
        "422": "The `Idempotency-Key` stood for another request." ["idempotency_key_reused"],
    }
}

/// Create a contact list
///
/// With an `Idempotency-Key` the same request may be repeated for 24 hours.
#[utoipa::path(
    post,
    path = "/api/contact-lists",
    operation_id = "createContactList",
    tag = "Contacts",
    params(("Idempotency-Key" = Option<String>, Header, nullable = false, max_length = 255,
        description = "A name of your own for this request; repeating both gives the first answer again.")),
    request_body = NamedContactList,
    responses(
        KeyErrors,
        CreateErrors,
        (status = 201, description = "The list.", body = OneContactList, headers(
            ("Idempotent-Replayed" = bool, description = "`true` where this is the first request's answer again."),
        )),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn create(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteContacts>,
    key: IdempotencyKey,
    ApiJson { value: new, raw }: ApiJson<NamedContactList>,
) -> Result<impl IntoResponse, ApiError> {
    let key = key.over(&raw);
    let made = contact_lists::create(app.platform(), &caller, &new.name, key).await?;
    let list = OneContactList::from(made.thing);
    Ok((StatusCode::CREATED, replayed(made.replayed), Json(list)))
}

//! `POST /api/data/erasures`

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use openwati_services::data;
use openwati_web::extract::{ApiJson, Authorized, IdempotencyKey, WriteAccount};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses, replayed};
use serde::Deserialize;
use utoipa::ToSchema;

use super::job::OneDataJob;

/// Who is to be erased.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct NewErasure {
    /// A contact's id, phone number with its country code, or id of WhatsApp's.
    #[schema(example = "15551234567")]
    contact: String,
}

error_responses! {
    /// Why nobody is erased.
    ErasureErrors {
        "400": "Something is not what it must be; the error names it." ["invalid_json", "invalid_request", "invalid_phone_number"],
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "404": "The tenant has no such contact." ["not_found"],
        "409": "The first request with this `Idempotency-Key` still runs." ["in_progress", "deleted_since"],
        "413": "The body is too large." ["payload_too_large"],
        "422": "The `Idempotency-Key` stood for another request." ["idempotency_key_reused"],
    }
}

/// Erase a contact
///
/// The contact goes with every message, file and delivery of theirs. It cannot be undone. The job looks once more after 15
/// minutes for what was under way, so that it is done a little later; whoever writes afterwards is a new contact. Exports
/// that were made before are kept to the end of their 7 days. A key needs the scope `contacts:write` too.
#[utoipa::path(
    post,
    path = "/api/data/erasures",
    operation_id = "eraseContact",
    tag = "Data",
    params(("Idempotency-Key" = Option<String>, Header, nullable = false, max_length = 255,
        description = "A name of your own for this request; repeating both gives the first job again.")),
    request_body = NewErasure,
    responses(
        KeyErrors,
        ErasureErrors,
        (status = 202, description = "The job.", body = OneDataJob, headers(
            ("Idempotent-Replayed" = bool, description = "`true` where this is the first request's answer again."),
        )),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn erase(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteAccount>,
    key: IdempotencyKey,
    ApiJson { value: new, raw }: ApiJson<NewErasure>,
) -> Result<impl IntoResponse, ApiError> {
    let idempotency = key.over(&raw);
    let made = data::erase_contact(app.platform(), &caller, &new.contact, idempotency.as_ref());
    let made = made.await?;
    let job = OneDataJob::new(made.thing);
    Ok((StatusCode::ACCEPTED, replayed(made.replayed), Json(job)))
}

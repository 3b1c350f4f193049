//! `POST /api/data/exports`

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

/// What is to be exported.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct NewExport {
    /// Whose data: a contact's id, phone number with its country code, or id of WhatsApp's. None means all of the tenant.
    #[serde(default)]
    #[schema(nullable = false, example = "15551234567")]
    contact: Option<String>,
}

error_responses! {
    /// Why nothing is exported.
    ExportErrors {
        "400": "Something is not what it must be; the error names it." ["invalid_json", "invalid_request", "invalid_phone_number"],
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "404": "The tenant has no such contact." ["not_found"],
        "409": "The first request with this `Idempotency-Key` still runs." ["in_progress", "deleted_since"],
        "413": "The body is too large." ["payload_too_large"],
        "422": "The `Idempotency-Key` stood for another request." ["idempotency_key_reused"],
    }
}

/// Export data
///
/// Everything that is kept of the tenant, or of one contact, is written into files: lines of JSON, each with its `type`,
/// without secrets. A key needs the scopes to read messages, contacts, webhooks and the account too. The answer is a job;
/// once it is done, looking it up gives links to the files, which are kept for 7 days.
#[utoipa::path(
    post,
    path = "/api/data/exports",
    operation_id = "exportData",
    tag = "Data",
    params(("Idempotency-Key" = Option<String>, Header, nullable = false, max_length = 255,
        description = "A name of your own for this request; repeating both gives the first job again.")),
    request_body = NewExport,
    responses(
        KeyErrors,
        ExportErrors,
        (status = 202, description = "The job.", body = OneDataJob, headers(
            ("Idempotent-Replayed" = bool, description = "`true` where this is the first request's answer again."),
        )),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn export(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteAccount>,
    key: IdempotencyKey,
    ApiJson { value: new, raw }: ApiJson<NewExport>,
) -> Result<impl IntoResponse, ApiError> {
    let idempotency = key.over(&raw);
    let contact = new.contact.as_deref();
    let made = data::export(app.platform(), &caller, contact, idempotency.as_ref()).await?;
    let job = OneDataJob::new(made.thing);
    Ok((StatusCode::ACCEPTED, replayed(made.replayed), Json(job)))
}

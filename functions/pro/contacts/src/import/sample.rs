//! `GET /api/contacts/import/sample`

use axum::extract::State;
use axum::response::IntoResponse;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use openwati_services::imports;
use openwati_web::extract::{Authorized, ReadContacts};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};

error_responses! {
    /// Why there is no sample.
    SampleErrors {
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
    }
}

/// A sample file to import
///
/// A CSV file as an import takes it, to fill in.
#[utoipa::path(
    get,
    path = "/api/contacts/import/sample",
    operation_id = "getContactImportSample",
    tag = "Contacts",
    responses(
        KeyErrors,
        SampleErrors,
        (status = 200, description = "The file.", body = String, content_type = "text/csv"),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn sample(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<ReadContacts>,
) -> Result<impl IntoResponse, ApiError> {
    let file = imports::sample(app.platform(), &caller).await?;
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"contacts.csv\""),
    ];
    Ok((headers, file))
}

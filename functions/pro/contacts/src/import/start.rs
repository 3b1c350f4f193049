//! `POST /api/contacts/import/{id}/start`

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use openwati_services::imports;
use openwati_web::extract::{ApiPath, Authorized, WriteContacts};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};

use super::job::OneImport;

error_responses! {
    /// Why an import is not started.
    StartImportErrors {
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "404": "There is no such import." ["not_found"],
        "409": "Its file is not there." ["upload_not_found"],
    }
}

/// Start an import
///
/// Its file has to be there. One that was started goes on as it is.
#[utoipa::path(
    post,
    path = "/api/contacts/import/{id}/start",
    operation_id = "startContactImport",
    tag = "Contacts",
    params(("id" = String, Path, description = "The import's id.")),
    responses(
        KeyErrors,
        StartImportErrors,
        (status = 202, description = "The import.", body = OneImport),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn start(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteContacts>,
    ApiPath(id): ApiPath<String>,
) -> Result<impl IntoResponse, ApiError> {
    let job = imports::start(app.platform(), &caller, &id).await?;
    let body = Json(OneImport { import: job.into() });
    Ok((StatusCode::ACCEPTED, body))
}

//! `GET /api/contacts/import/{id}`

use axum::Json;
use axum::extract::State;
use openwati_services::imports;
use openwati_web::extract::{ApiPath, Authorized, ReadContacts};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};

use super::job::OneImport;

error_responses! {
    /// Why an import is not shown.
    ShowImportErrors {
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "404": "There is no such import." ["not_found"],
    }
}

/// Look an import up
///
/// How far it has come. Imports are known for 30 days.
#[utoipa::path(
    get,
    path = "/api/contacts/import/{id}",
    operation_id = "getContactImport",
    tag = "Contacts",
    params(("id" = String, Path, description = "The import's id.")),
    responses(
        KeyErrors,
        ShowImportErrors,
        (status = 200, description = "The import.", body = OneImport),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn show(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<ReadContacts>,
    ApiPath(id): ApiPath<String>,
) -> Result<Json<OneImport>, ApiError> {
    let job = imports::find_import(app.platform(), &caller, &id).await?;
    Ok(Json(OneImport { import: job.into() }))
}

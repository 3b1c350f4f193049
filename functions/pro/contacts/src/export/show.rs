//! `GET /api/contacts/export/{id}`

use axum::Json;
use axum::extract::State;
use openwati_services::imports;
use openwati_web::extract::{ApiPath, Authorized, ReadContacts};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};

use super::job::OneExport;

error_responses! {
    /// Why an export is not shown.
    ShowExportErrors {
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "404": "There is no such export." ["not_found"],
    }
}

/// Look an export up
///
/// Exports are known for 30 days, and their files kept for 7.
#[utoipa::path(
    get,
    path = "/api/contacts/export/{id}",
    operation_id = "getContactExport",
    tag = "Contacts",
    params(("id" = String, Path, description = "The export's id.")),
    responses(
        KeyErrors,
        ShowExportErrors,
        (status = 200, description = "The export, with a link to its file once it is done.", body = OneExport),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn show(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<ReadContacts>,
    ApiPath(id): ApiPath<String>,
) -> Result<Json<OneExport>, ApiError> {
    let job = imports::find_export(app.platform(), &caller, &id).await?;
    Ok(Json(OneExport { export: job.into() }))
}

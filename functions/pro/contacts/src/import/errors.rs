//! `GET /api/contacts/import/{id}/errors`

use axum::Json;
use axum::extract::State;
use openwati_services::imports::{self, RejectedRow};
use openwati_web::extract::{ApiPath, ApiQuery, Authorized, ReadContacts};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which page is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ErrorsQuery {
    /// The `nextCursor` of the page before.
    #[param(nullable = false)]
    cursor: Option<String>,
}

/// A row that nothing was done with.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"row": 17, "phone": "12", "reason": "phone: is too short or too long for a phone number of its country"}))]
pub(crate) struct ImportError {
    /// Its number in the file: the header is row 1, and lines without anything are not counted.
    row: u64,
    /// What it says for a phone number.
    phone: String,
    /// What is wrong with it.
    reason: String,
}

impl From<RejectedRow> for ImportError {
    fn from(row: RejectedRow) -> Self {
        Self {
            row: row.row,
            phone: row.phone,
            reason: row.reason,
        }
    }
}

/// A page of rows that nothing was done with, in the order of the file.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportErrors {
    errors: Vec<ImportError>,
    /// What to ask for the next page with; `null` on the last one.
    #[serde(rename = "nextCursor")]
    #[schema(required)]
    next_cursor: Option<String>,
}

error_responses! {
    /// Why the errors of an import are not shown.
    ShowErrorsErrors {
        "400": "The cursor is none that a page answered with." ["invalid_request", "invalid_cursor"],
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "404": "There is no such import." ["not_found"],
    }
}

/// List the errors of an import
///
/// The rows that nothing was done with, each with the reason: the first 100,000 of an import, up to 1,000 on a page, for 7
/// days.
#[utoipa::path(
    get,
    path = "/api/contacts/import/{id}/errors",
    operation_id = "listContactImportErrors",
    tag = "Contacts",
    params(("id" = String, Path, description = "The import's id."), ErrorsQuery),
    responses(
        KeyErrors,
        ShowErrorsErrors,
        (status = 200, description = "A page of errors.", body = ImportErrors),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn errors(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<ReadContacts>,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<ErrorsQuery>,
) -> Result<Json<ImportErrors>, ApiError> {
    let cursor = query.cursor.as_deref();
    let page = imports::rejected(app.platform(), &caller, &id, cursor).await?;
    Ok(Json(ImportErrors {
        errors: page.rows.into_iter().map(ImportError::from).collect(),
        next_cursor: page.next,
    }))
}

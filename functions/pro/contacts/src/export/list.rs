//! `GET /api/contacts/export`

use axum::Json;
use axum::extract::State;
use openwati_services::imports;
use openwati_store::contact_job::ContactJobKind;
use openwati_web::extract::{ApiQuery, Authorized, ReadContacts};
use openwati_web::openapi::KeyErrors;
use openwati_web::query::{PageQuery, cursor};
use openwati_web::{ApiError, App, error_responses};
use serde::Serialize;
use utoipa::ToSchema;

use super::job::Export;

/// A page of exports, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ManyExports {
    exports: Vec<Export>,
    /// What to ask for the next page with; `null` on the last one.
    #[serde(rename = "nextCursor")]
    #[schema(required)]
    next_cursor: Option<String>,
}

error_responses! {
    /// Why exports are not listed.
    ListExportsErrors {
        "400": "A parameter is not what it must be; the error names it." ["invalid_request", "invalid_cursor"],
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
    }
}

/// List exports
///
/// Those of the last 30 days.
#[utoipa::path(
    get,
    path = "/api/contacts/export",
    operation_id = "listContactExports",
    tag = "Contacts",
    params(PageQuery),
    responses(
        KeyErrors,
        ListExportsErrors,
        (status = 200, description = "A page of exports.", body = ManyExports),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn list(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<ReadContacts>,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Json<ManyExports>, ApiError> {
    let (limit, before) = (query.limit()?, query.last()?);
    let kind = ContactJobKind::Export;
    let page = imports::list(app.platform(), &caller, kind, limit, before).await?;
    Ok(Json(ManyExports {
        exports: page.jobs.into_iter().map(Export::from).collect(),
        next_cursor: page.next.map(cursor),
    }))
}

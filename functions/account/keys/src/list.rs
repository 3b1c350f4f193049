//! `GET /api/keys`

use axum::Json;
use axum::extract::State;
use openwati_services::keys;
use openwati_web::extract::{ApiQuery, Authorized, ReadAccount};
use openwati_web::openapi::KeyErrors;
use openwati_web::query::{PageQuery, cursor};
use openwati_web::{ApiError, App, error_responses};
use serde::Serialize;
use utoipa::ToSchema;

use crate::key::Key;

/// A page of keys, oldest first.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ManyKeys {
    keys: Vec<Key>,
    /// What to ask for the next page with; `null` on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

error_responses! {
    /// Why keys are not listed.
    ListErrors {
        "400": "A parameter is not what it must be; the error names it." ["invalid_request", "invalid_cursor"],
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
    }
}

/// List API keys
#[utoipa::path(
    get,
    path = "/api/keys",
    operation_id = "listKeys",
    tag = "Keys",
    params(PageQuery),
    responses(
        KeyErrors,
        ListErrors,
        (status = 200, description = "A page of keys.", body = ManyKeys),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn list(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<ReadAccount>,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Json<ManyKeys>, ApiError> {
    let limit = query.limit()?;
    let after = query.last()?;
    let page = keys::list(app.platform(), &caller, limit, after).await?;
    Ok(Json(ManyKeys {
        keys: page.keys.into_iter().map(Key::from).collect(),
        next_cursor: page.next.map(cursor),
    }))
}

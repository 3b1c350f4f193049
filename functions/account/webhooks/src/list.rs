//! `GET /api/webhooks`

use axum::Json;
use axum::extract::State;
use openwati_services::webhooks;
use openwati_web::extract::{ApiQuery, Authorized, ReadWebhooks};
use openwati_web::openapi::KeyErrors;
use openwati_web::query::{PageQuery, cursor};
use openwati_web::{ApiError, App, error_responses};
use serde::Serialize;
use utoipa::ToSchema;

use crate::webhook::Webhook;

/// A page of webhooks, oldest first.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ManyWebhooks {
    webhooks: Vec<Webhook>,
    /// What to ask for the next page with; `null` on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

error_responses! {
    /// Why webhooks are not listed.
    ListErrors {
        "400": "A parameter is not what it must be; the error names it." ["invalid_request", "invalid_cursor"],
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
    }
}

/// List webhooks
#[utoipa::path(
    get,
    path = "/api/webhooks",
    operation_id = "listWebhooks",
    tag = "Webhooks",
    params(PageQuery),
    responses(
        KeyErrors,
        ListErrors,
        (status = 200, description = "A page of webhooks.", body = ManyWebhooks),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn list(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<ReadWebhooks>,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Json<ManyWebhooks>, ApiError> {
    let limit = query.limit()?;
    let after = query.last()?;
    let page = webhooks::list(app.platform(), &caller, limit, after).await?;
    Ok(Json(ManyWebhooks {
        webhooks: page.endpoints.into_iter().map(Webhook::from).collect(),
        next_cursor: page.next.map(cursor),
    }))
}

//! `GET /api/webhooks`

use axum::Json;
use axum::extract::State;
use openwati_services::webhooks;
use openwati_web::extract::{ApiQuery, Authorized, ReadWebhooks};
use openwati_web::openapi::KeyErrors;
use openwati_web::query::limit;
use openwati_web::{ApiError, App, error_responses};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::parameters::{cursor, parse_cursor};
use crate::webhook::Webhook;

/// Which page is shown.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Parameters {
    /// Webhooks on a page.
    #[param(nullable = false, value_type = Option<u32>, minimum = 1, maximum = 100, default = 50)]
    limit: Option<String>,
    /// The `nextCursor` of the page before.
    #[param(nullable = false)]
    cursor: Option<String>,
}

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
        "403": "The plan has no API, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api"],
    }
}

/// List webhooks
#[utoipa::path(
    get,
    path = "/api/webhooks",
    operation_id = "listWebhooks",
    tag = "Webhooks",
    params(Parameters),
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
    ApiQuery(parameters): ApiQuery<Parameters>,
) -> Result<Json<ManyWebhooks>, ApiError> {
    let limit = limit(parameters.limit.as_deref())?;
    let after = parse_cursor(parameters.cursor.as_deref())?;
    let page = webhooks::list(app.platform(), &caller, limit, after).await?;
    Ok(Json(ManyWebhooks {
        webhooks: page.endpoints.into_iter().map(Webhook::from).collect(),
        next_cursor: page.next.map(cursor),
    }))
}

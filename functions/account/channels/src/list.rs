//! `GET /api/channels`

use axum::Json;
use axum::extract::State;
use openwati_services::channels;
use openwati_web::extract::{ApiQuery, Authorized, BaseUrl, ReadAccount};
use openwati_web::openapi::KeyErrors;
use openwati_web::query::{PageQuery, cursor};
use openwati_web::{ApiError, App, error_responses};
use serde::Serialize;
use utoipa::ToSchema;

use crate::channel::Channel;

/// A page of channels, oldest first.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ManyChannels {
    channels: Vec<Channel>,
    /// What to ask for the next page with; `null` on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

error_responses! {
    /// Why channels are not listed.
    ListErrors {
        "400": "A parameter is not what it must be; the error names it." ["invalid_request", "invalid_cursor"],
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
    }
}

/// List channels
#[utoipa::path(
    get,
    path = "/api/channels",
    operation_id = "listChannels",
    tag = "Channels",
    params(PageQuery),
    responses(
        KeyErrors,
        ListErrors,
        (status = 200, description = "A page of channels.", body = ManyChannels),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn list(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<ReadAccount>,
    BaseUrl(base_url): BaseUrl,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Json<ManyChannels>, ApiError> {
    let limit = query.limit()?;
    let after = query.last()?;
    let page = channels::list(app.platform(), &caller, &base_url, limit, after).await?;
    Ok(Json(ManyChannels {
        channels: page.channels.into_iter().map(Channel::from).collect(),
        next_cursor: page.next.map(cursor),
    }))
}

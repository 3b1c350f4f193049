//! `GET /api/channels/{id}`

use axum::Json;
use axum::extract::State;
use openwati_services::channels;
use openwati_web::extract::{ApiPath, Authorized, BaseUrl, ReadAccount};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};

use crate::channel::OneChannel;

error_responses! {
    /// Why a channel is not shown.
    ShowErrors {
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "404": "The tenant has no such channel." ["not_found"],
    }
}

/// Look up a channel
#[utoipa::path(
    get,
    path = "/api/channels/{id}",
    operation_id = "getChannel",
    tag = "Channels",
    params(("id" = String, Path, description = "The channel's id.")),
    responses(
        KeyErrors,
        ShowErrors,
        (status = 200, description = "The channel.", body = OneChannel),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn show(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<ReadAccount>,
    BaseUrl(base_url): BaseUrl,
    ApiPath(id): ApiPath<String>,
) -> Result<Json<OneChannel>, ApiError> {
    let channel = channels::find(app.platform(), &caller, &base_url, &id).await?;
    Ok(Json(channel.into()))
}

//! `PATCH /api/channels/{id}`

use axum::Json;
use axum::extract::State;
use openwati_core::secret::Secret;
use openwati_services::channels;
use openwati_web::extract::{ApiJson, ApiPath, Authorized, BaseUrl, WriteAccount};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::channel::OneChannel;

/// What changes of a channel. What is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ChannelChange {
    /// What you call it; an empty text is nothing.
    #[serde(default)]
    #[schema(nullable = false, max_length = 100)]
    name: Option<String>,
    /// `true`: it sends where a request names no device, from now on, and the one that did does not any more.
    #[serde(default)]
    #[schema(nullable = false)]
    is_default: Option<bool>,
    /// `false`: nothing is sent by it, and Meta is asked to post nothing more. `true`: it is tried and subscribed anew.
    #[serde(default)]
    #[schema(nullable = false)]
    connected: Option<bool>,
    /// WhatsApp Business Account ID.
    #[serde(default)]
    #[schema(nullable = false, max_length = 32, pattern = "^[0-9]+$")]
    waba_id: Option<String>,
    /// Another access token.
    #[serde(default)]
    #[schema(nullable = false, value_type = Option<String>, max_length = 1024)]
    access_token: Option<Secret<String>>,
    /// Another App Secret.
    #[serde(default)]
    #[schema(nullable = false, value_type = Option<String>, max_length = 1024)]
    app_secret: Option<Secret<String>>,
    /// Another verify token.
    #[serde(default)]
    #[schema(nullable = false, value_type = Option<String>, max_length = 200)]
    verify_token: Option<Secret<String>>,
}

error_responses! {
    /// Why a channel is not changed.
    UpdateErrors {
        "400": "Something is not what it must be; the error names it." ["invalid_json", "invalid_request"],
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "404": "The tenant has no such channel." ["not_found"],
        "413": "The body is too large." ["payload_too_large"],
        "422": "Meta refuses the credentials: the error says why and what to do." ["invalid_token", "missing_permission", "account_not_found", "number_not_in_account", "number_not_found", "app_secret_mismatch", "app_demands_proof", "whatsapp_refused"],
        "503": "Meta can not be reached, or the service is busy: nothing was changed, try again." ["whatsapp_unreachable", "unavailable"],
    }
}

/// Change a channel
///
/// Other credentials are tried before they count, and connect the channel anew.
#[utoipa::path(
    patch,
    path = "/api/channels/{id}",
    operation_id = "updateChannel",
    tag = "Channels",
    params(("id" = String, Path, description = "The channel's id.")),
    request_body = ChannelChange,
    responses(
        KeyErrors,
        UpdateErrors,
        (status = 200, description = "The channel as it is now.", body = OneChannel),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn update(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteAccount>,
    BaseUrl(base_url): BaseUrl,
    ApiPath(id): ApiPath<String>,
    ApiJson { value: change, .. }: ApiJson<ChannelChange>,
) -> Result<Json<OneChannel>, ApiError> {
    let change = channels::Change {
        name: change.name,
        is_default: change.is_default,
        connected: change.connected,
        waba_id: change.waba_id,
        access_token: change.access_token,
        app_secret: change.app_secret,
        verify_token: change.verify_token,
    };
    let changed = channels::change(app.platform(), &caller, &base_url, &id, change).await?;
    Ok(Json(changed.into()))
}

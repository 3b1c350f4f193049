//! `POST /api/channels`

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use openwati_core::secret::Secret;
use openwati_services::channels;
use openwati_web::extract::{ApiJson, Authorized, BaseUrl, IdempotencyKey, WriteAccount};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses, replayed};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::channel::OneChannel;

/// A channel to be, with what Meta gave you for the number.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewChannel {
    /// What you call it.
    #[serde(default)]
    #[schema(nullable = false, max_length = 100, example = "Shop")]
    name: Option<String>,
    /// Phone Number ID: WhatsApp, API Setup, in the Meta app.
    #[schema(example = "106540352242922", max_length = 32, pattern = "^[0-9]+$")]
    phone_number_id: String,
    /// WhatsApp Business Account ID, from the same page.
    #[schema(example = "102290129340398", max_length = 32, pattern = "^[0-9]+$")]
    waba_id: String,
    /// A permanent access token with `whatsapp_business_messaging` and `whatsapp_business_management`. Never shown again.
    #[schema(value_type = String, max_length = 1024)]
    access_token: Secret<String>,
    /// App Secret: App settings, Basic, in the Meta app. Never shown again.
    #[schema(value_type = String, max_length = 1024)]
    app_secret: Secret<String>,
    /// A text of your own, if you enter the callback URL in the Meta app by hand. Else one is made.
    #[serde(default)]
    #[schema(nullable = false, value_type = Option<String>, max_length = 200, example = "my-tenant-7f3a")]
    verify_token: Option<Secret<String>>,
}

error_responses! {
    /// Why a channel is not connected.
    CreateErrors {
        "400": "Something is not what it must be; the error names it." ["invalid_json", "invalid_request"],
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "409": "As many devices are connected as the plan allows, or this number is already; the first request with this `Idempotency-Key` still runs, or what it made was deleted since." ["plan_cap_reached", "already_connected", "in_progress", "deleted_since"],
        "413": "The body is too large." ["payload_too_large"],
        "422": "Meta refuses the credentials: the error says why and what to do. Or the `Idempotency-Key` stood for another request." ["invalid_token", "missing_permission", "account_not_found", "number_not_in_account", "number_not_found", "app_secret_mismatch", "app_demands_proof", "whatsapp_refused", "idempotency_key_reused"],
        "503": "Meta can not be reached, or the service is busy: nothing was kept, try again." ["whatsapp_unreachable", "unavailable"],
    }
}

/// Connect a channel
///
/// Meta is asked whether the credentials fit together, and to post what comes in to this installation: nothing needs to be
/// entered at Meta. The first channel is the default one. With an `Idempotency-Key` the same request may be repeated for
/// 24 hours.
#[utoipa::path(
    post,
    path = "/api/channels",
    operation_id = "connectChannel",
    tag = "Channels",
    params(("Idempotency-Key" = Option<String>, Header, nullable = false, max_length = 255,
        description = "A name of your own for this request; repeating both gives the first answer again.")),
    request_body = NewChannel,
    responses(
        KeyErrors,
        CreateErrors,
        (status = 201, description = "The channel, connected.", body = OneChannel, headers(
            ("Idempotent-Replayed" = bool, description = "`true` where this is the first request's answer again."),
        )),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn create(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteAccount>,
    BaseUrl(base_url): BaseUrl,
    key: IdempotencyKey,
    ApiJson { value: new, raw }: ApiJson<NewChannel>,
) -> Result<impl IntoResponse, ApiError> {
    let new = channels::NewChannel {
        name: new.name,
        phone_number_id: new.phone_number_id,
        waba_id: new.waba_id,
        access_token: new.access_token,
        app_secret: new.app_secret,
        verify_token: new.verify_token,
        idempotency: key.over(&raw),
    };
    let made = channels::connect(app.platform(), &caller, &base_url, new).await?;
    let channel = OneChannel::from(made.thing);
    Ok((StatusCode::CREATED, replayed(made.replayed), Json(channel)))
}

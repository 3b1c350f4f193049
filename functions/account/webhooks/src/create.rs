//! `POST /api/webhooks`

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use openwati_core::secret::Secret;
use openwati_services::webhooks::{self, NewEndpoint};
use openwati_web::extract::{ApiJson, Authorized, IdempotencyKey, WriteWebhooks};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses, replayed};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::parameters::event_types;
use crate::webhook::OneWebhook;

/// A webhook to be.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct NewWebhook {
    /// Where events are to be posted: `https`, on the public internet.
    #[schema(example = "https://your-app.com/wati-hook", max_length = 2048)]
    url: String,
    /// The kinds of events that it is to get; none means all.
    #[serde(default)]
    #[schema(nullable = false, value_type = Option<Vec<crate::webhook::EventType>>)]
    events: Option<Vec<String>>,
    /// What is to sign its events, if you bring it along from elsewhere: `whsec_` and 24 to 64 bytes in base64. Else one
    /// is made.
    #[serde(default)]
    #[schema(nullable = false, value_type = Option<String>)]
    secret: Option<Secret<String>>,
}

error_responses! {
    /// Why a webhook is not made.
    CreateErrors {
        "400": "Something is not what it must be; the error names it." ["invalid_json", "invalid_request", "invalid_url", "invalid_secret"],
        "403": "The plan has no API or no webhooks, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended", "plan_has_no_webhooks"],
        "409": "There are 20 already; the first request with this `Idempotency-Key` still runs, or what it made was deleted since." ["too_many_webhooks", "in_progress", "deleted_since"],
        "413": "The body is too large." ["payload_too_large"],
        "422": "The `Idempotency-Key` stood for another request." ["idempotency_key_reused"],
    }
}

/// Create a webhook
///
/// The answer shows its secret, once. With an `Idempotency-Key` the same request may be repeated for 24 hours.
#[utoipa::path(
    post,
    path = "/api/webhooks",
    operation_id = "createWebhook",
    tag = "Webhooks",
    params(("Idempotency-Key" = Option<String>, Header, nullable = false, max_length = 255,
        description = "A name of your own for this request; repeating both gives the first answer again.")),
    request_body = NewWebhook,
    responses(
        KeyErrors,
        CreateErrors,
        (status = 201, description = "The webhook, with its secret.", body = OneWebhook, headers(
            ("Idempotent-Replayed" = bool, description = "`true` where this is the first request's answer again."),
        )),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn create(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteWebhooks>,
    key: IdempotencyKey,
    ApiJson { value: new, raw }: ApiJson<NewWebhook>,
) -> Result<impl IntoResponse, ApiError> {
    let new = NewEndpoint {
        url: new.url,
        events: event_types(&new.events.unwrap_or_default())?,
        secret: new.secret,
        idempotency: key.over(&raw),
    };
    let made = webhooks::create(app.platform(), &caller, new).await?;
    let webhook = OneWebhook::with_secret(made.thing);
    Ok((StatusCode::CREATED, replayed(made.replayed), Json(webhook)))
}

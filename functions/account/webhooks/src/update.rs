//! `PATCH /api/webhooks/{id}`

use axum::Json;
use axum::extract::State;
use openwati_services::webhooks::{self, EndpointChange};
use openwati_web::extract::{ApiJson, ApiPath, Authorized, WriteWebhooks};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::parameters::event_types;
use crate::webhook::OneWebhook;

/// What changes of a webhook. What is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct WebhookChange {
    /// Where events are to be posted.
    #[serde(default)]
    #[schema(nullable = false, max_length = 2048)]
    url: Option<String>,
    /// The kinds of events that it is to get; empty means all.
    #[serde(default)]
    #[schema(nullable = false, value_type = Option<Vec<crate::webhook::EventType>>)]
    events: Option<Vec<String>>,
    /// Whether it is to get events. One that is enabled begins anew: its failures are forgotten.
    #[serde(default)]
    #[schema(nullable = false)]
    enabled: Option<bool>,
}

error_responses! {
    /// Why a webhook is not changed.
    UpdateErrors {
        "400": "Something is not what it must be; the error names it." ["invalid_json", "invalid_request", "invalid_url"],
        "403": "The plan has no API or no webhooks, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended", "plan_has_no_webhooks"],
        "404": "The tenant has no such webhook." ["not_found"],
        "413": "The body is too large." ["payload_too_large"],
    }
}

/// Change a webhook
#[utoipa::path(
    patch,
    path = "/api/webhooks/{id}",
    operation_id = "updateWebhook",
    tag = "Webhooks",
    params(("id" = String, Path, description = "The webhook's id.")),
    request_body = WebhookChange,
    responses(
        KeyErrors,
        UpdateErrors,
        (status = 200, description = "The webhook as it is now.", body = OneWebhook),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn update(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteWebhooks>,
    ApiPath(id): ApiPath<String>,
    ApiJson { value: change, .. }: ApiJson<WebhookChange>,
) -> Result<Json<OneWebhook>, ApiError> {
    let change = EndpointChange {
        url: change.url,
        events: change.events.as_deref().map(event_types).transpose()?,
        enabled: change.enabled,
    };
    let endpoint = webhooks::change(app.platform(), &caller, &id, change).await?;
    Ok(Json(OneWebhook::new(endpoint)))
}

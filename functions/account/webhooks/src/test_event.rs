//! `POST /api/webhooks/{id}/test`

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use openwati_core::event::EventType;
use openwati_services::webhooks;
use openwati_web::extract::{ApiJson, ApiPath, Authorized, WriteWebhooks};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::parameters::event_type;

/// Which event is made up.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct TestEvent {
    /// The kind of event: `message.received` where none is named.
    #[serde(default)]
    #[schema(nullable = false, value_type = Option<crate::webhook::EventType>)]
    event: Option<String>,
}

/// A made-up event on its way.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SentTest)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Sent {
    #[schema(example = true)]
    ok: bool,
    /// Look it up under `/api/deliveries/{id}`, once it was tried.
    #[schema(format = "uuid")]
    delivery_id: String,
    /// Its `webhook-id`.
    event_id: String,
}

error_responses! {
    /// Why no event is sent.
    TestErrors {
        "400": "Something is not what it must be; the error names it." ["invalid_json", "invalid_request"],
        "403": "The plan has no API or no webhooks, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended", "plan_has_no_webhooks"],
        "404": "The tenant has no such webhook." ["not_found"],
        "409": "The webhook is disabled." ["webhook_disabled"],
        "413": "The body is too large." ["payload_too_large"],
    }
}

/// Send a test event
///
/// A made-up event, signed and retried like every other, whatever kinds the webhook gets. Its numbers are fictitious, and
/// WhatsApp's id in it is `wamid.TEST`.
#[utoipa::path(
    post,
    path = "/api/webhooks/{id}/test",
    operation_id = "testWebhook",
    tag = "Webhooks",
    params(("id" = String, Path, description = "The webhook's id.")),
    request_body(content = Option<TestEvent>),
    responses(
        KeyErrors,
        TestErrors,
        (status = 202, description = "It is on its way.", body = Sent),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn test_event(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteWebhooks>,
    ApiPath(id): ApiPath<String>,
    wanted: Option<ApiJson<TestEvent>>,
) -> Result<(StatusCode, Json<Sent>), ApiError> {
    let wanted = wanted.and_then(|wanted| wanted.value.event);
    let kind = match wanted.as_deref() {
        Some(name) => event_type("event", name)?,
        None => EventType::MessageReceived,
    };
    let (delivery, event_id) = webhooks::test(app.platform(), &caller, &id, kind).await?;
    let sent = Sent {
        ok: true,
        delivery_id: delivery.uuid(),
        event_id,
    };
    Ok((StatusCode::ACCEPTED, Json(sent)))
}

//! `POST /api/webhooks`

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use openwati_services::webhooks::{self, NewEndpoint};
use openwati_web::extract::{ApiJson, Authorized, WriteWebhooks};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};
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
    #[schema(nullable = false)]
    secret: Option<String>,
}

error_responses! {
    /// Why a webhook is not made.
    CreateErrors {
        "400": "Something is not what it must be; the error names it." ["invalid_json", "invalid_request", "invalid_url", "invalid_secret"],
        "403": "The plan has no API or no webhooks, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "plan_has_no_webhooks"],
        "409": "There are 20 already." ["too_many_webhooks"],
        "413": "The body is too large." ["payload_too_large"],
    }
}

/// Create a webhook
///
/// The answer shows its secret, once.
#[utoipa::path(
    post,
    path = "/api/webhooks",
    operation_id = "createWebhook",
    tag = "Webhooks",
    request_body = NewWebhook,
    responses(
        KeyErrors,
        CreateErrors,
        (status = 201, description = "The webhook, with its secret.", body = OneWebhook),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn create(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteWebhooks>,
    ApiJson { value: new, .. }: ApiJson<NewWebhook>,
) -> Result<(StatusCode, Json<OneWebhook>), ApiError> {
    let new = NewEndpoint {
        url: new.url,
        events: event_types(&new.events.unwrap_or_default())?,
        secret: new.secret,
    };
    let made = webhooks::create(app.platform(), &caller, new).await?;
    Ok((StatusCode::CREATED, Json(OneWebhook::with_secret(made))))
}

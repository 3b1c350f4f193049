//! `POST /api/templates`

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use openwati_core::template::{Category, Definition, ParameterFormat};
use openwati_services::templates;
use openwati_web::extract::{ApiJson, Authorized, IdempotencyKey, WriteTemplates};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses, replayed};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::template::{OneTemplate, device};

/// A template to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "name": "order_update",
    "language": "en_US",
    "category": "UTILITY",
    "components": [
        {"type": "BODY", "text": "Hi {{1}}, your order {{2}} is on its way.",
         "example": {"body_text": [["Ali", "42"]]}},
    ],
}))]
pub(crate) struct NewTemplate {
    /// Lower-case letters, digits and `_`.
    #[schema(min_length = 1, max_length = 512, pattern = "^[a-z0-9_]+$")]
    name: String,
    /// Meta's code of the language, like `en` or `en_US`.
    language: String,
    /// `MARKETING`, `UTILITY` or `AUTHENTICATION`.
    category: String,
    /// `POSITIONAL` or `NAMED`; else as the texts' variables are.
    #[serde(default)]
    #[schema(nullable = false, value_type = Option<String>)]
    parameter_format: Option<ParameterFormat>,
    /// Its parts, in Meta's form. A header with a file shows a sample: `"sample": {"url": …}` or `{"uploadId": …}` beside its
    /// `format`, or Meta's own `example.header_handle`.
    #[schema(value_type = Vec<Object>)]
    components: Vec<Value>,
    /// Whether Meta may take it for another category.
    #[serde(default)]
    #[schema(nullable = false)]
    allow_category_change: Option<bool>,
    /// For how many seconds WhatsApp tries to deliver it.
    #[serde(default)]
    #[schema(nullable = false)]
    send_ttl_seconds: Option<i64>,
    /// A device of the account that is to have it; without it the one that sends by default.
    #[serde(default)]
    #[schema(nullable = false, format = "uuid")]
    device_id: Option<String>,
}

error_responses! {
    /// Why a template is not made.
    CreateErrors {
        "400": "Something is not what it must be, or breaks one of Meta's limits; the error names the field and the limit. Or a sample's URL leads to no file." ["invalid_json", "invalid_request", "invalid_template", "media_url_failed"],
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "404": "There is no such device, or no such upload." ["not_found", "upload_not_found"],
        "409": "There is a template of this name in this language; no device is connected; the first request with this `Idempotency-Key` still runs, or what it made was deleted since." ["template_exists", "no_device", "in_progress", "deleted_since"],
        "413": "The body, or a sample, is too large." ["payload_too_large", "media_too_large"],
        "415": "A sample is of a type that WhatsApp does not take." ["unsupported_media_type"],
        "422": "Meta refuses the template: the error says why. Or the `Idempotency-Key` stood for another request." ["whatsapp_refused", "idempotency_key_reused"],
        "429": "The key's minute is used up, or Meta was asked too much." ["rate_limited", "whatsapp_busy"],
        "503": "Meta can not be reached, or the service is busy: try again." ["whatsapp_unreachable", "unavailable"],
    }
}

/// Create a template
///
/// Meta reviews it: it can be sent once its status is `APPROVED`. With an `Idempotency-Key` the same request may be repeated
/// for 24 hours.
#[utoipa::path(
    post,
    path = "/api/templates",
    operation_id = "createTemplate",
    tag = "Templates",
    params(("Idempotency-Key" = Option<String>, Header, nullable = false, max_length = 255,
        description = "A name of your own for this request; repeating both gives the first answer again.")),
    request_body = NewTemplate,
    responses(
        KeyErrors,
        CreateErrors,
        (status = 201, description = "The template, as Meta takes it.", body = OneTemplate, headers(
            ("Idempotent-Replayed" = bool, description = "`true` where this is the first request's answer again."),
        )),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn create(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteTemplates>,
    key: IdempotencyKey,
    ApiJson { value: new, raw }: ApiJson<NewTemplate>,
) -> Result<impl IntoResponse, ApiError> {
    let new = templates::NewTemplate {
        definition: Definition {
            name: new.name,
            language: new.language,
            category: Category::from(new.category.as_str()),
            parameter_format: new.parameter_format,
            components: new.components,
        },
        allow_category_change: new.allow_category_change,
        send_ttl_seconds: new.send_ttl_seconds,
        channel: new.device_id.as_deref().map(device).transpose()?,
        idempotency: key.over(&raw),
    };
    let made = templates::create(app.platform(), &caller, new).await?;
    let template = OneTemplate::from(made.thing);
    Ok((StatusCode::CREATED, replayed(made.replayed), Json(template)))
}

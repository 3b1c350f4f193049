//! `POST /api/templates/preview`

use axum::Json;
use axum::extract::State;
use openwati_services::templates::{self, Which};
use openwati_web::extract::{ApiJson, Authorized, ReadTemplates};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::template::{OnePreview, Parameters, device, given};

/// A template by its name, and what fills it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PreviewTemplate {
    /// Its name.
    #[schema(example = "order_update")]
    template: String,
    /// Its language; without it the only one, or the only approved one.
    #[serde(default)]
    #[schema(nullable = false, example = "en_US")]
    language: Option<String>,
    /// The device that it is for.
    #[serde(default)]
    #[schema(nullable = false, format = "uuid")]
    device_id: Option<String>,
    #[serde(flatten)]
    #[schema(value_type = Parameters)]
    parameters: Map<String, Value>,
}

error_responses! {
    /// Why a template is not filled.
    PreviewNamedErrors {
        "400": "Something is not what it must be, several languages would do, or the values do not fill the template; the error says what is expected." ["invalid_json", "invalid_request", "invalid_template_parameters"],
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "404": "The tenant has no such template, or no such device." ["not_found"],
        "413": "The body is too large." ["payload_too_large"],
    }
}

/// Preview a template by its name
///
/// As the customer would read it, filled like `send-template` fills it. Nothing is sent.
#[utoipa::path(
    post,
    path = "/api/templates/preview",
    operation_id = "previewTemplateByName",
    tag = "Templates",
    request_body = PreviewTemplate,
    responses(
        KeyErrors,
        PreviewNamedErrors,
        (status = 200, description = "How it reads.", body = OnePreview),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn preview_named(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<ReadTemplates>,
    ApiJson { value: body, .. }: ApiJson<PreviewTemplate>,
) -> Result<Json<OnePreview>, ApiError> {
    let which = Which::Name {
        name: body.template,
        language: body.language,
        channel: body.device_id.as_deref().map(device).transpose()?,
    };
    let given = given(Value::Object(body.parameters))?;
    let preview = templates::preview(app.platform(), &caller, &which, &given).await?;
    Ok(Json(preview.into()))
}

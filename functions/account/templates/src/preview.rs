//! `POST /api/templates/{id}/preview`

use axum::Json;
use axum::extract::State;
use openwati_services::templates::{self, Which};
use openwati_web::extract::{ApiJson, ApiPath, Authorized, ReadTemplates};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};
use serde_json::Value;

use crate::template::{OnePreview, Parameters, given};

error_responses! {
    /// Why a template is not filled.
    PreviewErrors {
        "400": "Something is not what it must be, or does not fill the template; the error says what is expected." ["invalid_json", "invalid_request", "invalid_template_parameters"],
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "404": "The tenant has no such template." ["not_found"],
        "413": "The body is too large." ["payload_too_large"],
    }
}

/// Preview a template
///
/// As the customer would read it, filled like `send-template` fills it. Nothing is sent.
#[utoipa::path(
    post,
    path = "/api/templates/{id}/preview",
    operation_id = "previewTemplate",
    tag = "Templates",
    params(("id" = String, Path, description = "Meta's id of the template.")),
    request_body = Parameters,
    responses(
        KeyErrors,
        PreviewErrors,
        (status = 200, description = "How it reads.", body = OnePreview),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn preview(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<ReadTemplates>,
    ApiPath(id): ApiPath<String>,
    ApiJson { value: body, .. }: ApiJson<Value>,
) -> Result<Json<OnePreview>, ApiError> {
    let given = given(body)?;
    let which = Which::Id(id);
    let preview = templates::preview(app.platform(), &caller, &which, &given).await?;
    Ok(Json(preview.into()))
}

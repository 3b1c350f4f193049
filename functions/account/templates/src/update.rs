//! `PATCH /api/templates/{id}`

use axum::Json;
use axum::extract::State;
use openwati_core::template::Category;
use openwati_services::templates;
use openwati_web::extract::{ApiJson, ApiPath, Authorized, WriteTemplates};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::template::OneTemplate;

/// What changes of a template. What is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TemplateChange {
    /// All of its parts, as when it was made.
    #[serde(default)]
    #[schema(nullable = false, value_type = Option<Vec<Object>>)]
    components: Option<Vec<Value>>,
    /// `MARKETING`, `UTILITY` or `AUTHENTICATION`; not of an approved one.
    #[serde(default)]
    #[schema(nullable = false)]
    category: Option<String>,
    /// For how many seconds WhatsApp tries to deliver it.
    #[serde(default)]
    #[schema(nullable = false)]
    send_ttl_seconds: Option<i64>,
}

error_responses! {
    /// Why a template is not changed.
    UpdateErrors {
        "400": "Something is not what it must be, or breaks one of Meta's limits; the error names the field and the limit. Or a sample's URL leads to no file." ["invalid_json", "invalid_request", "invalid_template", "media_url_failed"],
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "404": "The tenant has no such template, or no such upload." ["not_found", "upload_not_found"],
        "409": "Its status allows no change, or no device is connected." ["template_not_editable", "no_device"],
        "413": "The body, or a sample, is too large." ["payload_too_large", "media_too_large"],
        "415": "A sample is of a type that WhatsApp does not take." ["unsupported_media_type"],
        "422": "Meta refuses the change: the error says why." ["whatsapp_refused"],
        "429": "The key's minute is used up, or Meta was asked too much." ["rate_limited", "whatsapp_busy"],
        "503": "Meta can not be reached, or the service is busy: try again." ["whatsapp_unreachable", "unavailable"],
    }
}

/// Change a template
///
/// Meta reviews it anew, and takes one change a day of an approved one, ten in 30 days.
#[utoipa::path(
    patch,
    path = "/api/templates/{id}",
    operation_id = "updateTemplate",
    tag = "Templates",
    params(("id" = String, Path, description = "Meta's id of the template.")),
    request_body = TemplateChange,
    responses(
        KeyErrors,
        UpdateErrors,
        (status = 200, description = "The template as it is now.", body = OneTemplate),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn update(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteTemplates>,
    ApiPath(id): ApiPath<String>,
    ApiJson { value: change, .. }: ApiJson<TemplateChange>,
) -> Result<Json<OneTemplate>, ApiError> {
    let change = templates::TemplateChange {
        components: change.components,
        category: change.category.as_deref().map(Category::from),
        send_ttl_seconds: change.send_ttl_seconds,
    };
    let changed = templates::edit(app.platform(), &caller, &id, change).await?;
    Ok(Json(changed.into()))
}

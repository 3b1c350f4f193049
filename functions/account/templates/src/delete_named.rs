//! `DELETE /api/templates`

use axum::Json;
use axum::extract::State;
use openwati_services::templates;
use openwati_web::extract::{ApiQuery, Authorized, WriteTemplates};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::delete::DeletedTemplates;
use crate::template::device;

/// What is to be deleted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(crate) struct Parameters {
    /// The templates' name.
    #[param(required, nullable = false, value_type = String, example = "order_update")]
    name: Option<String>,
    /// Only in this language; else in all.
    #[param(nullable = false, example = "en_US")]
    language: Option<String>,
    /// Only of this device's account; else of all that have it.
    #[param(nullable = false, format = "uuid")]
    device_id: Option<String>,
}

error_responses! {
    /// Why templates are not deleted.
    DeleteNamedErrors {
        "400": "No name is given." ["invalid_request"],
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "404": "The tenant has no template of this name, or not in this language; or there is no such device." ["not_found"],
        "409": "No device of its account is connected." ["no_device"],
        "422": "Meta refuses it: the error says why." ["whatsapp_refused"],
        "429": "The key's minute is used up, or Meta was asked too much." ["rate_limited", "whatsapp_busy"],
        "503": "Meta can not be reached, or the service is busy: try again." ["whatsapp_unreachable", "unavailable"],
    }
}

/// Delete templates by their name
///
/// In every language, or in one.
#[utoipa::path(
    delete,
    path = "/api/templates",
    operation_id = "deleteTemplatesByName",
    tag = "Templates",
    params(Parameters),
    responses(
        KeyErrors,
        DeleteNamedErrors,
        (status = 200, description = "They are deleted.", body = DeletedTemplates),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn delete_named(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteTemplates>,
    ApiQuery(parameters): ApiQuery<Parameters>,
) -> Result<Json<DeletedTemplates>, ApiError> {
    let name = parameters.name.filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| ApiError::invalid("name: must be given"))?;
    let channel = parameters.device_id.as_deref().map(device).transpose()?;
    let language = parameters.language.as_deref();
    let deleted =
        templates::remove_named(app.platform(), &caller, &name, language, channel).await?;
    Ok(Json(DeletedTemplates::these(deleted)))
}

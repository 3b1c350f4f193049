//! `GET /api/templates/{id}`

use axum::Json;
use axum::extract::State;
use openwati_services::templates;
use openwati_web::extract::{ApiPath, Authorized, ReadTemplates};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};

use crate::template::OneTemplate;

error_responses! {
    /// Why a template is not shown.
    ShowErrors {
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "404": "The tenant has no such template." ["not_found"],
    }
}

/// Look up a template
#[utoipa::path(
    get,
    path = "/api/templates/{id}",
    operation_id = "getTemplate",
    tag = "Templates",
    params(("id" = String, Path, description = "Meta's id of the template.")),
    responses(
        KeyErrors,
        ShowErrors,
        (status = 200, description = "The template.", body = OneTemplate),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn show(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<ReadTemplates>,
    ApiPath(id): ApiPath<String>,
) -> Result<Json<OneTemplate>, ApiError> {
    let template = templates::find(app.platform(), &caller, &id).await?;
    Ok(Json(template.into()))
}

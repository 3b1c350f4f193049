//! `DELETE /api/templates/{id}`

use axum::Json;
use axum::extract::State;
use openwati_services::templates;
use openwati_web::extract::{ApiPath, Authorized, WriteTemplates};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};
use serde::Serialize;
use utoipa::ToSchema;

/// What was deleted.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeletedTemplates {
    #[schema(example = true)]
    ok: bool,
    /// How many.
    #[schema(example = 1)]
    deleted: usize,
}

impl DeletedTemplates {
    pub(crate) fn these(deleted: usize) -> Self {
        Self { ok: true, deleted }
    }
}

error_responses! {
    /// Why a template is not deleted.
    DeleteErrors {
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "404": "The tenant has no such template." ["not_found"],
        "409": "No device of its account is connected." ["no_device"],
        "422": "Meta refuses it: the error says why." ["whatsapp_refused"],
        "429": "The key's minute is used up, or Meta was asked too much." ["rate_limited", "whatsapp_busy"],
        "503": "Meta can not be reached, or the service is busy: try again." ["whatsapp_unreachable", "unavailable"],
    }
}

/// Delete a template in one language
///
/// It is deleted at Meta, which keeps the name of an approved one to itself for 30 days.
#[utoipa::path(
    delete,
    path = "/api/templates/{id}",
    operation_id = "deleteTemplate",
    tag = "Templates",
    params(("id" = String, Path, description = "Meta's id of the template.")),
    responses(
        KeyErrors,
        DeleteErrors,
        (status = 200, description = "It is deleted.", body = DeletedTemplates),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn delete(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteTemplates>,
    ApiPath(id): ApiPath<String>,
) -> Result<Json<DeletedTemplates>, ApiError> {
    templates::remove(app.platform(), &caller, &id).await?;
    Ok(Json(DeletedTemplates::these(1)))
}

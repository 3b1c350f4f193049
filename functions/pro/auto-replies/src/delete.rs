//! `DELETE /api/auto-replies/{id}`

use axum::Json;
use axum::extract::State;
use openwati_services::rules;
use openwati_web::extract::{ApiPath, Authorized, WriteRules};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};
use serde::Serialize;
use utoipa::ToSchema;

use crate::rule::{id, no_rule};

/// What was deleted.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeletedRules {
    #[schema(example = true)]
    ok: bool,
    /// How many.
    #[schema(example = 1)]
    deleted: usize,
}

impl DeletedRules {
    pub(crate) fn these(deleted: usize) -> Self {
        Self { ok: true, deleted }
    }
}

error_responses! {
    /// Why a rule is not deleted.
    DeleteErrors {
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "404": "There is no such rule." ["not_found"],
    }
}

/// Delete an auto-reply rule
///
/// Of its answers none is sent any more, nor the next ones of those that are under way.
#[utoipa::path(
    delete,
    path = "/api/auto-replies/{id}",
    operation_id = "deleteAutoReply",
    tag = "Auto-replies",
    params(("id" = String, Path, description = "The rule's id.")),
    responses(
        KeyErrors,
        DeleteErrors,
        (status = 200, description = "It is deleted.", body = DeletedRules),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn delete(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteRules>,
    ApiPath(path): ApiPath<String>,
) -> Result<Json<DeletedRules>, ApiError> {
    let id = id(&path)?;
    match rules::remove(app.platform(), &caller, &[id]).await? {
        0 => Err(no_rule()),
        deleted => Ok(Json(DeletedRules::these(deleted))),
    }
}

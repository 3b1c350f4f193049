//! `DELETE /api/auto-replies`

use axum::Json;
use axum::extract::State;
use openwati_core::automation::MOST_RULES;
use openwati_services::rules;
use openwati_web::extract::{ApiJson, Authorized, WriteRules};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::delete::DeletedRules;
use crate::rule::{id, no_rule};

/// Which rules are to go: exactly one of the two.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({"id": "6a297f98-8000-8d5e-9b7c-2f1d3a5e7c90"}))]
pub(crate) struct DeleteRules {
    /// One rule.
    #[schema(nullable = false, format = "uuid")]
    id: Option<String>,
    /// Several rules. Those that are not there are skipped.
    #[schema(nullable = false, max_items = 1000)]
    ids: Option<Vec<String>>,
}

error_responses! {
    /// Why rules are not deleted.
    DeleteManyErrors {
        "400": "The body is not what it must be; the error names what." ["invalid_json", "invalid_request"],
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "404": "There is no rule with the `id`." ["not_found"],
        "413": "The body has more than 256 KiB." ["payload_too_large"],
    }
}

/// Delete auto-reply rules
///
/// Of their answers none is sent any more, nor the next ones of those that are under way.
#[utoipa::path(
    delete,
    path = "/api/auto-replies",
    operation_id = "deleteAutoReplies",
    tag = "Auto-replies",
    request_body = DeleteRules,
    responses(
        KeyErrors,
        DeleteManyErrors,
        (status = 200, description = "They are deleted.", body = DeletedRules),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn delete_many(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteRules>,
    ApiJson { value: which, .. }: ApiJson<DeleteRules>,
) -> Result<Json<DeletedRules>, ApiError> {
    let ids = match (&which.id, &which.ids) {
        (Some(one), None) => vec![id(one)?],
        // What cannot be the id of a rule is the id of none.
        (None, Some(several)) => several.iter().filter_map(|one| one.parse().ok()).collect(),
        _ => {
            return Err(ApiError::invalid(
                "id, ids: exactly one of them must be given",
            ));
        }
    };
    let most = usize::try_from(MOST_RULES).unwrap_or(usize::MAX);
    if ids.len() > most {
        let error = format!("ids: must have at most {most} entries");
        return Err(ApiError::invalid(error));
    }
    let deleted = rules::remove(app.platform(), &caller, &ids).await?;
    if which.id.is_some() && deleted == 0 {
        return Err(no_rule());
    }
    Ok(Json(DeletedRules::these(deleted)))
}

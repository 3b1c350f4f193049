//! `GET /api/audit`

use axum::Json;
use axum::extract::State;
use openwati_core::id::Id;
use openwati_services::settings;
use openwati_store::audit::AuditRecord;
use openwati_web::extract::{ApiQuery, Authorized, ReadAccount};
use openwati_web::openapi::KeyErrors;
use openwati_web::query::{PageQuery, cursor};
use openwati_web::{ApiError, App, error_responses};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Something that was done to the account's set-up.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "6a297f98-8000-8d5e-9b7c-2f1d3a5e7c90",
    "at": "2026-06-10T12:34:56Z",
    "actor": "user:6a297f98-8000-8d5e-9b7c-2f1d3a5e7c90",
    "act": "key.created",
    "target": "6a297f98-8000-8d5e-9b7c-2f1d3a5e7c90",
    "details": {"name": "Shop"},
}))]
pub(crate) struct Act {
    #[schema(format = "uuid")]
    id: String,
    /// When it was done.
    #[schema(format = DateTime)]
    at: String,
    /// Who did it: `key:<id>`, `user:<id>`, `super_admin:<tenant>/<id>` for the operator of the installation, `operator` at
    /// its terminal, or `anybody`, who asked for a link to a new password.
    actor: String,
    /// What was done: a thing and a verb.
    act: String,
    /// The thing it was done to, by its id.
    #[schema(required)]
    target: Option<String>,
    /// What changed.
    #[schema(required, value_type = Option<Object>)]
    details: Option<Value>,
}

/// A page of acts, newest first. It may be short, or empty, although more follow.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ManyActs {
    acts: Vec<Act>,
    /// What to ask for the next page with; `null` on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

error_responses! {
    /// Why acts are not listed.
    AuditErrors {
        "400": "A parameter is not what it must be; the error names it." ["invalid_request", "invalid_cursor"],
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
    }
}

/// List what was done
///
/// Who did what to the account's set-up, and when; newest first. It is kept as long as the account.
#[utoipa::path(
    get,
    path = "/api/audit",
    operation_id = "listActs",
    tag = "Account",
    params(PageQuery),
    responses(
        KeyErrors,
        AuditErrors,
        (status = 200, description = "A page of acts.", body = ManyActs),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn audit(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<ReadAccount>,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Json<ManyActs>, ApiError> {
    let limit = query.limit()?;
    let before = query.last()?;
    let page = settings::audit_log(app.platform(), &caller, limit, before).await?;
    Ok(Json(ManyActs {
        acts: page.acts.into_iter().map(Act::from).collect(),
        next_cursor: page.next_before.map(cursor),
    }))
}

impl From<AuditRecord> for Act {
    fn from(record: AuditRecord) -> Self {
        let details = record.details.as_deref();
        Self {
            id: record.id.uuid(),
            at: record.id.moment().iso(),
            actor: with_shown_id(record.actor),
            act: record.act,
            target: record.target.map(with_shown_id),
            details: details.and_then(|text| serde_json::from_str(text).ok()),
        }
    }
}

/// A name with the id at its end, or an id alone, as every other answer shows that id. What ends in none stays as it is.
fn with_shown_id(name: String) -> String {
    let at = name.rfind([':', '/']).map_or(0, |mark| mark + 1);
    match name[at..].parse::<Id>() {
        Ok(id) => format!("{}{}", &name[..at], id.uuid()),
        Err(_) => name,
    }
}

//! `POST /api/templates/sync`

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use openwati_services::templates;
use openwati_web::extract::{ApiJson, Authorized, WriteTemplates};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::template::device;

/// Whose templates are read.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SyncTemplates {
    /// A device of the account; without it all accounts.
    #[serde(default)]
    #[schema(nullable = false, format = "uuid")]
    device_id: Option<String>,
}

/// What was read.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SyncedTemplates {
    #[schema(example = true)]
    ok: bool,
    /// Templates that were not known.
    added: u32,
    /// Templates of which something is other.
    changed: u32,
    /// Templates that Meta has no more.
    removed: u32,
    /// Whether everything was read; else the rest follows by itself.
    complete: bool,
    /// Accounts that could not be read.
    problems: Vec<SyncProblem>,
}

/// An account that could not be read.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SyncProblem {
    /// The WhatsApp Business Account.
    waba_id: String,
    /// Why not.
    error: String,
}

error_responses! {
    /// Why templates are not read.
    SyncErrors {
        "400": "The body is not what it must be; the error names what." ["invalid_json", "invalid_request"],
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "404": "There is no such device." ["not_found"],
        "409": "No device is connected." ["no_device"],
        "413": "The body is too large." ["payload_too_large"],
        "422": "Meta refuses to tell: the error says why." ["whatsapp_refused"],
        "429": "The key's minute is used up, or Meta was asked too much." ["rate_limited", "whatsapp_busy"],
        "503": "Meta can not be reached, or the service is busy: try again." ["whatsapp_unreachable", "unavailable"],
    }
}

/// Read the templates from Meta now
///
/// It is done every hour by itself.
#[utoipa::path(
    post,
    path = "/api/templates/sync",
    operation_id = "syncTemplates",
    tag = "Templates",
    request_body(content = Option<SyncTemplates>),
    responses(
        KeyErrors,
        SyncErrors,
        (status = 200, description = "Everything was read.", body = SyncedTemplates),
        (status = 202, description = "There is much to read: the rest follows by itself.", body = SyncedTemplates),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn sync(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteTemplates>,
    body: Option<ApiJson<SyncTemplates>>,
) -> Result<(StatusCode, Json<SyncedTemplates>), ApiError> {
    let wanted = body.map(|body| body.value).unwrap_or_default();
    let channel = wanted.device_id.as_deref().map(device).transpose()?;
    let synced = templates::sync(app.platform(), &caller, channel).await?;
    let status = match synced.is_complete {
        true => StatusCode::OK,
        false => StatusCode::ACCEPTED,
    };
    let problems = synced.problems.into_iter();
    let problems = problems.map(|(waba_id, error)| SyncProblem { waba_id, error });
    let answer = SyncedTemplates {
        ok: true,
        added: synced.counts.added,
        changed: synced.counts.changed,
        removed: synced.counts.removed,
        complete: synced.is_complete,
        problems: problems.collect(),
    };
    Ok((status, Json(answer)))
}

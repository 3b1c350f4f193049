//! `POST /api/contacts/export`

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use openwati_services::imports::{self, NewExport};
use openwati_web::extract::{ApiJson, Authorized, IdempotencyKey, ReadContacts};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses, replayed};
use serde::Deserialize;
use utoipa::ToSchema;

use super::job::OneExport;

/// Which contacts, and what of them.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({"tag": "vip", "columns": ["phone", "name", "city", "opted_out"]}))]
pub(crate) struct CreateExport {
    /// Those with this tag alone.
    #[schema(nullable = false)]
    tag: Option<String>,
    /// Those on this list alone. Not with `tag`.
    #[schema(nullable = false, format = "uuid")]
    list: Option<String>,
    /// The columns, in their order: `id`, `phone`, `name`, `tags`, `lists`, `user_id`, `profile_name`, `opted_out`,
    /// `opted_out_at`, `created_at`, `updated_at`, or names of attributes. Without it those that an import reads: phone, name,
    /// tags and every attribute.
    #[schema(nullable = false, min_items = 1, max_items = 200)]
    columns: Option<Vec<String>>,
}

error_responses! {
    /// Why nothing is exported.
    CreateExportErrors {
        "400": "Something is not what it must be; the error names it." ["invalid_json", "invalid_request"],
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "404": "There is no such list." ["not_found"],
        "409": "The first request with this `Idempotency-Key` still runs." ["in_progress", "deleted_since"],
        "413": "The body has more than 256 KiB." ["payload_too_large"],
        "422": "The `Idempotency-Key` stood for another request." ["idempotency_key_reused"],
    }
}

/// Export contacts
///
/// Writes contacts into a CSV file for a spreadsheet, newest first. The answer is a job; once it is done, looking it up
/// gives a link to the file. What a spreadsheet would take for a formula begins with an apostrophe, which an import takes
/// away again.
#[utoipa::path(
    post,
    path = "/api/contacts/export",
    operation_id = "exportContacts",
    tag = "Contacts",
    params(("Idempotency-Key" = Option<String>, Header, nullable = false, max_length = 255,
        description = "A name of your own for this request; repeating both gives the first export again.")),
    request_body = CreateExport,
    responses(
        KeyErrors,
        CreateExportErrors,
        (status = 202, description = "The export.", body = OneExport, headers(
            ("Idempotent-Replayed" = bool, description = "`true` where this is the first request's answer again."),
        )),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn create(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<ReadContacts>,
    key: IdempotencyKey,
    ApiJson { value: new, raw }: ApiJson<CreateExport>,
) -> Result<impl IntoResponse, ApiError> {
    let new = NewExport {
        tag: new.tag,
        list: new.list,
        columns: new.columns,
        idempotency: key.over(&raw),
    };
    let made = imports::begin_export(app.platform(), &caller, new).await?;
    let body = Json(OneExport {
        export: made.thing.into(),
    });
    Ok((StatusCode::ACCEPTED, replayed(made.replayed), body))
}

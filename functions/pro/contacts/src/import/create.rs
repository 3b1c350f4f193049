//! `POST /api/contacts/import`

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use openwati_core::secret::Secret;
use openwati_services::imports::{self, NewImport};
use openwati_web::extract::{ApiJson, Authorized, IdempotencyKey, WriteContacts};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses, replayed};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::job::Import;

/// A CSV file whose rows are to be contacts.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({"size": 48213, "tags": ["newsletter"], "columns": {"Mobile": "phone"}, "default_country": "PK"}))]
pub(crate) struct CreateImport {
    /// Its length in bytes.
    #[schema(minimum = 1, maximum = 52_428_800)]
    size: u64,
    /// The list that every contact is put on.
    #[schema(nullable = false, format = "uuid")]
    list_id: Option<String>,
    /// Tags that every contact gets.
    #[schema(nullable = false)]
    tags: Option<Vec<String>>,
    /// What columns hold, by their names, where that is not what they are called: `phone`, `name`, `tags`, or the name of an
    /// attribute; nothing for a column that is left out.
    #[schema(nullable = false)]
    columns: Option<BTreeMap<String, String>>,
    /// Whose numbers those without a country code are; without it the account's own country.
    #[schema(nullable = false, example = "PK")]
    default_country: Option<String>,
}

/// An import that waits for its file.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NewImportAnswer {
    import: Import,
    upload: ImportUpload,
}

/// Where the file is put.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportUpload {
    /// Its bytes go there as they are, and as many as were said. No key goes along.
    #[schema(value_type = String, format = "uri")]
    url: Secret<String>,
    /// Always `PUT`.
    method: &'static str,
    /// The headers that go along.
    headers: BTreeMap<&'static str, &'static str>,
    /// Until when it may be put there.
    #[schema(format = DateTime)]
    expires_at: String,
}

error_responses! {
    /// Why nothing is imported.
    CreateImportErrors {
        "400": "Something is not what it must be; the error names it." ["invalid_json", "invalid_request"],
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "404": "There is no such list." ["not_found"],
        "409": "The first request with this `Idempotency-Key` still runs." ["in_progress", "deleted_since"],
        "413": "The body has more than 256 KiB." ["payload_too_large"],
        "422": "The `Idempotency-Key` stood for another request." ["idempotency_key_reused"],
    }
}

/// Import contacts
///
/// Answers where to put a CSV file; once it is there, start the import. The file is UTF-8, its cells are divided by commas,
/// semicolons or tabs, and its first row names its columns: `phone`, and whichever of `name` and `tags` (divided by `;` or
/// `|`) there are; every other column is an attribute. A contact who is there already is told what is new, and empty cells
/// change nothing.
#[utoipa::path(
    post,
    path = "/api/contacts/import",
    operation_id = "importContacts",
    tag = "Contacts",
    params(("Idempotency-Key" = Option<String>, Header, nullable = false, max_length = 255,
        description = "A name of your own for this request; repeating both gives the first import again.")),
    request_body = CreateImport,
    responses(
        KeyErrors,
        CreateImportErrors,
        (status = 201, description = "The import, and where to put its file.", body = NewImportAnswer, headers(
            ("Idempotent-Replayed" = bool, description = "`true` where this is the first request's answer again."),
        )),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn create(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteContacts>,
    key: IdempotencyKey,
    ApiJson { value: new, raw }: ApiJson<CreateImport>,
) -> Result<impl IntoResponse, ApiError> {
    let new = NewImport {
        size: new.size,
        list: new.list_id,
        tags: new.tags.unwrap_or_default(),
        columns: new.columns.unwrap_or_default(),
        country: new.default_country,
        idempotency: key.over(&raw),
    };
    let made = imports::create(app.platform(), &caller, new).await?;
    let begun = made.thing;
    let body = Json(NewImportAnswer {
        import: begun.import.into(),
        upload: ImportUpload {
            url: begun.url,
            method: "PUT",
            headers: BTreeMap::from([("Content-Type", begun.mime_type)]),
            expires_at: begun.expires_at.iso(),
        },
    });
    Ok((StatusCode::CREATED, replayed(made.replayed), body))
}

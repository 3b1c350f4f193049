//! `POST /api/public/v1/uploads`

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use openwati_services::uploads::{self, NewUpload};
use openwati_web::extract::{ApiJson, Authorized, IdempotencyKey, WriteMessages};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses, replayed};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A file that is to be put somewhere.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({"mimetype": "application/pdf", "size": 48213}))]
pub(crate) struct CreateUpload {
    /// Its type.
    #[schema(max_length = 255)]
    mimetype: String,
    /// Its length in bytes.
    #[schema(minimum = 1, maximum = 104_857_600)]
    size: u64,
}

/// A place for a file.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "ok": true,
    "uploadId": "6a297f98-8000-8d5e-9b7c-2f1d3a5e7c90",
    "url": "https://bucket.s3.amazonaws.com/uploads/1234567890/6a297f9880002f1d3a5e7c90?X-Amz-Signature=…",
    "method": "PUT",
    "headers": {"Content-Type": "application/pdf"},
    "expiresAt": "2026-06-10T13:34:56Z",
}))]
pub(crate) struct Upload {
    /// Always true.
    ok: bool,
    /// What `send-media` takes as `uploadId`, for a day.
    #[schema(format = "uuid")]
    upload_id: String,
    /// Where the file is put: its bytes as they are, and as many as were said. No key goes along.
    #[schema(format = "uri")]
    url: String,
    /// How it is put there: always `PUT`.
    method: &'static str,
    /// The headers that go along.
    headers: BTreeMap<&'static str, String>,
    /// Until when it may be put there.
    #[schema(format = DateTime)]
    expires_at: String,
}

error_responses! {
    /// Why there is no place for a file.
    UploadErrors {
        "400": "The type or the length is not what it must be; the error names it." ["invalid_json", "invalid_request", "invalid_upload"],
        "403": "The plan has no API, the account is suspended, or the key lacks the scope for sending." ["missing_scope", "plan_has_no_api", "tenant_suspended"],
        "409": "The first request with this `Idempotency-Key` still runs." ["in_progress"],
        "413": "The body has more than 256 KiB." ["payload_too_large"],
        "422": "The `Idempotency-Key` stood for another request." ["idempotency_key_reused"],
    }
}

/// Upload a file to be sent
///
/// Answers where to put it. Once it is there, `send-media` sends it by its `uploadId`, to as many customers as you like.
#[utoipa::path(
    post,
    path = "/api/public/v1/uploads",
    operation_id = "createUpload",
    tag = "Messages",
    params(("Idempotency-Key" = Option<String>, Header, nullable = false, max_length = 255,
        description = "A name of your own for this request; repeating both gives the first answer again.")),
    request_body = CreateUpload,
    responses(
        KeyErrors,
        UploadErrors,
        (status = 201, description = "Where to put it.", body = Upload, headers(
            ("Idempotent-Replayed" = bool, description = "`true` where this is the first request's answer again."),
        )),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn create(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteMessages>,
    key: IdempotencyKey,
    body: ApiJson<CreateUpload>,
) -> Result<impl IntoResponse, ApiError> {
    let new = NewUpload {
        mime_type: body.value.mimetype,
        size: body.value.size,
        idempotency: key.over(&body.raw),
    };
    let made = uploads::offer(app.platform(), &caller, new).await?;
    let upload = made.thing;
    let body = Json(Upload {
        ok: true,
        upload_id: upload.id.uuid(),
        url: upload.url,
        method: "PUT",
        headers: BTreeMap::from([("Content-Type", upload.mime_type)]),
        expires_at: upload.expires_at.iso(),
    });
    Ok((StatusCode::CREATED, replayed(made.replayed), body))
}

//! `DELETE /api/public/v1/messages/{id}/media-link`

use axum::Json;
use axum::extract::State;
use openwati_services::media;
use openwati_web::extract::{ApiPath, Authorized, WriteMessages};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};
use serde::Serialize;
use utoipa::ToSchema;

/// What was revoked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"ok": true, "deleted": 1}))]
pub(crate) struct Revoked {
    /// Always `true`.
    ok: bool,
    /// Messages whose links are dead.
    deleted: u32,
}

error_responses! {
    /// Why links are not revoked.
    RevokeErrors {
        "403": "The plan has no API, the account is suspended, the key lacks the scope for writing, or an agent asks for somebody else's conversation." ["missing_scope", "plan_has_no_api", "tenant_suspended", "not_your_conversation"],
        "404": "The tenant has no such message, or it has no file." ["not_found"],
    }
}

/// Revoke links to a file
///
/// Ends every link to the file of this message that was given out so far, those in webhooks among them. Whoever follows one
/// is told 404. The message is shown with a new link from then on.
#[utoipa::path(
    delete,
    path = "/api/public/v1/messages/{id}/media-link",
    operation_id = "revokeMediaLinks",
    tag = "Messages",
    params(("id" = String, Path, description = "Our id of the message, or WhatsApp's if it holds no slash.")),
    responses(
        KeyErrors,
        RevokeErrors,
        (status = 200, description = "They are dead.", body = Revoked),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn revoke(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteMessages>,
    ApiPath(id): ApiPath<String>,
) -> Result<Json<Revoked>, ApiError> {
    media::revoke(app.platform(), &caller, &id).await?;
    Ok(Json(Revoked {
        ok: true,
        deleted: 1,
    }))
}

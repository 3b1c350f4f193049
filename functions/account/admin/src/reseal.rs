//! `POST /api/admin/key-ring/reseal`

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use openwati_services::data;
use openwati_web::extract::{Authorized, WriteTenants};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};

use crate::job::Begun;

error_responses! {
    /// Why nothing is sealed anew.
    ResealErrors {
        "403": "Only Super Admins may, who are people." ["missing_scope", "missing_role"],
    }
}

/// Seal all secrets anew
///
/// By the current key of the ring, while all goes on. Once the work is done nothing is sealed by older keys, and they may
/// go. For Super Admins.
#[utoipa::path(
    post,
    path = "/api/admin/key-ring/reseal",
    operation_id = "resealSecrets",
    tag = "Installation",
    responses(
        KeyErrors,
        ResealErrors,
        (status = 202, description = "It has begun.", body = Begun),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn reseal(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteTenants>,
) -> Result<(StatusCode, Json<Begun>), ApiError> {
    let job = data::reseal_all(app.platform(), &caller).await?;
    Ok((StatusCode::ACCEPTED, Json(job.into())))
}

//! `GET /api/settings`

use axum::Json;
use axum::extract::State;
use openwati_services::settings;
use openwati_web::extract::{Authorized, ReadAccount};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};

use crate::settings::AllSettings;

error_responses! {
    /// Why something of the account is not shown.
    ShowErrors {
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
    }
}

/// Look up the settings
#[utoipa::path(
    get,
    path = "/api/settings",
    operation_id = "getSettings",
    tag = "Account",
    responses(
        KeyErrors,
        ShowErrors,
        (status = 200, description = "The settings.", body = AllSettings),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn show(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<ReadAccount>,
) -> Result<Json<AllSettings>, ApiError> {
    Ok(Json(settings::show(app.platform(), &caller).await?.into()))
}

//! `PATCH /api/settings`

use axum::Json;
use axum::extract::State;
use openwati_services::settings::{self, Change};
use openwati_web::extract::{ApiJson, Authorized, WriteAccount, nullable};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App, error_responses};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::settings::AllSettings;

/// What changes of the settings. What is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SettingsChange {
    /// What the account is called: 1 to 100 characters.
    #[serde(default)]
    #[schema(nullable = false)]
    name: Option<String>,
    /// The country of phone numbers that are written without one, by its two capitals (ISO 3166); `null` takes none of
    /// these.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, example = "PK")]
    default_country: Option<Option<String>>,
    /// Minutes after midnight UTC at which days of messages are to begin. The day that runs is not cut short: it goes on,
    /// with its count, until the first of them begins, up to 48 hours in all.
    #[serde(default)]
    #[schema(nullable = false, minimum = 0, maximum = 1439)]
    billing_anchor_minutes: Option<u32>,
    /// For how many days messages are kept; `null` is for ever.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 36500)]
    retention_days: Option<Option<u32>>,
}

error_responses! {
    /// Why the settings are not changed.
    UpdateErrors {
        "400": "Something is not what it must be; the error names it." ["invalid_json", "invalid_request", "invalid_name", "invalid_country", "invalid_anchor", "invalid_retention"],
        "403": "The plan has no API, the account is suspended, or the key lacks the scope or the role." ["missing_scope", "missing_role", "plan_has_no_api", "tenant_suspended"],
        "409": "Others change them all the while: try again." ["tenant_busy"],
        "413": "The body is too large." ["payload_too_large"],
    }
}

/// Change the settings
#[utoipa::path(
    patch,
    path = "/api/settings",
    operation_id = "updateSettings",
    tag = "Account",
    request_body = SettingsChange,
    responses(
        KeyErrors,
        UpdateErrors,
        (status = 200, description = "The settings as they are now.", body = AllSettings),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn update(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteAccount>,
    ApiJson { value: change, .. }: ApiJson<SettingsChange>,
) -> Result<Json<AllSettings>, ApiError> {
    let change = Change {
        name: change.name,
        default_country: change.default_country,
        billing_anchor_minutes: change.billing_anchor_minutes,
        retention_days: change.retention_days,
    };
    let settings = settings::change(app.platform(), &caller, change).await?;
    Ok(Json(settings.into()))
}

//! Settings as the API shows them.

use openwati_services::settings;
use serde::Serialize;
use utoipa::ToSchema;

/// A tenant's settings.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Settings {
    /// What the account is called.
    #[schema(example = "Shop")]
    name: String,
    /// The country of phone numbers that are written without one (ISO 3166); `null` takes none of these.
    #[schema(required, example = "PK")]
    default_country: Option<String>,
    /// Minutes after midnight UTC at which days of messages begin.
    #[schema(example = 0, minimum = 0, maximum = 1439)]
    billing_anchor_minutes: u16,
    /// When the day that runs ends and its messages are counted anew.
    #[schema(format = DateTime)]
    day_ends_at: String,
    /// For how many days messages are kept; `null` is for ever.
    #[schema(required)]
    retention_days: Option<u32>,
}

/// The settings.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AllSettings {
    settings: Settings,
}

impl From<settings::Settings> for AllSettings {
    fn from(settings: settings::Settings) -> Self {
        Self {
            settings: Settings {
                name: settings.name,
                default_country: settings.default_country,
                billing_anchor_minutes: settings.billing_anchor_minutes,
                day_ends_at: settings.day_ends.iso(),
                retention_days: settings.retention_days,
            },
        }
    }
}

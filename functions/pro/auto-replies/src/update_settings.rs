//! `PUT /api/auto-replies/settings`

use axum::Json;
use axum::extract::State;
use openwati_core::automation::Window;
use openwati_services::rules::{self, HoursChange, SettingsChange, WordsChange};
use openwati_web::extract::{ApiJson, Authorized, WriteRules, nullable};
use openwati_web::openapi::KeyErrors;
use openwati_web::{ApiError, App};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::settings::{AutoReplySettings, AutoReplyWindow};
use crate::update_ai::UpdateSettingsErrors;

/// What changes of the settings. What is absent stays, within each part too.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct AutoReplySettingsChange {
    #[schema(nullable = false)]
    opt_out: Option<AutoReplyWordsChange>,
    #[schema(nullable = false)]
    opt_in: Option<AutoReplyWordsChange>,
    #[schema(nullable = false)]
    working_hours: Option<AutoReplyHoursChange>,
    /// For how many minutes the AI and the away message are quiet after a person answered.
    #[schema(nullable = false, minimum = 0, maximum = 1440)]
    human_pause_minutes: Option<i64>,
}

/// What changes of words.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(crate) struct AutoReplyWordsChange {
    /// The account's own, each a whole message; `null` brings those by default back.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Vec<String>>, max_items = 100)]
    words: Option<Option<Vec<String>>>,
    /// What whoever writes one is answered; `null` is nothing.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, max_length = 4096)]
    reply: Option<Option<String>>,
}

/// What changes of working hours.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(crate) struct AutoReplyHoursChange {
    /// Whether they count.
    #[schema(nullable = false)]
    enabled: Option<bool>,
    /// The IANA name of the time zone of its clocks.
    #[schema(nullable = false, example = "Asia/Karachi")]
    time_zone: Option<String>,
    /// All of its windows.
    #[schema(nullable = false, max_items = 50)]
    windows: Option<Vec<AutoReplyWindow>>,
    /// What whoever writes outside of them is told; `null` is nothing.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, max_length = 4096)]
    away_message: Option<Option<String>>,
}

/// Change what answers beside rules and AI
///
/// It changes what is named and leaves the rest.
#[utoipa::path(
    put,
    path = "/api/auto-replies/settings",
    operation_id = "updateAutoReplySettings",
    tag = "Auto-replies",
    request_body = AutoReplySettingsChange,
    responses(
        KeyErrors,
        UpdateSettingsErrors,
        (status = 200, description = "The settings as they are now.", body = AutoReplySettings),
    ),
    security(("ApiKey" = [])),
)]
pub(crate) async fn update_settings(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<WriteRules>,
    ApiJson { value: change, .. }: ApiJson<AutoReplySettingsChange>,
) -> Result<Json<AutoReplySettings>, ApiError> {
    // What no setting can be stays what none can be: it is refused by its name.
    let minutes = |minutes| u16::try_from(minutes).unwrap_or(u16::MAX);
    let change = SettingsChange {
        opt_out: change.opt_out.unwrap_or_default().into(),
        opt_in: change.opt_in.unwrap_or_default().into(),
        working_hours: change.working_hours.unwrap_or_default().into(),
        human_pause_minutes: change.human_pause_minutes.map(minutes),
    };
    let settings = rules::change_settings(app.platform(), &caller, change).await?;
    Ok(Json(settings.into()))
}

impl From<AutoReplyWordsChange> for WordsChange {
    fn from(AutoReplyWordsChange { words, reply }: AutoReplyWordsChange) -> Self {
        Self { words, reply }
    }
}

impl From<AutoReplyHoursChange> for HoursChange {
    fn from(change: AutoReplyHoursChange) -> Self {
        let windows = change.windows;
        let windows = windows.map(|all| all.into_iter().map(Window::from).collect());
        Self {
            enabled: change.enabled,
            time_zone: change.time_zone,
            windows,
            away_message: change.away_message,
        }
    }
}

//! What a tenant sets of its automations.

use openwati_core::automation::{AiSettings, Settings, Window, Words, WorkingHours};
use openwati_core::message::Invalid;
use openwati_core::rate::DayWindow;
use openwati_store::tenant::TenantRecord;

use super::{TRIES, admit_manager};
use crate::authenticate::Caller;
use crate::error::Error;
use crate::platform::Platform;
use crate::settings::busy;

/// What changes of the settings. What is not named stays.
#[derive(Debug, Clone, Default)]
pub struct SettingsChange {
    /// The words to opt out with.
    pub opt_out: WordsChange,
    /// The words to opt in again with.
    pub opt_in: WordsChange,
    /// When somebody is there.
    pub working_hours: HoursChange,
    /// For how many minutes a person's answer quiets what answers by itself.
    pub human_pause_minutes: Option<u16>,
}

/// What changes of a list of words.
#[derive(Debug, Clone, Default)]
pub struct WordsChange {
    /// The words; none for those that everybody has.
    pub words: Option<Option<Vec<String>>>,
    /// What whoever says one is told; none for nothing.
    pub reply: Option<Option<String>>,
}

/// What changes of the working hours.
#[derive(Debug, Clone, Default)]
pub struct HoursChange {
    /// Whether they count.
    pub enabled: Option<bool>,
    /// The time zone, by its IANA name.
    pub time_zone: Option<String>,
    /// The windows of a week.
    pub windows: Option<Vec<Window>>,
    /// What whoever writes outside of them is told; none for nothing.
    pub away_message: Option<Option<String>>,
}

/// What changes of the AI. What is not named stays.
#[derive(Debug, Clone, Default)]
pub struct AiChange {
    /// Whether it answers.
    pub enabled: Option<bool>,
    /// How the business speaks.
    pub system_prompt: Option<String>,
    /// The language that it answers in where the customer's is not sure.
    pub fallback_language: Option<String>,
}

/// The AI, and how much of it is used.
#[derive(Debug, Clone)]
pub struct Ai {
    /// How it answers.
    pub settings: AiSettings,
    /// The answers of the day, which began at 00:00 UTC.
    pub used_today: u32,
    /// Of so many; none is no limit.
    pub limit: Option<u32>,
}

fn set<T>(field: &mut T, to: Option<T>) {
    if let Some(to) = to {
        *field = to;
    }
}

impl WordsChange {
    fn apply(self, words: &mut Words) {
        set(&mut words.words, self.words);
        set(&mut words.reply, self.reply);
    }
}

impl HoursChange {
    fn apply(self, hours: &mut WorkingHours) {
        set(&mut hours.enabled, self.enabled);
        set(&mut hours.time_zone, self.time_zone);
        set(&mut hours.windows, self.windows);
        set(&mut hours.away_message, self.away_message);
    }
}

impl SettingsChange {
    fn apply(self, settings: &mut Settings) {
        self.opt_out.apply(&mut settings.opt_out);
        self.opt_in.apply(&mut settings.opt_in);
        self.working_hours.apply(&mut settings.working_hours);
        set(&mut settings.human_pause_minutes, self.human_pause_minutes);
    }
}

impl AiChange {
    fn apply(self, ai: &mut AiSettings) {
        set(&mut ai.enabled, self.enabled);
        set(&mut ai.system_prompt, self.system_prompt);
        set(&mut ai.fallback_language, self.fallback_language);
    }
}

/// The settings.
///
/// # Errors
/// If the caller may not see them.
pub async fn settings(platform: &Platform, caller: &Caller) -> Result<Settings, Error> {
    admit_manager(platform, caller).await?;
    Ok(platform.store().automation(&caller.tenant).await?.settings)
}

/// Changes the settings.
///
/// # Errors
/// [`Error::Invalid`] with `invalid_settings`, naming field and limit; if the caller may not.
pub async fn change_settings(
    platform: &Platform,
    caller: &Caller,
    change: SettingsChange,
) -> Result<Settings, Error> {
    admit_manager(platform, caller).await?;
    let apply = |settings: &mut Settings| change.clone().apply(settings);
    changed(platform, caller, apply, Settings::validate).await
}

/// The AI.
///
/// # Errors
/// If the caller may not see it.
pub async fn ai(platform: &Platform, caller: &Caller) -> Result<Ai, Error> {
    let tenant = admit_manager(platform, caller).await?;
    let automation = platform.store().automation(&caller.tenant).await?;
    with_use(platform, &tenant, automation.settings.ai).await
}

/// Changes how the AI answers.
///
/// # Errors
/// [`Error::Invalid`] with `invalid_settings`, naming field and limit; if the caller may not.
pub async fn change_ai(
    platform: &Platform,
    caller: &Caller,
    change: AiChange,
) -> Result<Ai, Error> {
    let tenant = admit_manager(platform, caller).await?;
    let apply = |settings: &mut Settings| change.clone().apply(&mut settings.ai);
    let check = |settings: &Settings| settings.ai.validate();
    let settings = changed(platform, caller, apply, check).await?;
    with_use(platform, &tenant, settings.ai).await
}

async fn with_use(
    platform: &Platform,
    tenant: &TenantRecord,
    settings: AiSettings,
) -> Result<Ai, Error> {
    let day = DayWindow::at(platform.now(), 0);
    Ok(Ai {
        settings,
        used_today: platform.store().ai_used(&tenant.tenant, day).await?,
        limit: tenant.plan.ai_replies_per_day,
    })
}

async fn changed(
    platform: &Platform,
    caller: &Caller,
    apply: impl Fn(&mut Settings),
    check: impl Fn(&Settings) -> Result<(), Invalid>,
) -> Result<Settings, Error> {
    let (store, tenant) = (platform.store(), &caller.tenant);
    for _ in 0..TRIES {
        let before = store.automation(tenant).await?;
        let mut settings = before.settings.clone();
        apply(&mut settings);
        check(&settings).map_err(|Invalid { field, problem }| {
            Error::invalid("invalid_settings", format!("{field}: {problem}"))
        })?;
        let version = before.version;
        if settings == before.settings
            || store
                .put_automation_settings(tenant, &settings, version)
                .await?
        {
            return Ok(settings);
        }
    }
    Err(busy())
}

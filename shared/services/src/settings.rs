//! A tenant's settings, its plan with what is used of it, and what was done to its set-up.

mod figures;

use openwati_core::id::Id;
use openwati_core::phone::is_country;
use openwati_core::time::Moment;
use openwati_store::audit::{AuditPage, AuditSelection};
use openwati_store::tenant::{TenantChange, TenantRecord};
use serde_json::{Map, Value, json};

use crate::admit::admit_admin;
use crate::audit;
use crate::authenticate::Caller;
use crate::error::Error;
use crate::platform::Platform;

pub(crate) use figures::figures;
pub use figures::{Figures, Used, plan, used};

/// The longest name of a tenant, in Unicode characters.
const LONGEST_NAME: usize = 100;

/// A hundred years.
const LONGEST_RETENTION: u32 = 36_500;

/// How often a change is tried again when others change the same tenant.
const TRIES: usize = 5;

/// What a tenant's Admins set.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What it is called.
    pub name: String,
    /// The country of local phone numbers, ISO 3166 alpha-2.
    pub default_country: Option<String>,
    /// Minutes after midnight UTC at which its days of messages begin.
    pub billing_anchor_minutes: u16,
    /// When the day that runs ends.
    pub day_ends: Moment,
    /// For how many days its messages are kept; none is for ever.
    pub retention_days: Option<u32>,
}

/// What changes of them. What is not named stays.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// What it is called.
    pub name: Option<String>,
    /// The country of local phone numbers, ISO 3166 alpha-2 in capitals; none leaves local numbers without one.
    pub default_country: Option<Option<String>>,
    /// Minutes after midnight UTC at which its days of messages begin.
    pub billing_anchor_minutes: Option<u32>,
    /// For how many days its messages are kept; none is for ever.
    pub retention_days: Option<Option<u32>>,
}

impl Settings {
    fn of(tenant: TenantRecord, now: Moment) -> Self {
        Self {
            day_ends: tenant.day(now).ends(),
            name: tenant.name,
            default_country: tenant.default_country,
            billing_anchor_minutes: tenant.billing_anchor_minutes,
            retention_days: tenant.retention_days,
        }
    }
}

/// The settings.
///
/// # Errors
/// If the caller may not see them.
pub async fn show(platform: &Platform, caller: &Caller) -> Result<Settings, Error> {
    let tenant = admit_admin(platform, caller).await?;
    Ok(Settings::of(tenant, platform.now()))
}

/// Changes the settings. Where days are to begin at another time, the day that runs is not cut short but goes on, with its
/// count, until the first of them begins: nobody gets more days by moving them.
///
/// # Errors
/// What is wrong, by name.
pub async fn change(
    platform: &Platform,
    caller: &Caller,
    change: Change,
) -> Result<Settings, Error> {
    let name = change.name.as_deref().map(checked_name).transpose()?;
    let country = change.default_country.map(checked_country).transpose()?;
    let anchor = change.billing_anchor_minutes;
    let anchor = anchor.map(checked_anchor).transpose()?;
    let retention = change.retention_days.map(checked_retention).transpose()?;
    for _ in 0..TRIES {
        let tenant = admit_admin(platform, caller).await?;
        let now = platform.now();
        let mut changes = TenantChange::default();
        let mut told = Map::new();
        let mut tell = |name: &str, value: Value| told.insert(name.to_owned(), value);
        if let Some(name) = name.as_ref().filter(|name| **name != tenant.name) {
            tell("name", json!(name));
            changes.name = Some(name.clone());
        }
        if let Some(country) = country.as_ref().filter(|c| **c != tenant.default_country) {
            tell("defaultCountry", json!(country));
            changes.default_country = Some(country.clone());
        }
        if let Some(anchor) = anchor.filter(|anchor| *anchor != tenant.billing_anchor_minutes) {
            tell("billingAnchorMinutes", json!(anchor));
            changes.billing_anchor = Some((anchor, tenant.day(now).moved_to(anchor)));
        }
        if let Some(days) = retention.filter(|days| *days != tenant.retention_days) {
            tell("retentionDays", json!(days));
            changes.retention_days = Some(days);
        }
        if told.is_empty() {
            return Ok(Settings::of(tenant, now));
        }
        let details = Value::Object(told);
        let act = audit::act(
            platform,
            caller,
            "settings.changed",
            &tenant.tenant,
            details,
        );
        let audits = [(&tenant.tenant, &act)];
        let store = platform.store();
        if store
            .change_tenant(&tenant, &changes, &[], now, &audits)
            .await?
        {
            return show(platform, caller).await;
        }
    }
    Err(busy())
}

/// A page of what was done to the tenant's set-up, newest first.
///
/// # Errors
/// If the caller may not see it.
pub async fn audit_log(
    platform: &Platform,
    caller: &Caller,
    limit: usize,
    before: Option<Id>,
) -> Result<AuditPage, Error> {
    let tenant = admit_admin(platform, caller).await?;
    // Clocks differ by moments.
    let soon = platform.now().plus(std::time::Duration::from_secs(60));
    let selection = AuditSelection {
        before: before
            .unwrap_or_else(|| Id::first_at(soon))
            .min(Id::first_at(soon)),
        oldest: tenant.created_at,
        limit: limit.max(1),
    };
    Ok(platform.store().audits(&tenant.tenant, &selection).await?)
}

/// A tenant's name.
///
/// # Errors
/// If it is empty, too long, or of characters that nobody sees.
pub(crate) fn checked_name(name: &str) -> Result<String, Error> {
    let name = name.trim();
    let length = name.chars().count();
    let fits = (1..=LONGEST_NAME).contains(&length) && !name.chars().any(char::is_control);
    fits.then(|| name.to_owned()).ok_or_else(|| {
        let error = format!("name: must have 1 to {LONGEST_NAME} characters, none of control");
        Error::invalid("invalid_name", error)
    })
}

fn checked_country(country: Option<String>) -> Result<Option<String>, Error> {
    let fits = country.as_deref().is_none_or(is_country);
    fits.then_some(country).ok_or_else(|| {
        let error = "defaultCountry: must be a country by its two capitals (ISO 3166)";
        Error::invalid("invalid_country", error)
    })
}

fn checked_anchor(minutes: u32) -> Result<u16, Error> {
    let minutes = u16::try_from(minutes).ok();
    minutes.filter(|minutes| *minutes < 1440).ok_or_else(|| {
        let error = "billingAnchorMinutes: must be a number from 0 to 1439";
        Error::invalid("invalid_anchor", error)
    })
}

fn checked_retention(days: Option<u32>) -> Result<Option<u32>, Error> {
    let fits = days.is_none_or(|days| (1..=LONGEST_RETENTION).contains(&days));
    fits.then_some(days).ok_or_else(|| {
        let error =
            format!("retentionDays: must be a number from 1 to {LONGEST_RETENTION}, or null");
        Error::invalid("invalid_retention", error)
    })
}

/// Others changed it all the while.
pub(crate) fn busy() -> Error {
    Error::Conflict {
        message: "the tenant is being changed by others: try again".to_owned(),
        code: "tenant_busy",
    }
}

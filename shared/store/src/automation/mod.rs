//! What answers customers by itself: a tenant's settings and rules, the log of what was done, and its brakes.

mod brake;
mod log;
mod rules;
mod run;

use aws_sdk_dynamodb::types::AttributeValue;
use openwati_core::automation::Settings;
use openwati_core::tenant::TenantId;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::StoreError;
use crate::item::{Item, n, number, s, text};
use crate::keys::Key;
use crate::store::{Store, Update, Updated};

pub use brake::{Automatic, Away, Counted};
pub use log::{LogPage, LogSelection};
pub use rules::Added;
pub use run::{Leased, RUNS_KEPT, RunRecord, Settlement};

/// How a tenant's automations behave, and which rules there are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AutomationRecord {
    /// What the tenant set.
    pub settings: Settings,
    /// How often its rules were changed: whoever remembers them by it remembers what holds.
    pub rules_version: u32,
    /// How many rules there are.
    pub rules: u32,
    /// How often the settings were written.
    pub version: u32,
}

/// The attribute that holds what the tenant set, as JSON.
const SETTINGS: &str = "settings";

impl AutomationRecord {
    /// Of an item that is there, or is not yet.
    pub(crate) fn of(operation: &'static str, item: Option<&Item>) -> Result<Self, StoreError> {
        let Some(item) = item else {
            return Ok(Self::default());
        };
        let count = |name| {
            let count = number(item, name).unwrap_or(0);
            u32::try_from(count).unwrap_or(0)
        };
        let settings = item.contains_key(SETTINGS);
        Ok(Self {
            settings: match settings {
                true => from_json(operation, item, SETTINGS)?,
                false => Settings::default(),
            },
            rules_version: count("rules_version"),
            rules: count("rules"),
            version: count("version"),
        })
    }
}

impl Store {
    /// How a tenant's automations behave.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn automation(&self, tenant: &TenantId) -> Result<AutomationRecord, StoreError> {
        let operation = "reading how automations behave";
        let item = self.get(operation, &Key::automation(tenant)).await?;
        AutomationRecord::of(operation, item.as_ref())
    }

    /// Keeps what a tenant set, in place of what was read: `version` says which that was. Says whether it is kept.
    ///
    /// # Errors
    /// If the store did not answer; it may be kept then.
    pub async fn put_automation_settings(
        &self,
        tenant: &TenantId,
        settings: &Settings,
        version: u32,
    ) -> Result<bool, StoreError> {
        let operation = "setting how automations behave";
        let update = Update::new(
            Key::automation(tenant),
            "SET settings = :settings, version = :next",
        )
        .value(":settings", json(operation, settings)?)
        .value(":next", n(version + 1));
        let update = match version {
            0 => update.condition("attribute_not_exists(version)"),
            version => update
                .condition("version = :version")
                .value(":version", n(version)),
        };
        let there = match self.update(operation, update).await? {
            Updated::Done(_) => return Ok(true),
            Updated::Refused(there) => AutomationRecord::of(operation, there.as_ref())?,
        };
        // Our own, kept by a try whose answer was lost?
        Ok(there.version == version + 1 && there.settings == *settings)
    }
}

/// What is kept as JSON, because it is written by people: numbers and empty things stay as they are.
fn json<T: Serialize>(operation: &'static str, value: &T) -> Result<AttributeValue, StoreError> {
    serde_json::to_string(value)
        .map(s)
        .map_err(|error| corrupt(operation, &error))
}

fn from_json<T: DeserializeOwned>(
    operation: &'static str,
    item: &Item,
    name: &str,
) -> Result<T, StoreError> {
    let json = text(item, name).unwrap_or_default();
    serde_json::from_str(json).map_err(|error| corrupt(operation, &error))
}

fn corrupt(operation: &'static str, error: &serde_json::Error) -> StoreError {
    // Its text may quote what is kept.
    let reason = format!("{:?} at column {}", error.classify(), error.column());
    StoreError::Corrupt { operation, reason }
}

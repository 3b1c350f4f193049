//! API keys: a look-up item that leads to its tenant and counts its minute, and an item by which the tenant finds it.
//!
//! What a key may do stands in the look-up item alone, so that there are no two truths of it. Both change in one
//! transaction: a key that was rotated or revoked is dead with the answer.

mod change;
mod list;

use aws_sdk_dynamodb::types::AttributeValue;
use openwati_core::api_key::ApiKeyHash;
use openwati_core::id::Id;
use openwati_core::rate::RateLimit;
use openwati_core::role::Role;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use serde::{Deserialize, Serialize};

use crate::counter::{Counted, Counter, minute};
use crate::error::StoreError;
use crate::item::{Item, at, number, read};
use crate::keys::Key;
use crate::store::Store;

pub use change::{KeyChange, NewApiKey};
pub use list::{ApiKeyPage, KeyListRecord, ListedKey};

/// The attribute of a key's newest minute.
const MINUTE: &str = "minute";

/// What a key's item holds, besides its counts.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ApiKeyRecord {
    /// Whose key it is.
    pub tenant: TenantId,
    /// The key's id within its tenant.
    pub id: Id,
    /// What it is called.
    pub name: String,
    /// The names of its scopes.
    pub scopes: Vec<String>,
    /// What it may do.
    pub role: Role,
    /// Whether it works.
    pub enabled: bool,
    /// Requests a minute.
    pub per_minute: u32,
    /// The most requests a minute that the operator lets the tenant give it; none where the operator said nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator_limit: Option<u32>,
    /// Whether the operator switched it off, so that the tenant cannot switch it on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub held: bool,
    /// When it ends, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Moment>,
    /// How often it was changed.
    #[serde(default)]
    pub version: u32,
}

/// What became of a request that came with a key.
#[derive(Debug)]
pub enum KeyUse {
    /// It is let in and counted.
    Counted(ApiKeyRecord, RateLimit),
    /// The key's minute is full.
    Full(RateLimit),
    /// There is no such key, or it is disabled or has expired.
    Refused,
}

impl Store {
    /// Authenticates a key and counts its request, in one conditional update.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn use_api_key(&self, hash: &ApiKeyHash, now: Moment) -> Result<KeyUse, StoreError> {
        let operation = "using an API key";
        let counter = Counter {
            key: Key::api_key(hash),
            name: MINUTE,
            ahead: 3,
            limit: "per_minute",
            condition: Some((
                "enabled = :yes AND (attribute_not_exists(expires_at) OR expires_at > :now)",
                vec![(":yes", AttributeValue::Bool(true)), (":now", at(now))],
            )),
        };
        let counted = self
            .count(operation, &counter, minute(now), |item| usable(item, now))
            .await?;
        match counted {
            Counted::Yes(item, window) => {
                let used = Counted::used(&item, counter.name, window);
                let record: ApiKeyRecord = read(operation, item)?;
                let rate = RateLimit::at(now, record.per_minute, used);
                Ok(KeyUse::Counted(record, rate))
            }
            Counted::Full(item) => {
                let limit = number(&item, counter.limit).unwrap_or(0);
                let limit = u32::try_from(limit).unwrap_or(0);
                Ok(KeyUse::Full(RateLimit::at(now, limit, limit)))
            }
            Counted::Refused | Counted::Missing => Ok(KeyUse::Refused),
        }
    }
}

fn usable(item: &Item, now: Moment) -> bool {
    let enabled = item.get("enabled") == Some(&AttributeValue::Bool(true));
    enabled && number(item, "expires_at").is_none_or(|expires| expires > now.millis())
}

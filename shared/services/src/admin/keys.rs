//! The limits of anybody's keys.

use openwati_store::api_key::KeyChange;

use super::acts::Acts;
use super::{admit_operator, parse};
use crate::authenticate::Caller;
use crate::error::Error;
use crate::keys::{Key, told};
use crate::platform::Platform;

/// The most requests a minute that the operator gives a key: 1,000 a second, which is what one item of DynamoDB counts.
pub const MOST_PER_MINUTE: u32 = 60_000;

/// How often a change is tried again when others change the same key.
const TRIES: usize = 5;

const NO_KEY: Error = Error::NotFound { what: "key" };

/// What the operator changes of a key. What is not named stays.
#[derive(Debug, Clone, Copy, Default)]
pub struct KeyLimits {
    /// Requests a minute.
    pub per_minute: Option<u32>,
    /// Whether it works.
    pub enabled: Option<bool>,
}

/// Changes the limits of a tenant's key. The tenant's Admins can give it less and switch it off, and not more nor on again.
///
/// # Errors
/// If the caller is no Super Admin; [`Error::NotFound`] where the tenant has no such key; a limit that is none.
pub async fn change_key(
    platform: &Platform,
    caller: &Caller,
    tenant: &str,
    id: &str,
    limits: KeyLimits,
) -> Result<Key, Error> {
    admit_operator(caller)?;
    let tenant = parse(tenant).map_err(|_| NO_KEY)?;
    let id = id.parse().map_err(|_| NO_KEY)?;
    if limits
        .per_minute
        .is_some_and(|limit| !(1..=MOST_PER_MINUTE).contains(&limit))
    {
        let error = format!("perMinute: must be a number from 1 to {MOST_PER_MINUTE}");
        return Err(Error::invalid("invalid_limit", error));
    }
    let change = KeyChange {
        per_minute: limits.per_minute,
        operator_limit: limits.per_minute,
        enabled: limits.enabled,
        held: limits.enabled.map(|enabled| !enabled),
        ..KeyChange::default()
    };
    let store = platform.store();
    for _ in 0..TRIES {
        let key = store.api_key(&tenant, id).await?.ok_or(NO_KEY)?;
        if change.is_empty() {
            return Ok(key.into());
        }
        let acts = Acts::new(platform, caller, &tenant, "key.changed", id, told(&change));
        if store.change_api_key(&key, &change, &acts.audits()).await? {
            let key = store.api_key(&tenant, id).await?.ok_or(NO_KEY)?;
            return Ok(key.into());
        }
    }
    Err(Error::Conflict {
        message: "the key is being changed by others: try again".to_owned(),
        code: "key_busy",
    })
}

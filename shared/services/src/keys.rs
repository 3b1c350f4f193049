//! API keys, for their tenant's Admins.
//!
//! Nobody makes a key, or gets hold of one, that may do more than they may: so a key of few scopes makes none of all, nor
//! rotates one to read its text.

mod create;
mod show;

use openwati_core::api_key::ApiKey;
use openwati_core::id::Id;
use openwati_core::role::Role;
use openwati_core::scope::Scopes;
use openwati_core::time::Moment;
use openwati_store::api_key::{KeyChange, ListedKey};
use serde_json::{Map, Value, json};

use crate::admit::admit_admin;
use crate::audit;
use crate::authenticate::Caller;
use crate::error::Error;
use crate::idempotency::{Idempotency, Made, once};
use crate::platform::Platform;

use create::Creating;

pub(crate) use create::context;
pub use show::{Key, KeyPage};

/// Keys that a tenant may have.
pub const MOST_KEYS: u32 = 50;

/// The most requests a minute that an Admin gives a key.
pub const MOST_PER_MINUTE: u32 = 6_000;

/// The longest name, in Unicode characters.
const LONGEST_NAME: usize = 100;

/// How often a change is tried again when others change the same key.
const TRIES: usize = 5;

const NO_KEY: Error = Error::NotFound { what: "key" };

/// A key to be.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// What it is called.
    pub name: String,
    /// The names of its scopes; none means all.
    pub scopes: Vec<String>,
    /// The name of its role; none means Admin.
    pub role: Option<String>,
    /// When it ends.
    pub expires_at: Option<Moment>,
    /// Requests a minute.
    pub per_minute: Option<u32>,
    /// The caller's promise that the same key is the same request.
    pub idempotency: Option<Idempotency>,
}

/// What changes of a key. What is not named stays.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// What it is called.
    pub name: Option<String>,
    /// The names of its scopes; none means all.
    pub scopes: Option<Vec<String>>,
    /// Whether it works.
    pub enabled: Option<bool>,
    /// Requests a minute.
    pub per_minute: Option<u32>,
    /// When it ends; none is never.
    pub expires_at: Option<Option<Moment>>,
}

/// A page of the tenant's keys, oldest first.
///
/// # Errors
/// If the caller may not see them.
pub async fn list(
    platform: &Platform,
    caller: &Caller,
    limit: usize,
    after: Option<Id>,
) -> Result<KeyPage, Error> {
    admit_admin(platform, caller).await?;
    let store = platform.store();
    let page = store.api_keys(&caller.tenant, limit, after).await?;
    Ok(KeyPage {
        keys: page.keys.into_iter().map(Key::from).collect(),
        next: page.next,
    })
}

/// One key.
///
/// # Errors
/// [`Error::NotFound`] where the tenant has none of this id.
pub async fn find(platform: &Platform, caller: &Caller, id: &str) -> Result<Key, Error> {
    admit_admin(platform, caller).await?;
    Ok(own(platform, caller, id).await?.into())
}

/// Makes a key. Its text is shown now and, but for a repeat under the same idempotency key, never again.
///
/// # Errors
/// What is wrong with it, by name; [`Error::Forbidden`] for more than the caller may; [`Error::Conflict`] where there are
/// [`MOST_KEYS`]. With an idempotency key also what became of its first try.
pub async fn create(
    platform: &Platform,
    caller: &Caller,
    new: NewKey,
) -> Result<Made<(Key, Option<ApiKey>)>, Error> {
    admit_admin(platform, caller).await?;
    let now = platform.now();
    let name = checked_name(&new.name)?;
    let scopes = checked_scopes(&new.scopes)?;
    let role = new.role.as_deref().map_or(Ok(Role::Admin), checked_role)?;
    let per_minute = new
        .per_minute
        .map_or(Ok(openwati_core::rate::DEFAULT_PER_MINUTE), |rate| {
            checked_rate(rate, MOST_PER_MINUTE)
        })?;
    let expires_at = new.expires_at.map(|at| checked_end(at, now)).transpose()?;
    may_hold(caller, role, &scopes)?;
    let creation = Creating {
        platform,
        caller,
        name,
        scopes,
        role,
        per_minute,
        expires_at,
        repeatable: new.idempotency.is_some(),
    };
    once(
        platform,
        &caller.tenant,
        new.idempotency.as_ref(),
        &creation,
    )
    .await
}

/// Changes a key.
///
/// # Errors
/// [`Error::NotFound`]; what is wrong, by name; [`Error::Forbidden`] for a key that may more than the caller, before or
/// after, or that the operator switched off.
pub async fn change(
    platform: &Platform,
    caller: &Caller,
    id: &str,
    change: Change,
) -> Result<Key, Error> {
    admit_admin(platform, caller).await?;
    for _ in 0..TRIES {
        let key = own(platform, caller, id).await?;
        let change = checked(platform, caller, &key, &change)?;
        if change.is_empty() {
            return Ok(key.into());
        }
        let act = audit::act(
            platform,
            caller,
            "key.changed",
            key.record.id,
            told(&change),
        );
        let audits = [(&caller.tenant, &act)];
        if platform
            .store()
            .change_api_key(&key, &change, &audits)
            .await?
        {
            return Ok(own(platform, caller, id).await?.into());
        }
    }
    Err(busy())
}

/// Gives a key another text, which is shown now and never again. The one before is dead with the answer.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Forbidden`] for a key that may more than the caller.
pub async fn rotate(
    platform: &Platform,
    caller: &Caller,
    id: &str,
) -> Result<(Key, ApiKey), Error> {
    admit_admin(platform, caller).await?;
    for _ in 0..TRIES {
        let key = own(platform, caller, id).await?;
        may_have(caller, &key)?;
        let text = ApiKey::new(platform.entropy());
        let act = audit::act(platform, caller, "key.rotated", key.record.id, Value::Null);
        let now = platform.now();
        if platform
            .store()
            .rotate_api_key(&key, &text, now, &act)
            .await?
        {
            return Ok((own(platform, caller, id).await?.into(), text));
        }
    }
    Err(busy())
}

/// Revokes a key: it is gone, and dead with the answer.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn revoke(platform: &Platform, caller: &Caller, id: &str) -> Result<(), Error> {
    admit_admin(platform, caller).await?;
    for _ in 0..TRIES {
        let key = own(platform, caller, id).await?;
        let details = json!({"name": key.record.name, "lastFour": key.listed.last_four});
        let act = audit::act(platform, caller, "key.revoked", key.record.id, details);
        if platform.store().revoke_api_key(&key, &act).await? {
            return Ok(());
        }
    }
    Err(busy())
}

/// The caller's own key of this id.
async fn own(platform: &Platform, caller: &Caller, id: &str) -> Result<ListedKey, Error> {
    let id = id.parse().map_err(|_| NO_KEY)?;
    let key = platform.store().api_key(&caller.tenant, id).await?;
    key.ok_or(NO_KEY)
}

fn checked(
    platform: &Platform,
    caller: &Caller,
    key: &ListedKey,
    change: &Change,
) -> Result<KeyChange, Error> {
    may_have(caller, key)?;
    let scopes = change.scopes.as_deref().map(checked_scopes).transpose()?;
    if let Some(scopes) = &scopes {
        may_hold(caller, key.record.role, scopes)?;
    }
    let now = platform.now();
    if change.enabled == Some(true) && key.record.held {
        return Err(Error::Forbidden {
            message: "the operator switched this key off, and alone can switch it on".to_owned(),
            code: "held_by_operator",
        });
    }
    let rate = |rate| match key.record.operator_limit {
        Some(most) => checked_rate(rate, most),
        // What it has may be given back to us.
        None if rate == key.record.per_minute => Ok(rate),
        None => checked_rate(rate, MOST_PER_MINUTE),
    };
    let end = |at: Moment| match Some(at) == key.record.expires_at {
        true => Ok(at),
        false => checked_end(at, now),
    };
    Ok(KeyChange {
        name: change.name.as_deref().map(checked_name).transpose()?,
        scopes: scopes.map(|scopes| scopes.names().to_vec()),
        enabled: change.enabled,
        per_minute: change.per_minute.map(rate).transpose()?,
        operator_limit: None,
        held: None,
        expires_at: change
            .expires_at
            .map(|at| at.map(end).transpose())
            .transpose()?,
    })
}

/// What an act tells of a change.
pub(crate) fn told(change: &KeyChange) -> Value {
    let mut told = Map::new();
    let mut tell = |name: &str, value: Value| told.insert(name.to_owned(), value);
    if let Some(name) = &change.name {
        tell("name", json!(name));
    }
    if let Some(scopes) = &change.scopes {
        tell("scopes", json!(scopes));
    }
    if let Some(enabled) = change.enabled {
        tell("enabled", json!(enabled));
    }
    if let Some(per_minute) = change.per_minute {
        tell("perMinute", json!(per_minute));
    }
    if let Some(expires_at) = change.expires_at {
        tell("expiresAt", json!(expires_at.map(Moment::iso)));
    }
    Value::Object(told)
}

/// Whether the caller may give these rights.
fn may_hold(caller: &Caller, role: Role, scopes: &Scopes) -> Result<(), Error> {
    if let Some(name) = caller.scopes.first_beyond(scopes) {
        return Err(Error::Forbidden {
            message: format!("a key cannot give the scope {name}, which it has not itself"),
            code: "scope_exceeds_own",
        });
    }
    caller.require_role(role)
}

/// Whether the caller may get hold of this key.
fn may_have(caller: &Caller, key: &ListedKey) -> Result<(), Error> {
    let scopes = Scopes::from_stored(key.record.scopes.clone());
    may_hold(caller, key.record.role, &scopes)
}

fn checked_name(name: &str) -> Result<String, Error> {
    let name = name.trim();
    let length = name.chars().count();
    let fits = (1..=LONGEST_NAME).contains(&length) && !name.chars().any(char::is_control);
    fits.then(|| name.to_owned()).ok_or_else(|| {
        let error = format!("name: must have 1 to {LONGEST_NAME} characters, none of control");
        Error::invalid("invalid_name", error)
    })
}

fn checked_scopes(names: &[String]) -> Result<Scopes, Error> {
    let mut names: Vec<&String> = names.iter().collect();
    let mut seen = std::collections::HashSet::new();
    names.retain(|name| seen.insert(*name));
    Scopes::parse(&names).map_err(|name| {
        let error = format!(
            "scopes: there is no scope {name:?}: they are like `messages:read` or `messages:write`, and `api` is all of them"
        );
        Error::invalid("invalid_scope", error)
    })
}

fn checked_role(name: &str) -> Result<Role, Error> {
    let role = [Role::Manager, Role::Admin];
    let role = role.into_iter().find(|role| role.name() == name);
    role.ok_or_else(|| {
        let error = "role: must be `manager` or `admin`";
        Error::invalid("invalid_role", error)
    })
}

fn checked_rate(per_minute: u32, most: u32) -> Result<u32, Error> {
    let fits = (1..=most).contains(&per_minute);
    fits.then_some(per_minute).ok_or_else(|| {
        let error = format!("perMinute: must be a number from 1 to {most}");
        Error::invalid("invalid_limit", error)
    })
}

fn checked_end(at: Moment, now: Moment) -> Result<Moment, Error> {
    (at > now).then_some(at).ok_or_else(|| {
        let error = "expiresAt: must be in the future";
        Error::invalid("invalid_expiry", error)
    })
}

/// Others changed it all the while.
fn busy() -> Error {
    Error::Conflict {
        message: "the key is being changed by others: try again".to_owned(),
        code: "key_busy",
    }
}

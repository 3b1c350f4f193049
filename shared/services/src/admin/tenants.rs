//! Looking at tenants, and changing them.

use openwati_core::tenant::TenantId;
use openwati_store::tenant::TenantChange;
use serde_json::{Map, Value, json};

use super::acts::Acts;
use super::plan::{FigureChange, named, pauses};
use super::show::{Tenant, TenantDetails, TenantPage};
use super::{admit_operator, parse, tenant};
use crate::authenticate::Caller;
use crate::data;
use crate::error::Error;
use crate::platform::Platform;
use crate::settings::{busy, checked_name, figures};

/// How often a change is tried again when others change the same tenant.
const TRIES: usize = 5;

/// What changes of a tenant. What is not named stays.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// What it is called.
    pub name: Option<String>,
    /// The name of its plan, whose figures it gets anew.
    pub plan: Option<String>,
    /// Figures of its own, over those of the plan.
    pub figures: FigureChange,
    /// Whether nobody of it is let in.
    pub suspended: Option<bool>,
}

/// A page of all tenants.
///
/// # Errors
/// If the caller is no Super Admin.
pub async fn list(
    platform: &Platform,
    caller: &Caller,
    limit: usize,
    after: Option<&TenantId>,
) -> Result<TenantPage, Error> {
    admit_operator(caller)?;
    let page = platform.store().tenants(limit, after).await?;
    Ok(TenantPage {
        tenants: page.tenants.into_iter().map(Tenant::from).collect(),
        next: page.next,
    })
}

/// One tenant, with what it uses.
///
/// # Errors
/// If the caller is no Super Admin; [`Error::NotFound`].
pub async fn find(platform: &Platform, caller: &Caller, id: &str) -> Result<TenantDetails, Error> {
    admit_operator(caller)?;
    let found = tenant(platform, &parse(id)?).await?;
    let used = figures(platform, &found).await?;
    Ok(TenantDetails {
        tenant: found.into(),
        used,
    })
}

/// Changes a tenant: its name, its plan, figures of its own, and whether anybody of it is let in. A plan without webhooks
/// pauses them, and one with them enables what was paused so. Numbers and people beyond a new figure stay; there are just
/// no more of them.
///
/// # Errors
/// If the caller is no Super Admin; [`Error::NotFound`]; what is wrong, by name; [`Error::Conflict`] for suspending the
/// own tenant.
pub async fn change(
    platform: &Platform,
    caller: &Caller,
    id: &str,
    change: Change,
) -> Result<TenantDetails, Error> {
    admit_operator(caller)?;
    let id = parse(id)?;
    let name = change.name.as_deref().map(checked_name).transpose()?;
    let plan = change.plan.as_deref().map(named).transpose()?;
    if id == caller.tenant && change.suspended == Some(true) {
        return Err(own("suspended"));
    }
    for _ in 0..TRIES {
        let found = tenant(platform, &id).await?;
        let now = platform.now();
        let mut changes = TenantChange::default();
        let mut told = Map::new();
        let mut tell = |name: &str, value: Value| told.insert(name.to_owned(), value);
        if let Some(name) = name.as_ref().filter(|name| **name != found.name) {
            tell("name", json!(name));
            changes.name = Some(name.clone());
        }
        let new = change
            .figures
            .over(plan.clone().unwrap_or(found.plan.clone()));
        let mut endpoints = Vec::new();
        if new != found.plan {
            tell("plan", json!(new));
            endpoints = pauses(&new, &platform.store().endpoints(&id).await?);
            changes.plan = Some(new);
        }
        if let Some(suspended) = change.suspended
            && suspended != found.suspended_at.is_some()
        {
            tell("suspended", json!(suspended));
            changes.suspended_at = Some(suspended.then_some(now));
        }
        if told.is_empty() {
            return find(platform, caller, id.as_str()).await;
        }
        let details = Value::Object(told);
        let acts = Acts::new(platform, caller, &id, "tenant.changed", &id, details);
        let (store, audits) = (platform.store(), acts.audits());
        if store
            .change_tenant(&found, &changes, &endpoints, now, &audits)
            .await?
        {
            return find(platform, caller, id.as_str()).await;
        }
    }
    Err(busy())
}

/// Begins to erase a tenant with everything that is kept of it.
///
/// # Errors
/// If the caller is no Super Admin; [`Error::NotFound`]; [`Error::Conflict`] for the own tenant.
pub async fn delete(platform: &Platform, caller: &Caller, id: &str) -> Result<data::Job, Error> {
    admit_operator(caller)?;
    data::erase_tenant(platform, caller, &parse(id)?).await
}

/// Who locks themselves out lets nobody in again.
pub(super) fn own(what: &str) -> Error {
    Error::Conflict {
        message: format!("the tenant that you belong to cannot be {what}"),
        code: "own_tenant",
    }
}

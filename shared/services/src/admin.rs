//! The operator's tenants. Only Super Admins get in here, who are people: no key is one.

mod acts;
mod create;
mod enter;
mod keys;
mod plan;
mod show;
mod tenants;

use openwati_core::role::Role;
use openwati_core::tenant::TenantId;
use openwati_store::tenant::TenantRecord;

use crate::authenticate::Caller;
use crate::error::Error;
use crate::platform::Platform;

pub use create::{NewTenant, create};
pub use enter::{Entered, enter};
pub use keys::{KeyLimits, MOST_PER_MINUTE, change_key};
pub use plan::FigureChange;
pub use show::{Tenant, TenantDetails, TenantPage};
pub use tenants::{Change, change, delete, find, list};

const NO_TENANT: Error = Error::NotFound { what: "tenant" };

/// Lets in Super Admins alone.
fn admit_operator(caller: &Caller) -> Result<(), Error> {
    caller.require_role(Role::SuperAdmin)
}

fn parse(id: &str) -> Result<TenantId, Error> {
    id.parse().map_err(|_| NO_TENANT)
}

async fn tenant(platform: &Platform, id: &TenantId) -> Result<TenantRecord, Error> {
    platform.store().tenant(id).await?.ok_or(NO_TENANT)
}

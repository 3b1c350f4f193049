//! Whether a caller's tenant lets them in.

use openwati_core::role::Role;
use openwati_store::tenant::TenantRecord;

use crate::authenticate::{Actor, Caller};
use crate::error::Error;
use crate::platform::Platform;

/// Lets in whom the tenant's plan admits by the way they came, unless the operator suspended the tenant: then only who
/// entered it to look after it.
///
/// # Errors
/// [`Error::Forbidden`].
pub(crate) fn admit(caller: &Caller, tenant: &TenantRecord) -> Result<(), Error> {
    let operator = matches!(caller.actor, Actor::SuperAdmin { .. });
    if tenant.suspended_at.is_some() && !operator {
        return Err(suspended());
    }
    caller.pass(&tenant.plan)
}

/// What is said of a tenant that is suspended.
pub(crate) fn suspended() -> Error {
    Error::Forbidden {
        message: "the operator of this installation has suspended the account".to_owned(),
        code: TENANT_SUSPENDED,
    }
}

/// The name of that refusal.
pub(crate) const TENANT_SUSPENDED: &str = "tenant_suspended";

/// Lets in whom [`admit`] does, if they may set the tenant up. Answers the tenant.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::Unauthorized`] where the tenant is gone.
pub(crate) async fn admit_admin(
    platform: &Platform,
    caller: &Caller,
) -> Result<TenantRecord, Error> {
    caller.require_role(Role::Admin)?;
    let tenant = platform.store().tenant(&caller.tenant).await?;
    let tenant = tenant.ok_or(Error::Unauthorized)?;
    admit(caller, &tenant)?;
    Ok(tenant)
}

//! Entering a tenant that is not one's own.

use openwati_core::secret::Secret;
use openwati_core::session::{Access, Claims as _};
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use serde_json::Value;

use super::acts::Acts;
use super::tenants::own;
use super::{admit_operator, parse, tenant};
use crate::audit;
use crate::authenticate::{Actor, Caller};
use crate::error::Error;
use crate::platform::Platform;

/// A token that is good in another tenant.
#[derive(Debug)]
pub struct Entered {
    /// The tenant.
    pub tenant: TenantId,
    /// The token, for its bearer alone.
    pub access_token: Secret<String>,
    /// Until when it is good, unless the session ends before.
    pub expires_at: Moment,
}

/// Lets a Super Admin into a tenant, as its Admin and for an hour. Both tenants' logs hold it before the token is there.
/// It ends with the session that it is of.
///
/// # Errors
/// If the caller is no Super Admin, or not by a session; [`Error::NotFound`]; [`Error::Conflict`] for the own tenant.
pub async fn enter(platform: &Platform, caller: &Caller, id: &str) -> Result<Entered, Error> {
    admit_operator(caller)?;
    let id = parse(id)?;
    if id == caller.tenant {
        return Err(own("entered, because you are there"));
    }
    let (Actor::User(user), Some(session)) = (&caller.actor, caller.session) else {
        return Err(Error::Forbidden {
            message:
                "log in by e-mail and password to enter a tenant: its token ends with the session"
                    .to_owned(),
            code: "session_required",
        });
    };
    tenant(platform, &id).await?;
    let acts = Acts::new(platform, caller, &id, "tenant.entered", &id, Value::Null);
    for (tenant, act) in acts.audits() {
        audit::keep(platform, tenant, act).await?;
    }
    let access = Access {
        tenant: caller.tenant.clone(),
        user: *user,
        session,
        entered: Some(id.clone()),
    };
    let now = platform.now();
    Ok(Entered {
        tenant: id,
        expires_at: now.plus(access.life()),
        access_token: platform.session_keys()?.sign(&access, now),
    })
}

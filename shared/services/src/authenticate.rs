//! Who calls, and what they may.

use openwati_core::api_key::ApiKey;
use openwati_core::id::Id;
use openwati_core::plan::Plan;
use openwati_core::rate::RateLimit;
use openwati_core::role::Role;
use openwati_core::scope::{Access, Area, Scopes};
use openwati_core::tenant::TenantId;
use openwati_store::api_key::KeyUse;

use crate::error::Error;
use crate::platform::Platform;

/// What a plan must allow before a caller is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// The plan's REST API: keys on WATI Pro's paths.
    RestApi,
}

/// Somebody who was let in.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Whose data they may see.
    pub tenant: TenantId,
    /// The key they came with.
    pub key: Id,
    /// What they may do.
    pub role: Role,
    /// What their key may be used for.
    pub scopes: Scopes,
    /// Where the key stands in its minute.
    pub rate: RateLimit,
    /// What the plan must allow.
    pub gate: Gate,
}

/// Lets in who holds the key `text`, and counts the request.
///
/// # Errors
/// [`Error::Unauthorized`] for a key that is malformed, unknown, disabled or expired; [`Error::RateLimited`].
pub async fn by_api_key(platform: &Platform, text: &str, gate: Gate) -> Result<Caller, Error> {
    let key = ApiKey::parse(text).ok_or(Error::Unauthorized)?;
    let used = platform
        .store()
        .use_api_key(&key.hash(), platform.now())
        .await?;
    match used {
        KeyUse::Counted(record, rate) => Ok(Caller {
            tenant: record.tenant,
            key: record.id,
            role: record.role,
            scopes: Scopes::from_stored(record.scopes),
            rate,
            gate,
        }),
        KeyUse::Full(rate) => Err(Error::RateLimited(rate)),
        KeyUse::Refused => Err(Error::Unauthorized),
    }
}

impl Caller {
    /// Whether the caller's key may be used for this.
    ///
    /// # Errors
    /// [`Error::Forbidden`], naming the scope that is missing.
    pub fn require(&self, area: Area, access: Access) -> Result<(), Error> {
        if self.scopes.allow(area, access) {
            return Ok(());
        }
        let name = openwati_core::scope::name(area, access);
        Err(Error::Forbidden {
            message: format!("this key lacks the scope {name}"),
            code: "missing_scope",
        })
    }

    /// Whether the caller is of this role, or of one that may more.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub(crate) fn require_role(&self, role: Role) -> Result<(), Error> {
        if self.role >= role {
            return Ok(());
        }
        Err(Error::Forbidden {
            message: "the role of this key does not allow it".to_owned(),
            code: "missing_role",
        })
    }

    /// Whether the plan lets the caller in by the way they came.
    pub(crate) fn pass(&self, plan: &Plan) -> Result<(), Error> {
        match self.gate {
            Gate::RestApi if !plan.rest_api => Err(Error::Forbidden {
                message: format!("the plan {} has no REST API", plan.name),
                code: "plan_has_no_api",
            }),
            Gate::RestApi => Ok(()),
        }
    }
}

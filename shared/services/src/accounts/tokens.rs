//! What somebody gets who has come in, and links that let somebody in.

use std::time::Duration;

use openwati_core::id::Id;
use openwati_core::secret::Secret;
use openwati_core::session::{Access, Claims as _, Invitation, Refresh, Reset};
use openwati_core::tenant::TenantId;
use openwati_store::user::UserRecord;

use super::show::Person;
use crate::error::Error;
use crate::platform::Platform;

/// What somebody works with from now on.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// Goes with every request.
    pub access: Secret<String>,
    /// How long it is good.
    pub expires_in: Duration,
    /// Gets the next two, once.
    pub refresh: Secret<String>,
    /// Whose they are.
    pub person: Person,
    /// Their tenant.
    pub tenant: TenantId,
}

impl Tokens {
    /// The tokens of somebody's session.
    pub(super) fn of(
        platform: &Platform,
        tenant: &TenantId,
        user: &UserRecord,
        session: Id,
        generation: u32,
    ) -> Result<Self, Error> {
        let (keys, now) = (platform.session_keys()?, platform.now());
        let access = Access {
            tenant: tenant.clone(),
            user: user.id,
            session,
            entered: None,
        };
        let refresh = Refresh {
            tenant: tenant.clone(),
            user: user.id,
            session,
            generation,
        };
        Ok(Self {
            expires_in: access.life(),
            access: keys.sign(&access, now),
            refresh: keys.sign(&refresh, now),
            person: Person::of(user),
            tenant: tenant.clone(),
        })
    }
}

/// The link that lets somebody into the team who was invited. What stands behind `#` stays in the browser: no server's log
/// shows it.
pub(crate) fn invitation_link(
    platform: &Platform,
    base_url: &str,
    tenant: &TenantId,
    user: &UserRecord,
) -> Result<Secret<String>, Error> {
    let token = platform.session_keys()?.sign(
        &Invitation {
            tenant: tenant.clone(),
            user: user.id,
            generation: user.invitation,
        },
        platform.now(),
    );
    let link = format!("{base_url}/app/invitation#token={}", token.expose());
    Ok(Secret::new(link))
}

/// The link by which somebody sets their password anew.
pub(crate) fn reset_link(
    platform: &Platform,
    base_url: &str,
    tenant: &TenantId,
    user: &UserRecord,
) -> Result<Secret<String>, Error> {
    let token = platform.session_keys()?.sign(
        &Reset {
            tenant: tenant.clone(),
            user: user.id,
            password_version: user.password_version,
        },
        platform.now(),
    );
    let link = format!("{base_url}/app/password#token={}", token.expose());
    Ok(Secret::new(link))
}

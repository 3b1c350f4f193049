//! Somebody, and who calls, as they are shown.

use openwati_core::id::Id;
use openwati_core::role::Role;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use openwati_store::user::{UserRecord, UserState};

use crate::admit::admit;
use crate::authenticate::{Actor, Caller};
use crate::error::Error;
use crate::platform::Platform;

/// Somebody of a team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their id.
    pub id: Id,
    /// Their address.
    pub email: String,
    /// What they are called.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Whether they may come in.
    pub state: UserState,
    /// When they were invited or signed up.
    pub created_at: Moment,
    /// When their invitation ends, until they come.
    pub invited_until: Option<Moment>,
    /// When somebody last logged in as them or had their tokens renewed, in a session that lasts.
    pub last_seen_at: Option<Moment>,
}

impl Person {
    pub(crate) fn of(user: &UserRecord) -> Self {
        Self {
            id: user.id,
            email: user.email.as_str().to_owned(),
            name: user.name.clone(),
            role: user.role,
            state: user.state,
            created_at: user.created_at,
            invited_until: user.invited_until,
            last_seen_at: user.sessions.last_used(),
        }
    }
}

/// A tenant, to who belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantShown {
    /// Its id.
    pub id: TenantId,
    /// What it is called.
    pub name: String,
    /// The name of its plan.
    pub plan: String,
}

/// Who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Me {
    /// The person; none for an API key.
    pub person: Option<Person>,
    /// The tenant that is worked in.
    pub tenant: TenantShown,
    /// What may be done in it.
    pub role: Role,
    /// The names of the scopes that it is limited to.
    pub scopes: Vec<String>,
}

/// Who calls, and where.
///
/// # Errors
/// [`Error::Forbidden`] where the tenant does not let them in.
pub async fn me(platform: &Platform, caller: &Caller) -> Result<Me, Error> {
    let store = platform.store();
    let person = async {
        Ok::<_, Error>(match &caller.actor {
            Actor::Key(_) => None,
            Actor::User(id) => store.user(&caller.tenant, *id).await?,
            Actor::SuperAdmin { tenant, user } => store.user(tenant, *user).await?,
        })
    };
    let tenant = async { Ok(store.tenant(&caller.tenant).await?) };
    let (person, tenant) = tokio::try_join!(person, tenant)?;
    let tenant = tenant.ok_or(Error::Unauthorized)?;
    admit(caller, &tenant)?;
    Ok(Me {
        person: person.as_ref().map(Person::of),
        tenant: TenantShown {
            id: tenant.tenant,
            name: tenant.name,
            plan: tenant.plan.name,
        },
        role: caller.role,
        scopes: caller.scopes.names().to_vec(),
    })
}

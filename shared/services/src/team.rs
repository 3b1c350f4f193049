//! A tenant's team, for its Admins.
//!
//! A team is never without an Admin; nobody raises anybody above their own role, or gets hold of somebody above it; the
//! operator's command line alone makes a Super Admin; and nobody changes the own role. A person may do all that their
//! role allows: so a key that may not do everything makes none and gets hold of none.

mod invite;

use openwati_core::id::Id;
use openwati_core::role::Role;
use openwati_core::scope::Scopes;
use openwati_core::secret::Secret;
use openwati_core::session::{Claims as _, Reset};
use openwati_core::time::Moment;
use openwati_store::user::{Changed, UserChange, UserRecord, UserState};
use serde_json::{Map, Value, json};

use crate::accounts::{Person, TRIES, checked_name, moved, reset_link};
use crate::admit::admit_admin;
use crate::audit;
use crate::authenticate::{Actor, Caller};
use crate::error::Error;
use crate::platform::Platform;

pub use invite::{Invited, NewInvitation, invite, invite_again};

const NO_USER: Error = Error::NotFound { what: "user" };

/// A page of a team, in the order in which they came.
#[derive(Debug)]
pub struct PeoplePage {
    /// The people.
    pub people: Vec<Person>,
    /// The last one's id, where more follow.
    pub next: Option<Id>,
}

/// What changes of somebody. What is not named stays.
#[derive(Debug, Clone, Default)]
pub struct PersonChange {
    /// What they are called.
    pub name: Option<String>,
    /// The name of what they may do.
    pub role: Option<String>,
    /// Whether they may come in.
    pub enabled: Option<bool>,
}

/// A link that is shown once.
#[derive(Debug)]
pub struct Link {
    /// Where it leads.
    pub url: Secret<String>,
    /// When it ends.
    pub expires_at: Moment,
}

/// A page of the tenant's team.
///
/// # Errors
/// If the caller may not see them.
pub async fn list(
    platform: &Platform,
    caller: &Caller,
    limit: usize,
    after: Option<Id>,
) -> Result<PeoplePage, Error> {
    admit_admin(platform, caller).await?;
    let page = platform.store().team(&caller.tenant, after, limit).await?;
    Ok(PeoplePage {
        people: page.users.iter().map(Person::of).collect(),
        next: page.next,
    })
}

/// Somebody of the team.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn find(platform: &Platform, caller: &Caller, id: &str) -> Result<Person, Error> {
    admit_admin(platform, caller).await?;
    Ok(Person::of(&member(platform, caller, id).await?))
}

/// Changes somebody.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Forbidden`] for a role above the caller's, before or after; [`Error::Conflict`] for the
/// last Admin and for oneself.
pub async fn change(
    platform: &Platform,
    caller: &Caller,
    id: &str,
    change: PersonChange,
) -> Result<Person, Error> {
    admit_admin(platform, caller).await?;
    let name = change
        .name
        .map(|name| checked_name("name", &name))
        .transpose()?;
    let role = change.role.as_deref().map(parse_role).transpose()?;
    for _ in 0..TRIES {
        let user = member(platform, caller, id).await?;
        may_get_hold_of(caller, user.role)?;
        let wanted = UserChange {
            name: name.clone().filter(|name| *name != user.name),
            role: role.filter(|role| *role != user.role),
            state: state_of(&user, change.enabled)?,
        };
        if let Some(role) = wanted.role {
            may_make(caller, role)?;
        }
        if is_self(caller, &user) && (wanted.role.is_some() || wanted.state.is_some()) {
            return Err(Error::Conflict {
                message:
                    "nobody changes their own role, or shuts themselves out: ask another Admin"
                        .to_owned(),
                code: "own_account",
            });
        }
        let told = told(&wanted);
        if told.is_empty() {
            return Ok(Person::of(&user));
        }
        let act = audit::act(
            platform,
            caller,
            "user.changed",
            user.id,
            Value::Object(told),
        );
        let store = platform.store();
        match store
            .change_user(&caller.tenant, &user, &wanted, &act)
            .await?
        {
            Changed::Done(user) => return Ok(Person::of(&user)),
            Changed::LastAdmin => return Err(last_admin()),
            Changed::Moved => {}
        }
    }
    Err(moved())
}

/// Removes somebody, or takes their invitation back. Their sessions and links are dead with the answer.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Forbidden`] for a role above the caller's; [`Error::Conflict`] for the last Admin.
pub async fn remove(platform: &Platform, caller: &Caller, id: &str) -> Result<(), Error> {
    admit_admin(platform, caller).await?;
    for _ in 0..TRIES {
        let user = member(platform, caller, id).await?;
        may_get_hold_of(caller, user.role)?;
        let details = json!({"role": user.role.name(), "state": user.state.name()});
        let act = audit::act(platform, caller, "user.removed", user.id, details);
        match platform
            .store()
            .remove_user(&caller.tenant, &user, &act)
            .await?
        {
            Changed::Done(()) => return Ok(()),
            Changed::LastAdmin => return Err(last_admin()),
            Changed::Moved => {}
        }
    }
    Err(moved())
}

/// A link by which somebody sets their password anew, for an Admin to hand over. It is shown now and never again.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Forbidden`] for a role above the caller's; [`Error::Conflict`] for somebody who may not
/// come in, and for oneself.
pub async fn password_link(
    platform: &Platform,
    caller: &Caller,
    id: &str,
    base_url: &str,
) -> Result<Link, Error> {
    admit_admin(platform, caller).await?;
    let user = member(platform, caller, id).await?;
    may_get_hold_of(caller, user.role)?;
    if caller.actor == Actor::User(user.id) {
        // A stolen access token would be good for the account.
        return Err(Error::Conflict {
            message: "the own password is changed with the current one".to_owned(),
            code: "own_account",
        });
    }
    if user.state != UserState::Active {
        return Err(Error::Conflict {
            message: format!(
                "the user is {}: only who may come in can set a password",
                user.state.name()
            ),
            code: "user_not_active",
        });
    }
    let act = audit::act(
        platform,
        caller,
        "user.password_link_made",
        user.id,
        Value::Null,
    );
    audit::keep(platform, &caller.tenant, &act).await?;
    let claims = Reset {
        tenant: caller.tenant.clone(),
        user: user.id,
        password_version: user.password_version,
    };
    Ok(Link {
        url: reset_link(platform, base_url, &caller.tenant, &user)?,
        expires_at: platform.now().plus(claims.life()),
    })
}

/// Somebody of the caller's own team.
async fn member(platform: &Platform, caller: &Caller, id: &str) -> Result<UserRecord, Error> {
    let id = id.parse().map_err(|_| NO_USER)?;
    platform
        .store()
        .user(&caller.tenant, id)
        .await?
        .ok_or(NO_USER)
}

fn is_self(caller: &Caller, user: &UserRecord) -> bool {
    caller.actor == Actor::User(user.id)
}

/// Whether the caller may make somebody this.
fn may_make(caller: &Caller, role: Role) -> Result<(), Error> {
    if role == Role::SuperAdmin {
        return Err(Error::Forbidden {
            message: "the operator's command line alone makes a Super Admin".to_owned(),
            code: "super_admin_by_command",
        });
    }
    may_get_hold_of(caller, role)
}

/// Whether the caller may get hold of somebody of this role.
fn may_get_hold_of(caller: &Caller, role: Role) -> Result<(), Error> {
    if let Some(scope) = caller.scopes.first_beyond(&Scopes::all()) {
        return Err(Error::Forbidden {
            message: format!("a key without the scope {scope} cannot change who may do everything"),
            code: "scope_exceeds_own",
        });
    }
    if role > caller.role {
        return Err(Error::Forbidden {
            message: format!("the role {} is above yours", role.name()),
            code: "above_own_role",
        });
    }
    Ok(())
}

/// A role by its name.
fn parse_role(name: &str) -> Result<Role, Error> {
    let role = Role::ALL.into_iter().find(|role| role.name() == name);
    role.ok_or_else(|| {
        let error = "role: must be `agent`, `manager` or `admin`";
        Error::invalid("invalid_role", error)
    })
}

/// What somebody is to be, where that is another thing than what they are.
fn state_of(user: &UserRecord, enabled: Option<bool>) -> Result<Option<UserState>, Error> {
    match (user.state, enabled) {
        (UserState::Invited, Some(_)) => Err(Error::Conflict {
            message: "who was invited has not come yet: remove them to take the invitation back"
                .to_owned(),
            code: "user_not_active",
        }),
        (UserState::Active, Some(false)) => Ok(Some(UserState::Disabled)),
        (UserState::Disabled, Some(true)) => Ok(Some(UserState::Active)),
        _ => Ok(None),
    }
}

/// What an act tells of a change. Names are people's own and stay out of it.
fn told(change: &UserChange) -> Map<String, Value> {
    let mut told = Map::new();
    if change.name.is_some() {
        told.insert("name".to_owned(), json!(true));
    }
    if let Some(role) = change.role {
        told.insert("role".to_owned(), json!(role.name()));
    }
    if let Some(state) = change.state {
        told.insert("state".to_owned(), json!(state.name()));
    }
    told
}

fn last_admin() -> Error {
    Error::Conflict {
        message: "they are the last Admin: make somebody else one first".to_owned(),
        code: "last_admin",
    }
}

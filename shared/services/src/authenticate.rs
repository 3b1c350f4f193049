//! Who calls, and what they may.

use std::fmt;

use openwati_core::api_key::ApiKey;
use openwati_core::id::Id;
use openwati_core::plan::Plan;
use openwati_core::rate::RateLimit;
use openwati_core::role::Role;
use openwati_core::scope::{Access, Area, Scopes};
use openwati_core::session::{self, unverified_issuer};
use openwati_core::tenant::TenantId;
use openwati_store::api_key::KeyUse;
use openwati_store::user::{SessionUse, UserRecord, UserRef};
use serde_json::json;

use crate::audit;
use crate::error::Error;
use crate::oidc::Identity;
use crate::platform::Platform;

/// What a plan must allow before a caller is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// The plan's REST API: keys on WATI Pro's paths.
    RestApi,
    /// Nothing: a person who is logged in.
    Nothing,
}

/// Who does what the caller asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A program, with an API key.
    Key(Id),
    /// Somebody of the team.
    User(Id),
    /// A Super Admin who entered a tenant that is not theirs.
    SuperAdmin {
        /// The own tenant.
        tenant: TenantId,
        /// The own user.
        user: Id,
    },
}

/// As logs and the audit log name it: `key:<id>`, `user:<id>`, `super_admin:<tenant>/<id>`.
impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(id) => write!(f, "key:{id}"),
            Self::User(id) => write!(f, "user:{id}"),
            Self::SuperAdmin { tenant, user } => write!(f, "super_admin:{tenant}/{user}"),
        }
    }
}

/// Somebody who was let in.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Whose data they may see.
    pub tenant: TenantId,
    /// Who they are.
    pub actor: Actor,
    /// The session that they are logged in by; none for a key, for an issuer's token, and in a tenant that was entered.
    pub session: Option<Id>,
    /// What they may do.
    pub role: Role,
    /// What their key may be used for; a person's session covers all.
    pub scopes: Scopes,
    /// Where they stand in their minute.
    pub rate: RateLimit,
    /// What the plan must allow.
    pub gate: Gate,
}

/// Lets in who came with `credential`, by its form: an API key, which passes `gate`, or a token of a person's, of this
/// installation's own or of an issuer's that the operator named. The request is counted.
///
/// # Errors
/// As [`by_api_key`], [`by_session`] and [`by_oidc`]; [`Error::Unauthorized`] for what has another form.
pub async fn bearer(platform: &Platform, credential: &str, gate: Gate) -> Result<Caller, Error> {
    match unverified_issuer(credential) {
        None => by_api_key(platform, credential, gate).await,
        Some(issuer) if issuer == session::ISSUER => by_session(platform, credential).await,
        Some(issuer) if platform.oidc().knows(&issuer) => by_oidc(platform, credential).await,
        Some(_) => Err(Error::Unauthorized),
    }
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
            actor: Actor::Key(record.id),
            session: None,
            role: record.role,
            scopes: Scopes::from_stored(record.scopes),
            rate,
            gate,
        }),
        KeyUse::Full(rate) => Err(Error::RateLimited(rate)),
        KeyUse::Refused => Err(Error::Unauthorized),
    }
}

/// Lets in who is logged in with this access token, and counts the request.
///
/// # Errors
/// [`Error::Unauthorized`] for a token that is none, has ended, or whose session or user is over; [`Error::RateLimited`].
pub async fn by_session(platform: &Platform, token: &str) -> Result<Caller, Error> {
    let now = platform.now();
    let access = platform
        .session_keys()?
        .verify::<session::Access>(token, now)
        .ok_or(Error::Unauthorized)?;
    let session::Access {
        tenant,
        user,
        session,
        entered,
    } = access;
    let used = platform
        .store()
        .use_session(&tenant, user, session, now)
        .await?;
    let caller = person(tenant, used)?;
    match entered {
        None => Ok(Caller {
            session: Some(session),
            ..caller
        }),
        Some(entered) if caller.role == Role::SuperAdmin => Ok(Caller {
            actor: Actor::SuperAdmin {
                tenant: caller.tenant,
                user,
            },
            tenant: entered,
            role: Role::Admin,
            ..caller
        }),
        // They were made less since.
        Some(_) => Err(Error::Unauthorized),
    }
}

/// Lets in whom an issuer's token is about, and counts the request. Who comes by the issuer for the first time is who
/// was invited by the address that the issuer vouches for; afterwards the issuer's own name for them tells, whatever
/// their address becomes.
///
/// # Errors
/// [`Error::Unauthorized`] for a token that is not good, and for who was not invited; [`Error::RateLimited`];
/// [`Error::Unavailable`] if the issuer's keys cannot be read.
pub async fn by_oidc(platform: &Platform, token: &str) -> Result<Caller, Error> {
    let now = platform.now();
    let identity = platform.oidc().verify(token, now).await?;
    let known = platform
        .store()
        .find_oidc(&identity.issuer, &identity.subject)
        .await?;
    let UserRef { tenant, user } = match known {
        Some(known) => known,
        None => link(platform, &identity).await?,
    };
    let used = platform.store().use_user(&tenant, user, now).await?;
    person(tenant, used)
}

/// Makes an issuer's subject the one who was invited by its address.
async fn link(platform: &Platform, identity: &Identity) -> Result<UserRef, Error> {
    let store = platform.store();
    let email = identity.verified_email.as_ref().ok_or_else(not_invited)?;
    let invited = store.find_email(email).await?.ok_or_else(not_invited)?;
    let user = store.user(&invited.tenant, invited.user).await?;
    // Who signed up with somebody else's address would keep the password to what becomes theirs. And whoever may enter every
    // tenant is not to be had by an issuer's word about an address.
    let may_be = |user: &UserRecord| !user.unproven && user.role != Role::SuperAdmin;
    let user = user.filter(may_be).ok_or_else(not_invited)?;
    let details = json!({ "issuer": identity.issuer });
    let actor = Actor::User(user.id);
    let act = audit::by(platform, actor, "user.linked", user.id, details);
    let subject = (identity.issuer.as_str(), identity.subject.as_str());
    let linked = store
        .link_oidc(&invited.tenant, &user, subject, platform.now(), &act)
        .await?;
    if linked {
        return Ok(invited);
    }
    // The same person's first requests may have come together.
    let known = store.find_oidc(subject.0, subject.1).await?;
    known.ok_or_else(not_invited)
}

/// Whoever else an issuer vouches for is a stranger here, like a key that nobody made.
fn not_invited() -> Error {
    tracing::info!("nobody was invited by a verified address of an issuer's token");
    Error::Unauthorized
}

/// A person of a team, who may do all that their role allows.
fn person(tenant: TenantId, used: SessionUse) -> Result<Caller, Error> {
    let (UserRecord { id, role, .. }, rate) = match used {
        SessionUse::Counted(user, rate) => (user, rate),
        SessionUse::Full(rate) => return Err(Error::RateLimited(rate)),
        SessionUse::Refused => return Err(Error::Unauthorized),
    };
    Ok(Caller {
        tenant,
        actor: Actor::User(id),
        session: None,
        role,
        scopes: Scopes::all(),
        rate,
        gate: Gate::Nothing,
    })
}

impl Caller {
    /// Whether the caller's key may be used for this, and the caller's role allows it.
    ///
    /// # Errors
    /// [`Error::Forbidden`], naming the scope that is missing, or the role.
    pub fn require(&self, area: Area, access: Access) -> Result<(), Error> {
        self.require_scope(area, access)?;
        if !self.role.may(area, access) {
            return Err(self.missing_role());
        }
        Ok(())
    }

    /// Whether the caller's key may be used for this, whatever the caller's role: for what the use case allows by what it
    /// is about.
    ///
    /// # Errors
    /// [`Error::Forbidden`], naming the scope that is missing.
    pub fn require_scope(&self, area: Area, access: Access) -> Result<(), Error> {
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
    pub fn require_role(&self, role: Role) -> Result<(), Error> {
        if self.role >= role {
            return Ok(());
        }
        Err(self.missing_role())
    }

    fn missing_role(&self) -> Error {
        Error::Forbidden {
            message: format!("the role {} does not allow it", self.role.name()),
            code: "missing_role",
        }
    }

    /// Whether the plan lets the caller in by the way they came.
    pub(crate) fn pass(&self, plan: &Plan) -> Result<(), Error> {
        match self.gate {
            Gate::RestApi if !plan.rest_api => Err(Error::Forbidden {
                message: format!("the plan {} has no REST API", plan.name),
                code: "plan_has_no_api",
            }),
            Gate::RestApi | Gate::Nothing => Ok(()),
        }
    }
}

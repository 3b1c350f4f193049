//! Sign-up: into a team by its invitation, or into a tenant of one's own.

use std::net::IpAddr;

use openwati_core::id::Id;
use openwati_core::role::Role;
use openwati_core::secret::Secret;
use openwati_core::session::Invitation;
use openwati_core::tenant::TenantId;
use openwati_store::tenant::TenantRecord;
use openwati_store::user::{Created, Sessions, USER_PER_MINUTE, UserRecord, UserState};
use serde_json::json;

use super::login::begin;
use super::setup::SignUpMode;
use super::tokens::Tokens;
use super::tries::take_of_address;
use super::{checked_email, checked_name, checked_password, hash};
use crate::audit;
use crate::authenticate::Actor;
use crate::error::Error;
use crate::platform::Platform;

/// Somebody who signs up.
#[derive(Debug, Clone)]
pub struct SignUp {
    /// The token of an invitation; without it a tenant is made.
    pub invitation: Option<Secret<String>>,
    /// Their address; an invitation has it already.
    pub email: Option<String>,
    /// What they are called; an invitation may have it already.
    pub name: Option<String>,
    /// What they log in with from now on.
    pub password: Secret<String>,
    /// What their tenant is called; without it, as they are.
    pub company: Option<String>,
    /// Where the request comes from.
    pub address: Option<IpAddr>,
    /// What sends it, as it calls itself.
    pub agent: Option<String>,
}

/// Makes somebody of a team, or an Admin with a tenant of their own, and lets them in.
///
/// # Errors
/// [`Error::Forbidden`] where nobody may make a tenant; [`Error::Conflict`] for an address that somebody has;
/// [`Error::Invalid`], by name; [`Error::TooManyTries`].
pub async fn sign_up(platform: &Platform, new: SignUp) -> Result<Tokens, Error> {
    take_of_address(platform, new.address).await?;
    let agent = new.agent.clone();
    let (tenant, user) = match &new.invitation {
        Some(token) => join(platform, token, &new).await?,
        None => found(platform, &new).await?,
    };
    let session = begin(platform, &tenant, &user, agent).await?;
    Tokens::of(platform, &tenant, &user, session, 0)
}

/// Joins the team that somebody was invited to.
async fn join(
    platform: &Platform,
    token: &Secret<String>,
    new: &SignUp,
) -> Result<(TenantId, UserRecord), Error> {
    let now = platform.now();
    let claims = platform
        .session_keys()?
        .verify::<Invitation>(token.expose(), now)
        .ok_or_else(dead)?;
    let tenant = claims.tenant;
    let store = platform.store();
    let user = store.user(&tenant, claims.user).await?;
    let user = user
        .filter(|user| user.state == UserState::Invited && user.invitation == claims.generation);
    let user = user.ok_or_else(dead)?;
    let name = match &new.name {
        Some(name) => checked_name("name", name)?,
        None => user.name.clone(),
    };
    let password = checked_password("password", &new.password, &user.email)?;
    let hash = hash(platform, password).await?;
    let actor = Actor::User(user.id);
    let act = audit::by(
        platform,
        actor,
        "user.joined",
        user.id,
        json!({"role": user.role.name()}),
    );
    let accepted = store.accept_invitation(&tenant, &user, &name, &hash, now, &act);
    if !accepted.await? {
        return Err(dead());
    }
    let user = UserRecord {
        name,
        state: UserState::Active,
        password_version: user.password_version + 1,
        invited_until: None,
        ..user
    };
    Ok((tenant, user))
}

/// Makes a tenant, whose Admin they are.
async fn found(platform: &Platform, new: &SignUp) -> Result<(TenantId, UserRecord), Error> {
    let accounts = platform.accounts();
    match accounts.sign_up {
        SignUpMode::Open => {}
        SignUpMode::Invite => {
            return Err(Error::Forbidden {
                message:
                    "accounts are made by invitation: ask the operator of this installation for one"
                        .to_owned(),
                code: "sign_up_by_invitation",
            });
        }
        SignUpMode::Closed => {
            return Err(Error::Forbidden {
                message: "sign-up is closed on this installation".to_owned(),
                code: "sign_up_closed",
            });
        }
    }
    let needed = |field: &str| Error::invalid("invalid_request", format!("{field}: is required"));
    let email = checked_email(new.email.as_deref().ok_or_else(|| needed("email"))?)?;
    let name = checked_name("name", new.name.as_deref().ok_or_else(|| needed("name"))?)?;
    let company = match &new.company {
        Some(company) => checked_name("company", company)?,
        None => name.clone(),
    };
    let password = checked_password("password", &new.password, &email)?;
    let hash = hash(platform, password).await?;
    let now = platform.now();
    let tenant = TenantRecord {
        tenant: TenantId::new(platform.entropy()),
        name: company,
        plan: accounts.plan.clone(),
        default_country: None,
        billing_anchor_minutes: 0,
        moved_day: None,
        retention_days: None,
        suspended_at: None,
        version: 0,
        created_at: now,
    };
    let user = UserRecord {
        id: Id::new(now, platform.entropy()),
        email,
        name,
        role: Role::Admin,
        state: UserState::Active,
        password_hash: Some(hash),
        password_version: 1,
        sessions: Sessions::default(),
        per_minute: USER_PER_MINUTE,
        created_at: now,
        invited_until: None,
        unproven: true,
        invitation: 0,
        oidc: Vec::new(),
    };
    let details = json!({"plan": tenant.plan.name});
    let actor = Actor::User(user.id);
    let act = audit::by(platform, actor, "tenant.signed_up", &tenant.tenant, details);
    let store = platform.store();
    match store
        .create_tenant_with_user(&tenant, &user, &[(&tenant.tenant, &act)])
        .await?
    {
        Created::Yes => Ok((tenant.tenant, user)),
        Created::EmailTaken => Err(email_taken()),
        // Nobody has the new tenant's id by chance twice.
        Created::Full => Err(super::moved()),
    }
}

/// Somebody has the address, here or in another tenant.
pub(crate) fn email_taken() -> Error {
    Error::Conflict {
        message: "somebody has this e-mail address already".to_owned(),
        code: "email_taken",
    }
}

fn dead() -> Error {
    Error::invalid(
        "invalid_invitation",
        "invitation: it was used, revoked or made anew, has ended, or is none: ask for another",
    )
}

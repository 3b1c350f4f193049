//! How a tenant comes to be, with somebody who is invited to be its first Admin.

use openwati_core::email::EmailAddress;
use openwati_core::id::Id;
use openwati_core::plan::{Plan, UNLIMITED};
use openwati_core::role::Role;
use openwati_core::secret::Secret;
use openwati_core::session::{Claims as _, Invitation};
use openwati_core::tenant::TenantId;
use openwati_store::tenant::TenantRecord;
use openwati_store::user::{Created, Sessions, USER_PER_MINUTE, UserRecord, UserState};
use serde_json::json;

use super::acts::Acts;
use super::admit_operator;
use super::plan::{FigureChange, named};
use super::show::Tenant;
use crate::accounts::{checked_email, email_taken, invitation_link};
use crate::authenticate::Caller;
use crate::error::Error;
use crate::idempotency::{Creation, Idempotency, Made, once};
use crate::platform::Platform;
use crate::settings::checked_name;

/// A tenant to be.
#[derive(Debug, Clone)]
pub struct NewTenant {
    /// What it is called.
    pub name: String,
    /// The name of its plan; none is the one without caps.
    pub plan: Option<String>,
    /// Figures of its own, over those of the plan.
    pub figures: FigureChange,
    /// Who is invited to be its Admin.
    pub email: String,
    /// The caller's promise that the same key is the same request.
    pub idempotency: Option<Idempotency>,
}

/// Makes a tenant. The answer holds the link by which its first Admin comes in, within 7 days; it is for them alone.
///
/// # Errors
/// If the caller is no Super Admin; what is wrong, by name; [`Error::Conflict`] for an address that somebody has. With an
/// idempotency key also what became of its first try.
pub async fn create(
    platform: &Platform,
    caller: &Caller,
    new: NewTenant,
    base_url: &str,
) -> Result<Made<(Tenant, Secret<String>)>, Error> {
    admit_operator(caller)?;
    let plan = named(new.plan.as_deref().unwrap_or(UNLIMITED))?;
    let creation = Creating {
        platform,
        caller,
        name: checked_name(&new.name)?,
        plan: new.figures.over(plan),
        email: checked_email(&new.email)?,
        base_url,
    };
    let idempotency = new.idempotency.as_ref();
    once(platform, &caller.tenant, idempotency, &creation).await
}

/// A tenant to be, with everything but its first Admin's id, by which it is made once.
struct Creating<'a> {
    platform: &'a Platform,
    caller: &'a Caller,
    name: String,
    plan: Plan,
    email: EmailAddress,
    base_url: &'a str,
}

impl Creation for Creating<'_> {
    /// The tenant, and the link that invites its Admin.
    type Thing = (Tenant, Secret<String>);

    async fn find(&self, id: Id) -> Result<Option<Self::Thing>, Error> {
        let store = self.platform.store();
        let found = store.find_email(&self.email).await?;
        let Some(found) = found.filter(|found| found.user == id) else {
            return Ok(None);
        };
        let (tenant, user) = tokio::try_join!(
            store.tenant(&found.tenant),
            store.user(&found.tenant, found.user)
        )?;
        let (Some(tenant), Some(user)) = (tenant, user) else {
            return Ok(None);
        };
        let link = invitation_link(self.platform, self.base_url, &found.tenant, &user)?;
        Ok(Some((tenant.into(), link)))
    }

    async fn make(&self, id: Id) -> Result<Self::Thing, Error> {
        let (platform, store) = (self.platform, self.platform.store());
        let now = platform.now();
        let tenant = TenantRecord {
            tenant: TenantId::new(platform.entropy()),
            name: self.name.clone(),
            plan: self.plan.clone(),
            default_country: None,
            billing_anchor_minutes: 0,
            moved_day: None,
            retention_days: None,
            suspended_at: None,
            version: 0,
            created_at: now,
        };
        let mut user = UserRecord {
            id,
            email: self.email.clone(),
            name: self.email.local().to_owned(),
            role: Role::Admin,
            state: UserState::Invited,
            password_hash: None,
            password_version: 0,
            sessions: Sessions::default(),
            per_minute: USER_PER_MINUTE,
            created_at: now,
            invited_until: None,
            unproven: false,
            invitation: 1,
            oidc: Vec::new(),
        };
        let invitation = Invitation {
            tenant: tenant.tenant.clone(),
            user: id,
            generation: user.invitation,
        };
        user.invited_until = Some(now.plus(invitation.life()));
        let details = json!({"name": tenant.name, "plan": tenant.plan.name});
        let new = tenant.tenant.clone();
        let acts = Acts::new(platform, self.caller, &new, "tenant.created", &new, details);
        match store
            .create_tenant_with_user(&tenant, &user, &acts.audits())
            .await?
        {
            Created::Yes => {}
            Created::EmailTaken => return Err(email_taken()),
            // Nobody has the new tenant's id by chance twice.
            Created::Full => return Err(crate::settings::busy()),
        }
        tracing::info!(tenant = %new, "made a tenant");
        let link = invitation_link(platform, self.base_url, &new, &user)?;
        Ok((tenant.into(), link))
    }
}

//! Invitations.

use openwati_core::email::EmailAddress;
use openwati_core::id::Id;
use openwati_core::role::Role;
use openwati_core::session::{Claims as _, Invitation};
use openwati_core::time::Moment;
use openwati_core::{crash_point, secret::Secret};
use openwati_store::outbox::OutboxRecord;
use openwati_store::queues::QueueName;
use openwati_store::user::{Created, Sessions, USER_PER_MINUTE, UserRecord, UserState};
use serde_json::json;

use super::{Link, NO_USER, may_make, member, parse_role};
use crate::accounts::{
    Person, checked_email, checked_name, email_taken, invitation_link, moved, take_invitation,
};
use crate::admit::admit_admin;
use crate::audit;
use crate::authenticate::Caller;
use crate::error::Error;
use crate::idempotency::{Creation, Idempotency, Made, once};
use crate::mail::{self, MailJob};
use crate::platform::Platform;

/// Somebody to be invited.
#[derive(Debug, Clone)]
pub struct NewInvitation {
    /// Their address.
    pub email: String,
    /// What they are called; without it, as the address begins.
    pub name: Option<String>,
    /// The name of what they may do.
    pub role: String,
    /// The caller's promise that the same key is the same request.
    pub idempotency: Option<Idempotency>,
}

/// Somebody who was invited.
#[derive(Debug)]
pub struct Invited {
    /// Who.
    pub person: Person,
    /// What lets them in, for the inviter to hand over; nothing where it is mailed.
    pub link: Option<Link>,
}

/// Invites somebody into the tenant's team. They have a seat from now on.
///
/// # Errors
/// [`Error::Conflict`] for an address that somebody has, and where the plan has no seat left; [`Error::Forbidden`] for a
/// role above the caller's; [`Error::Invalid`], by name; [`Error::TooManyTries`] where too many mails went out.
pub async fn invite(
    platform: &Platform,
    caller: &Caller,
    base_url: &str,
    new: NewInvitation,
) -> Result<Made<Invited>, Error> {
    let tenant = admit_admin(platform, caller).await?;
    let email = checked_email(&new.email)?;
    let role = parse_role(&new.role)?;
    may_make(caller, role)?;
    let name = match &new.name {
        Some(name) => checked_name("name", name)?,
        None => email.local().to_owned(),
    };
    let creation = Inviting {
        platform,
        caller,
        base_url,
        email,
        name,
        role,
        seats: tenant.plan.seats,
    };
    once(
        platform,
        &caller.tenant,
        new.idempotency.as_ref(),
        &creation,
    )
    .await
}

/// Invites somebody again who has not come yet. The link before is dead.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] for who has come; [`Error::Forbidden`] for a role above the caller's;
/// [`Error::TooManyTries`] where too many mails went out.
pub async fn invite_again(
    platform: &Platform,
    caller: &Caller,
    base_url: &str,
    id: &str,
) -> Result<Invited, Error> {
    admit_admin(platform, caller).await?;
    let user = member(platform, caller, id).await?;
    may_make(caller, user.role)?;
    if user.state != UserState::Invited {
        return Err(Error::Conflict {
            message: "they have come already".to_owned(),
            code: "already_joined",
        });
    }
    if platform.accounts().mails {
        take_invitation(platform, &caller.tenant, &user.email).await?;
    }
    let until = lasts_until(platform, caller, user.id);
    let act = audit::act(
        platform,
        caller,
        "user.invited_again",
        user.id,
        json!({"role": user.role.name()}),
    );
    let store = platform.store();
    if !store
        .renew_invitation(&caller.tenant, &user, until, &act)
        .await?
    {
        return match store.user(&caller.tenant, user.id).await? {
            Some(_) => Err(moved()),
            None => Err(NO_USER),
        };
    }
    let user = UserRecord {
        invitation: user.invitation + 1,
        invited_until: Some(until),
        ..user
    };
    if platform.accounts().mails {
        mail::enqueue(platform, &invitation_job(caller, user.id)).await?;
    }
    invited(platform, caller, base_url, &user)
}

/// An invitation to be, with everything but the user's id.
struct Inviting<'a> {
    platform: &'a Platform,
    caller: &'a Caller,
    base_url: &'a str,
    email: EmailAddress,
    name: String,
    role: Role,
    seats: Option<u32>,
}

impl Creation for Inviting<'_> {
    type Thing = Invited;

    async fn find(&self, id: Id) -> Result<Option<Invited>, Error> {
        let user = self.platform.store().user(&self.caller.tenant, id).await?;
        user.map(|user| invited(self.platform, self.caller, self.base_url, &user))
            .transpose()
    }

    async fn make(&self, id: Id) -> Result<Invited, Error> {
        let (platform, tenant) = (self.platform, &self.caller.tenant);
        if platform.accounts().mails {
            take_invitation(platform, tenant, &self.email).await?;
        }
        let user = UserRecord {
            id,
            email: self.email.clone(),
            name: self.name.clone(),
            role: self.role,
            state: UserState::Invited,
            password_hash: None,
            password_version: 0,
            sessions: Sessions::default(),
            per_minute: USER_PER_MINUTE,
            created_at: platform.now(),
            invited_until: Some(lasts_until(platform, self.caller, id)),
            unproven: false,
            invitation: 0,
            oidc: Vec::new(),
        };
        let act = audit::act(
            platform,
            self.caller,
            "user.invited",
            id,
            json!({"role": self.role.name()}),
        );
        let store = platform.store();
        // The mail follows from the invitation: whoever dies in between leaves it to `timers`.
        let outbox = match platform.accounts().mails {
            true => Some(OutboxRecord {
                queue: QueueName::Mail,
                job: mail::job(&invitation_job(self.caller, id))?,
            }),
            false => None,
        };
        let created = store.create_user(tenant, &user, self.seats, outbox.as_ref(), &act);
        match created.await? {
            Created::Yes => {}
            Created::EmailTaken => return Err(email_taken()),
            Created::Full => return Err(no_seat(self.seats)),
        }
        crash_point!("team.invited");
        if let Some(outbox) = outbox {
            let queues = platform.queues()?;
            queues.send(QueueName::Mail, vec![outbox.job]).await?;
            store.remove_outbox(tenant, id).await?;
        }
        invited(platform, self.caller, self.base_url, &user)
    }
}

fn invitation_job(caller: &Caller, user: Id) -> MailJob {
    MailJob::Invitation {
        tenant: caller.tenant.clone(),
        user,
    }
}

/// When an invitation that is made now ends.
fn lasts_until(platform: &Platform, caller: &Caller, user: Id) -> Moment {
    let claims = Invitation {
        tenant: caller.tenant.clone(),
        user,
        generation: 0,
    };
    platform.now().plus(claims.life())
}

/// What the inviter is answered.
fn invited(
    platform: &Platform,
    caller: &Caller,
    base_url: &str,
    user: &UserRecord,
) -> Result<Invited, Error> {
    let shown = !platform.accounts().mails && user.state == UserState::Invited;
    let link = match user.invited_until.filter(|_| shown) {
        Some(expires_at) => {
            let url: Secret<String> = invitation_link(platform, base_url, &caller.tenant, user)?;
            Some(Link { url, expires_at })
        }
        None => None,
    };
    Ok(Invited {
        person: Person::of(user),
        link,
    })
}

fn no_seat(seats: Option<u32>) -> Error {
    let seats = seats.unwrap_or(u32::MAX);
    Error::Conflict {
        message: format!(
            "the plan's cap of {seats} seats is reached; it does not reset: remove somebody, or change the plan"
        ),
        code: "plan_cap_reached",
    }
}

//! Log-in, renewal and log-out.

use std::net::IpAddr;

use openwati_core::email::EmailAddress;
use openwati_core::id::Id;
use openwati_core::password::Password;
use openwati_core::secret::Secret;
use openwati_core::session::Refresh;
use openwati_core::tenant::TenantId;
use openwati_store::user::{NewSession, Turned, UserRecord, UserRef, UserState};
use serde_json::{Value, json};

use super::tokens::Tokens;
use super::tries::{take_of_account, take_of_address};
use super::{LONGEST_AGENT, own, verify};
use crate::audit;
use crate::authenticate::{Actor, Caller};
use crate::error::Error;
use crate::platform::Platform;

/// A try to come in.
#[derive(Debug, Clone)]
pub struct LogIn {
    /// The address that was typed.
    pub email: String,
    /// The password that was typed.
    pub password: Secret<String>,
    /// Where the request comes from.
    pub address: Option<IpAddr>,
    /// What sends it, as it calls itself.
    pub agent: Option<String>,
}

/// Who is asked for where an address is nobody's, so that it takes as long.
const NOBODYS_TENANT: &str = "0000000000";

/// Lets somebody in.
///
/// # Errors
/// [`Error::WrongCredentials`], whatever of them is wrong; [`Error::TooManyTries`].
pub async fn log_in(platform: &Platform, log_in: LogIn) -> Result<Tokens, Error> {
    let email: Option<EmailAddress> = log_in.email.parse().ok();
    // What is no address has no account either, and is limited like one.
    let account = email
        .as_ref()
        .map_or_else(|| "none".to_owned(), EmailAddress::hash);
    take_of_address(platform, log_in.address).await?;
    let (taken, found) = tokio::try_join!(
        take_of_account(platform, account),
        find(platform, email.as_ref())
    )?;
    let (tenant, user) = match found {
        Some((tenant, user)) if user.state == UserState::Active => (tenant, Some(user)),
        Some((tenant, _)) => (tenant, None),
        None => (nobodys_tenant(), None),
    };
    let kept = user.as_ref().and_then(|user| user.password_hash.clone());
    let right = verify(Password::typed(log_in.password.expose()), kept).await?;
    let Some(user) = user.filter(|_| right) else {
        tracing::info!("refused a log-in");
        return Err(Error::WrongCredentials);
    };
    taken.give_back().await;
    let session = begin(platform, &tenant, &user, log_in.agent).await?;
    Tokens::of(platform, &tenant, &user, session, 0)
}

/// Whose an address is. It asks as often where it is nobody's.
async fn find(
    platform: &Platform,
    email: Option<&EmailAddress>,
) -> Result<Option<(TenantId, UserRecord)>, Error> {
    let store = platform.store();
    let found = match email {
        Some(email) => store.find_email(email).await?,
        None => None,
    };
    let known = found.is_some();
    let UserRef { tenant, user } = found.unwrap_or_else(|| UserRef {
        tenant: nobodys_tenant(),
        user: Id::from_bytes([0; 12]),
    });
    let record = store.user(&tenant, user).await?;
    Ok(record.filter(|_| known).map(|record| (tenant, record)))
}

fn nobodys_tenant() -> TenantId {
    NOBODYS_TENANT
        .parse()
        .expect("ten digits are a tenant's id")
}

/// Begins a session of somebody whose password was seen to be right.
pub(super) async fn begin(
    platform: &Platform,
    tenant: &TenantId,
    user: &UserRecord,
    agent: Option<String>,
) -> Result<Id, Error> {
    let now = platform.now();
    let agent = agent.map(|agent| {
        let printable = agent.chars().filter(|c| !c.is_control());
        printable.take(LONGEST_AGENT).collect()
    });
    let session = NewSession {
        id: Id::new(now, platform.entropy()),
        agent,
    };
    let details = json!({ "agent": session.agent });
    let actor = Actor::User(user.id);
    let act = audit::by(platform, actor, "user.logged_in", user.id, details);
    let store = platform.store();
    if !store
        .begin_session(tenant, user, &session, now, &act)
        .await?
    {
        return Err(Error::WrongCredentials);
    }
    tracing::info!(%tenant, user = %user.id, "logged in");
    Ok(session.id)
}

/// Renews the tokens of a session.
///
/// # Errors
/// [`Error::SessionOver`] for a token that is none, was used before, or whose session is over.
pub async fn refresh(platform: &Platform, token: &Secret<String>) -> Result<Tokens, Error> {
    let now = platform.now();
    let claims = platform
        .session_keys()?
        .verify::<Refresh>(token.expose(), now)
        .ok_or(Error::SessionOver)?;
    let Refresh {
        tenant,
        user,
        session,
        generation,
    } = claims;
    let store = platform.store();
    match store
        .turn_session(&tenant, user, session, generation, now)
        .await?
    {
        Turned::Yes(record, generation) => {
            Tokens::of(platform, &tenant, &record, session, generation)
        }
        Turned::Stolen => {
            tracing::warn!(%tenant, %user, "a refresh token came twice: its session is over");
            let actor = Actor::User(user);
            let act = audit::by(
                platform,
                actor,
                "user.session_ended",
                user,
                json!({"reason": "refresh_token_reused"}),
            );
            audit::keep(platform, &tenant, &act).await?;
            Err(Error::SessionOver)
        }
        Turned::Refused => Err(Error::SessionOver),
    }
}

/// Logs somebody out, here or everywhere.
///
/// # Errors
/// [`Error::Forbidden`] for who has no session to end.
pub async fn log_out(platform: &Platform, caller: &Caller, everywhere: bool) -> Result<(), Error> {
    let user = own(platform, caller).await?;
    let (session, details) = match (everywhere, caller.session) {
        (true, _) => (None, json!({"everywhere": true})),
        (false, Some(session)) => (Some(session), Value::Null),
        (false, None) => {
            return Err(Error::Forbidden {
                message: "this token is another issuer's: log out there".to_owned(),
                code: "no_session",
            });
        }
    };
    let act = audit::act(platform, caller, "user.logged_out", user.id, details);
    platform
        .store()
        .end_sessions(&caller.tenant, user.id, session, &act)
        .await?;
    Ok(())
}

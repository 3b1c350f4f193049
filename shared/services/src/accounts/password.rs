//! Passwords: changed by who knows them, and set anew by who does not.

use std::net::IpAddr;

use openwati_core::password::Password;
use openwati_core::secret::Secret;
use openwati_core::session::Reset;
use openwati_store::user::UserState;
use serde_json::Value;

use super::tries::{may_mail, take_of_account, take_of_address};
use super::{TRIES, checked_email, checked_password, hash, moved, own, verify};
use crate::audit;
use crate::authenticate::{Actor, Caller};
use crate::error::Error;
use crate::mail::{self, MailJob};
use crate::platform::Platform;

/// A password for another.
#[derive(Debug, Clone)]
pub struct PasswordChange {
    /// The one that holds.
    pub current: Secret<String>,
    /// The one that is to hold.
    pub new: Secret<String>,
}

/// Changes the password of whoever calls. All their other sessions end.
///
/// # Errors
/// [`Error::WrongCredentials`] for a wrong one; [`Error::Invalid`] for a new one that is not taken;
/// [`Error::TooManyTries`]; [`Error::Forbidden`] for who is no person.
pub async fn change_password(
    platform: &Platform,
    caller: &Caller,
    change: PasswordChange,
) -> Result<(), Error> {
    let user = own(platform, caller).await?;
    let new = checked_password("newPassword", &change.new, &user.email)?;
    let taken = take_of_account(platform, user.email.hash()).await?;
    let kept = user.password_hash.clone();
    if !verify(Password::typed(change.current.expose()), kept).await? {
        return Err(Error::WrongCredentials);
    }
    taken.give_back().await;
    let version = user.password_version;
    let new = hash(platform, new).await?;
    let act = audit::act(
        platform,
        caller,
        "user.password_changed",
        user.id,
        Value::Null,
    );
    let mut user = user;
    for _ in 0..TRIES {
        let set = platform
            .store()
            .set_password(&caller.tenant, &user, &new, caller.session, &act);
        if set.await? {
            return Ok(());
        }
        // Their session may have been renewed in between.
        user = own(platform, caller).await?;
        if user.password_version != version {
            return Err(Error::WrongCredentials);
        }
    }
    Err(moved())
}

/// Lets a link be mailed by which somebody sets their password anew. The answer and its time are the same for addresses
/// that are nobody's: the job looks who it is.
///
/// # Errors
/// [`Error::TooManyTries`]; [`Error::Conflict`] where no mail is sent.
pub async fn forgot_password(
    platform: &Platform,
    email: &str,
    address: Option<IpAddr>,
) -> Result<(), Error> {
    if !platform.accounts().mails {
        return Err(Error::Conflict {
            message: "this installation sends no mail: ask an Admin of your team for a link"
                .to_owned(),
            code: "mail_not_configured",
        });
    }
    take_of_address(platform, address).await?;
    let mailbox = checked_email(email)?.hash();
    if may_mail(platform, &mailbox).await? {
        mail::enqueue(platform, &MailJob::Reset { mailbox }).await?;
    }
    Ok(())
}

/// Sets a password anew by the token of a link. All sessions end, and with the password the token.
///
/// # Errors
/// [`Error::Invalid`] for a token that is none, has ended or was used, and for a password that is not taken;
/// [`Error::TooManyTries`].
pub async fn reset_password(
    platform: &Platform,
    token: &Secret<String>,
    new: &Secret<String>,
    address: Option<IpAddr>,
) -> Result<(), Error> {
    take_of_address(platform, address).await?;
    let claims = platform
        .session_keys()?
        .verify::<Reset>(token.expose(), platform.now())
        .ok_or_else(dead)?;
    let store = platform.store();
    let alive = async || {
        let user = store.user(&claims.tenant, claims.user).await?;
        let user = user.filter(|user| {
            user.state == UserState::Active && user.password_version == claims.password_version
        });
        user.ok_or_else(dead)
    };
    let user = alive().await?;
    let new = checked_password("password", new, &user.email)?;
    let new = hash(platform, new).await?;
    let actor = Actor::User(user.id);
    let act = audit::by(platform, actor, "user.password_reset", user.id, Value::Null);
    let set = store.set_password(&claims.tenant, &user, &new, None, &act);
    match set.await? {
        true => Ok(()),
        false => Err(dead()),
    }
}

fn dead() -> Error {
    Error::invalid(
        "invalid_reset",
        "token: the link was used, has ended, or is none: ask for another",
    )
}

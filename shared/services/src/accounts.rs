//! Coming in: sign-up, log-in, and what people do to the own account.
//!
//! Whoever has nothing to show yet is limited before anything is looked at, by the address that they come from; who tries
//! passwords or has mails sent also by the account that they name. Neither answer nor time tells them whether there is
//! such an account: only a sign-up does, where anybody may make a tenant, because an address is one person's alone.

mod login;
mod password;
mod setup;
mod show;
mod signup;
mod tokens;
mod tries;

use openwati_core::email::EmailAddress;
use openwati_core::password::Password;
use openwati_core::secret::Secret;
use openwati_store::user::UserRecord;
use tokio::sync::Semaphore;

use crate::authenticate::{Actor, Caller};
use crate::error::Error;
use crate::platform::Platform;

pub use login::{LogIn, log_in, log_out, refresh};
pub use password::{PasswordChange, change_password, forgot_password, reset_password};
pub use setup::{Accounts, BadAccounts, SignUpMode};
pub use show::{Me, Person, TenantShown, me};
pub use signup::{SignUp, sign_up};
pub use tokens::Tokens;

pub(crate) use signup::email_taken;
pub(crate) use tokens::{invitation_link, reset_link};
pub(crate) use tries::take_invitation;

/// The longest name of somebody, in Unicode characters.
const LONGEST_NAME: usize = 100;

/// Characters that are kept of what somebody logs in with, as it calls itself: each request of the session writes it.
const LONGEST_AGENT: usize = 60;

/// How often something is tried again when somebody else changes the same person.
pub(crate) const TRIES: usize = 5;

/// What came of trying too often while others changed the same.
pub(crate) fn moved() -> Error {
    Error::Conflict {
        message: "others are changing the same at this moment: try again".to_owned(),
        code: "changed_meanwhile",
    }
}

/// An address that somebody gave.
pub(crate) fn checked_email(text: &str) -> Result<EmailAddress, Error> {
    text.parse()
        .map_err(|error| Error::invalid("invalid_email", format!("email: {error}")))
}

/// A name that somebody gave.
pub(crate) fn checked_name(field: &str, name: &str) -> Result<String, Error> {
    let name = name.trim();
    let fits = (1..=LONGEST_NAME).contains(&name.chars().count());
    if !fits || name.chars().any(char::is_control) {
        let error = format!("{field}: must have 1 to {LONGEST_NAME} characters, none of control");
        return Err(Error::invalid("invalid_name", error));
    }
    Ok(name.to_owned())
}

fn checked_password(
    field: &str,
    text: &Secret<String>,
    email: &EmailAddress,
) -> Result<Password, Error> {
    Password::chosen(text.expose(), email)
        .map_err(|error| Error::invalid("invalid_password", format!("{field}: {error}")))
}

/// Passwords that one process works on at a time: each takes 19 MiB and a processor.
static AT_A_TIME: Semaphore = Semaphore::const_new(4);

/// Whether a password is somebody's.
async fn verify(typed: Password, kept: Option<Secret<String>>) -> Result<bool, Error> {
    hard(move || typed.is(kept.as_ref())).await
}

/// What is kept of a password.
pub(crate) async fn hash(platform: &Platform, password: Password) -> Result<Secret<String>, Error> {
    let entropy = platform.entropy().clone();
    hard(move || password.hash(&entropy)).await
}

/// Does what keeps a processor busy on a thread that may be.
async fn hard<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    let _place = AT_A_TIME.acquire().await;
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| Error::Internal(Box::new(error)))
}

/// Whoever calls as a person, as they are now.
async fn own(platform: &Platform, caller: &Caller) -> Result<UserRecord, Error> {
    let Actor::User(id) = caller.actor else {
        return Err(Error::Forbidden {
            message: "only a person who is logged in can do this for themselves".to_owned(),
            code: "not_a_person",
        });
    };
    let user = platform.store().user(&caller.tenant, id).await?;
    user.ok_or(Error::Unauthorized)
}

//! What became of the callbacks of a channel, for its owner.

use openwati_core::time::Moment;
use openwati_store::callback_log::CallbackOutcome;

use super::{own, words};
use crate::admit::admit_admin;
use crate::authenticate::Caller;
use crate::error::Error;
use crate::platform::Platform;

/// The stable names of why a callback was not taken, and what people know them by.
pub(crate) mod reasons {
    /// The signature is not that of an app of the tenant.
    pub(crate) const INVALID_SIGNATURE: &str = "invalid_signature";
    /// There is no signature.
    pub(crate) const NO_SIGNATURE: &str = "no_signature";
    /// What is signed is not JSON.
    pub(crate) const INVALID_JSON: &str = "invalid_json";
    /// It is about a number that no channel of the app has.
    pub(crate) const UNKNOWN_NUMBER: &str = "unknown_number";
    /// The handshake showed another verify token.
    pub(crate) const WRONG_TOKEN: &str = "wrong_verify_token";

    /// As the documentation and Meta's words name it.
    pub(crate) fn title(code: &str) -> &'static str {
        match code {
            INVALID_SIGNATURE => "Invalid signature",
            NO_SIGNATURE => "No signature",
            INVALID_JSON => "Invalid JSON",
            UNKNOWN_NUMBER => "Unknown number",
            WRONG_TOKEN => "Wrong verify token",
            _ => "Refused",
        }
    }
}

/// How many are shown.
const SHOWN: usize = 100;

/// A callback, or several alike, as they are shown.
#[derive(Debug, Clone)]
pub struct LoggedCallback {
    /// When the last of them came.
    pub at: Moment,
    /// What became of it.
    pub outcome: CallbackOutcome,
    /// The stable name of the reason.
    pub code: Option<String>,
    /// The same for people: `Invalid signature`.
    pub reason: Option<&'static str>,
    /// What to do about it.
    pub help: Option<&'static str>,
    /// For how many it stands.
    pub count: u32,
}

/// The newest callbacks of a channel, taken or refused: those of which nobody can tell the channel are of each.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn callbacks(
    platform: &Platform,
    caller: &Caller,
    id: &str,
) -> Result<Vec<LoggedCallback>, Error> {
    admit_admin(platform, caller).await?;
    let channel = own(platform, caller, id).await?.id;
    let store = platform.store();
    let log = store
        .callback_log(&caller.tenant, platform.now(), SHOWN, |entry| {
            entry.channel.is_none_or(|of| of == channel)
        })
        .await?;
    let shown = log.into_iter().map(|entry| LoggedCallback {
        at: entry.id.moment(),
        outcome: entry.outcome,
        reason: entry.reason.as_deref().map(reasons::title),
        help: entry.reason.as_deref().map(words::help),
        code: entry.reason,
        count: entry.count,
    });
    Ok(shown.collect())
}

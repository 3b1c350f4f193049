//! The numbers of a tenant: how one is connected, looked after and taken away again, and which one sends.

mod ask;
mod callbacks;
mod change;
mod check;
mod choose;
mod connect;
mod problem;
mod remove;
mod secrets;
mod set;
mod show;
mod subscribe;
mod words;

use openwati_core::id::Id;
use openwati_store::channel::ChannelRecord;

use crate::admit::admit_admin;
use crate::authenticate::Caller;
use crate::error::Error;
use crate::platform::Platform;

pub use callbacks::{LoggedCallback, callbacks};
pub use change::{Change, change};
pub use check::{Check, check};
pub use connect::{NewChannel, connect};
pub use problem::Problem;
pub use remove::remove;
pub use show::{Channel, ChannelPage, Connected};

pub(crate) use callbacks::reasons;
pub(crate) use choose::choose;
pub(crate) use secrets::{SecretField, context, open};

/// There is no channel of this id.
const NO_CHANNEL: Error = Error::NotFound { what: "channel" };

/// Where Meta posts what concerns the caller's tenant; `base_url` is where the outside reaches the API.
fn callback_url(caller: &Caller, base_url: &str) -> String {
    format!("{base_url}/api/public/cloud-api-webhook/{}", caller.tenant)
}

/// A page of the tenant's channels, oldest first.
///
/// # Errors
/// If the caller may not see them.
pub async fn list(
    platform: &Platform,
    caller: &Caller,
    base_url: &str,
    limit: usize,
    after: Option<Id>,
) -> Result<ChannelPage, Error> {
    let (_, all) = set::read(platform, caller).await?;
    let later = all
        .into_iter()
        .filter(|channel| after.is_none_or(|after| channel.id > after));
    let url = callback_url(caller, base_url);
    let mut channels: Vec<Channel> = later.map(|record| Channel::new(record, &url)).collect();
    let more = channels.len() > limit;
    channels.truncate(limit);
    let next = channels.last().map(|last| last.id).filter(|_| more);
    Ok(ChannelPage { channels, next })
}

/// One channel, with its verify token.
///
/// # Errors
/// [`Error::NotFound`] where the tenant has none of this id.
pub async fn find(
    platform: &Platform,
    caller: &Caller,
    base_url: &str,
    id: &str,
) -> Result<Channel, Error> {
    admit_admin(platform, caller).await?;
    let record = own(platform, caller, id).await?;
    Channel::with_token(platform, caller, record, base_url)
}

/// The caller's own channel of this id.
async fn own(platform: &Platform, caller: &Caller, id: &str) -> Result<ChannelRecord, Error> {
    let id: Id = id.parse().map_err(|_| NO_CHANNEL)?;
    let found = platform.store().channel(&caller.tenant, id).await?;
    found.ok_or(NO_CHANNEL)
}

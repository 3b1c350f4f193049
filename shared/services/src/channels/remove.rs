//! How a number is taken away.

use serde_json::json;

use super::ask::OpenKeys;
use super::subscribe::unsubscribe;
use super::{NO_CHANNEL, callback_url, set};
use crate::audit;
use crate::authenticate::Caller;
use crate::error::Error;
use crate::platform::Platform;
use crate::templates;
use openwati_core::id::Id;

/// Removes a channel with its credentials. Its messages stay. If it was the default, the oldest of the others is. Meta is
/// asked to post nothing more of the account, unless another channel of the tenant belongs to it or Meta posts it elsewhere.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn remove(
    platform: &Platform,
    caller: &Caller,
    base_url: &str,
    id: &str,
) -> Result<(), Error> {
    let id: Id = id.parse().map_err(|_| NO_CHANNEL)?;
    for _ in 0..set::TRIES {
        let (tenant, channels) = set::read(platform, caller).await?;
        let gone = channels.iter().find(|channel| channel.id == id);
        let gone = gone.ok_or(NO_CHANNEL)?;
        let heir = set::heir(&channels, id);
        let details = json!({
            "phone_number_id": gone.phone_number_id,
            "phone_number": gone.phone_number.as_str(),
            "default": heir.map(Id::uuid),
        });
        let act = audit::act(platform, caller, "channel.deleted", id, details);
        let store = platform.store();
        if !store.remove_channel(&tenant, id, heir, Some(&act)).await? {
            continue;
        }
        tracing::info!(tenant = %caller.tenant, channel = %id, "deleted a channel");
        let shared = channels
            .iter()
            .any(|channel| channel.id != id && channel.waba_id == gone.waba_id);
        if !shared
            && let Err(error) = templates::forget(platform, &caller.tenant, &gone.waba_id).await
        {
            tracing::warn!(tenant = %caller.tenant, %error, "the next reading forgets an account's templates");
        }
        // A secret that cannot be opened any more keeps nobody from leaving.
        if !shared && let Ok(open) = OpenKeys::of(platform, &caller.tenant, gone) {
            let app_id = gone
                .checked
                .as_ref()
                .and_then(|checked| checked.app_id.as_deref());
            let url = callback_url(caller, base_url);
            unsubscribe(platform, &open.keys(gone), app_id, &url).await;
        }
        return Ok(());
    }
    Err(set::busy())
}

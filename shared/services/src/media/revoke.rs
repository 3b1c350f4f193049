use openwati_core::role::Role;

use crate::admit::admit;
use crate::authenticate::Caller;
use crate::error::Error;
use crate::messages::reach_message;
use crate::platform::Platform;

/// Ends all links to the file of a message that were given out so far. Those that are made from now on are good.
///
/// The message is named by our id (in either spelling) or by WhatsApp's.
///
/// # Errors
/// [`Error::NotFound`] where the tenant has no such message, or it has no file; [`Error::Forbidden`] for an agent, of
/// somebody else's conversation.
pub async fn revoke(platform: &Platform, caller: &Caller, id: &str) -> Result<(), Error> {
    let store = platform.store();
    let tenant = store.tenant(&caller.tenant).await?;
    admit(caller, &tenant.ok_or(Error::Unauthorized)?)?;
    let message = match id.parse() {
        Ok(id) => Some(id),
        Err(_) => store.message_id_of_wamid(&caller.tenant, id).await?,
    };
    let message = message.ok_or(Error::NotFound { what: "message" })?;
    if caller.role == Role::Agent {
        let found = store.message(&caller.tenant, message).await?;
        let found = found.ok_or(Error::NotFound { what: "message" })?;
        reach_message(platform, caller, &found).await?;
    }
    let revoked = store.revoke_media_links(&caller.tenant, message).await?;
    revoked.map(drop).ok_or(Error::NotFound {
        what: "message with a file",
    })
}

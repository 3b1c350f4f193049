//! A person who answers: automations keep quiet for a while.

use std::time::Duration;

use openwati_core::id::Id;
use openwati_core::message::Recipient;
use openwati_core::tenant::TenantId;

use crate::error::Error;
use crate::platform::Platform;

/// A person of the team wrote to a customer: chatbots, the AI and the away message leave the conversation to them for as
/// long as the tenant settled. Rules go on.
///
/// # Errors
/// If the store did not answer.
pub async fn human_replied(
    platform: &Platform,
    tenant: &TenantId,
    peer: &Recipient,
    channel: Id,
) -> Result<(), Error> {
    let store = platform.store();
    let settings = store.automation(tenant).await?.settings;
    let pause = Duration::from_secs(60 * u64::from(settings.human_pause_minutes));
    if pause.is_zero() {
        return Ok(());
    }
    let until = platform.now().plus(platform.pace().real(pause));
    store
        .pause_automations(tenant, peer.as_str(), channel, until)
        .await?;
    Ok(())
}

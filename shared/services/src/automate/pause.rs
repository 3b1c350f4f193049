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
    let (automation, alias) = tokio::join!(store.automation(tenant), store.alias(tenant, peer));
    let minutes = automation?.settings.human_pause_minutes;
    let pause = Duration::from_secs(60 * u64::from(minutes));
    if pause.is_zero() {
        return Ok(());
    }
    // They may have written to another address of the customer than the one under which the conversation lies.
    let peer = alias?.map_or_else(|| peer.clone(), |alias| alias.peer);
    let until = platform.now().plus(platform.pace().real(pause));
    store
        .pause_automations(tenant, peer.as_str(), channel, until)
        .await?;
    Ok(())
}

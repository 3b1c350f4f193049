use std::time::Duration;

use openwati_core::id::Id;
use openwati_core::media_link::MediaLink;
use openwati_core::tenant::TenantId;

use crate::error::Error;
use crate::platform::Platform;

/// How long a link lives.
const LIFE: Duration = Duration::from_hours(7 * 24);

/// A link to the file of a message, good for seven days unless it is revoked: that is when the message's
/// [`link_generation`](openwati_store::message::MediaRecord::link_generation) is not `generation` any more. Until the file is
/// stored it answers 404.
///
/// # Errors
/// If the function has no keys of links, or does not know where the outside reaches the API.
pub fn link(
    platform: &Platform,
    tenant: &TenantId,
    message: Id,
    generation: u32,
) -> Result<String, Error> {
    let path = link_path(platform, tenant, message, generation)?;
    Ok(format!("{}{path}", platform.public_base_url()?))
}

/// What follows the API's own address in a [`link`].
///
/// # Errors
/// If the function has no keys of links.
pub(crate) fn link_path(
    platform: &Platform,
    tenant: &TenantId,
    message: Id,
    generation: u32,
) -> Result<String, Error> {
    let token = platform.link_keys()?.sign(&MediaLink {
        tenant: tenant.clone(),
        message,
        expires_at: platform.now().plus(LIFE),
        generation,
    });
    Ok(format!("/media/{token}"))
}

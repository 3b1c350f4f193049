//! Files that were brought and that no message has.

use openwati_core::tenant::TenantId;
use openwati_store::blobs::content_key;
use openwati_store::data::Place;
use openwati_store::file::UNUSED;

use crate::error::Error;
use crate::platform::Platform;

/// Removes a file that was brought a day ago, unless a message has it: it goes with the last one then. Says whether it went.
///
/// # Errors
/// If the store or the bucket did not answer. The same may be asked for again.
pub(crate) async fn sweep(
    platform: &Platform,
    tenant: &TenantId,
    sha256: &str,
) -> Result<bool, Error> {
    let store = platform.store();
    if is_used(platform, tenant, sha256).await? {
        store.keep_file(tenant, sha256).await?;
        return Ok(false);
    }
    // The bucket first: once it is not written down, nobody finds it again.
    let key = content_key(tenant, sha256);
    platform.blobs()?.remove(vec![key]).await?;
    store.forget_file(tenant, sha256).await?;
    Ok(true)
}

/// Whether a message has the file. It is kept before its message that it has the file, so that whoever died in between left
/// this behind for a message that was never made: that is taken back here.
///
/// # Errors
/// If the store did not answer. The same may be asked for again.
pub(crate) async fn is_used(
    platform: &Platform,
    tenant: &TenantId,
    sha256: &str,
) -> Result<bool, Error> {
    let store = platform.store();
    let uses = Place::MediaUses(sha256.to_owned());
    // Each round but the last removes one.
    loop {
        let used = store.walk(tenant, &uses, None, 1).await?;
        let Some(first) = used.things.first() else {
            return Ok(false);
        };
        let Some(message) = first.id() else {
            return Ok(true);
        };
        let is_on_its_way = message.moment().plus(UNUSED) > platform.now();
        if is_on_its_way || store.message(tenant, message).await?.is_some() {
            return Ok(true);
        }
        store.unuse_media(tenant, sha256, message).await?;
    }
}

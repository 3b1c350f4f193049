//! Files that were brought and that no message has.

use openwati_core::tenant::TenantId;
use openwati_store::blobs::content_key;
use openwati_store::data::Place;

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
    let uses = Place::MediaUses(sha256.to_owned());
    let used = store.walk(tenant, &uses, None, 1).await?;
    if !used.things.is_empty() {
        store.keep_file(tenant, sha256).await?;
        return Ok(false);
    }
    // The bucket first: once it is not written down, nobody finds it again.
    let key = content_key(tenant, sha256);
    platform.blobs()?.remove(vec![key]).await?;
    store.forget_file(tenant, sha256).await?;
    Ok(true)
}

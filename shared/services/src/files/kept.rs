use openwati_core::tenant::TenantId;
use openwati_store::blobs::content_key;

use super::{Brought, Trouble};
use crate::platform::Platform;

/// A file that was brought for a message before, to go as this type, if it is still in the bucket. Nobody is asked for it
/// again, who may have another file by now, or none.
///
/// # Errors
/// If the store did not answer.
pub async fn kept(
    platform: &Platform,
    tenant: &TenantId,
    sha256: &str,
    mime_type: &str,
) -> Result<Option<Brought>, Trouble> {
    let record = platform.store().file(tenant, sha256).await?;
    let stored = record.filter(|record| record.stored);
    Ok(stored.map(|record| Brought {
        sha256: record.sha256.clone(),
        key: content_key(tenant, &record.sha256),
        mime_type: mime_type.to_owned(),
        size: record.size,
        record,
    }))
}

//! A file whose bytes have all come goes to where its digest says.

use openwati_core::media::FileType;
use openwati_store::blobs::content_key;
use openwati_store::file::FileRecord;

use super::bring::Bringer;
use super::trouble::{Later, Trouble};
use crate::media::sink::{Filling, Lies, Whole};

/// Puts the file into the bucket and writes it down; a large one is moved from where it waits.
pub(super) async fn keep(
    bringer: &Bringer<'_>,
    filling: &mut Filling<'_, Trouble>,
    whole: &Whole,
    found: &FileType,
    waiting: &str,
) -> Result<FileRecord, Trouble> {
    let key = content_key(bringer.wanted.tenant, &whole.sha256);
    let written = write_down(bringer, &whole.sha256, whole.size, found).await?;
    if let Lies::AtLargeKey = filling.store(whole, &key).await? {
        let blobs = bringer.platform.blobs()?;
        if !blobs.copy(waiting, &key, &whole.mime_type, None).await? {
            return Err(Later::Gone.into());
        }
        // Whatever stays the lifecycle forgets.
        if let Err(error) = blobs.remove(vec![waiting.to_owned()]).await {
            tracing::warn!(%error, "a file that waited stays for two days");
        }
    }
    stored(bringer, written).await
}

/// Writes a file down before it is in the bucket.
pub(super) async fn write_down(
    bringer: &Bringer<'_>,
    sha256: &str,
    size: u64,
    found: &FileType,
) -> Result<FileRecord, Trouble> {
    let (store, now) = (bringer.platform.store(), bringer.platform.now());
    let tenant = bringer.wanted.tenant;
    let written = store.put_file(tenant, sha256, size, found.found.as_deref(), now);
    Ok(written.await?)
}

/// A file that was written down is in the bucket.
pub(super) async fn stored(
    bringer: &Bringer<'_>,
    written: FileRecord,
) -> Result<FileRecord, Trouble> {
    let store = bringer.platform.store();
    let tenant = bringer.wanted.tenant;
    if !store.file_stored(tenant, &written.sha256).await? {
        return Err(Later::Gone.into());
    }
    Ok(FileRecord {
        stored: true,
        ..written
    })
}

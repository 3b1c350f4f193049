//! A file that its sender put into the bucket.

use openwati_core::id::Id;
use openwati_core::media::{FileType, HEAD};
use openwati_store::blobs::{content_key, upload_key};
use openwati_store::file::FileOrigin;
use sha2::{Digest as _, Sha256};

use super::Source;
use super::bring::{Bringer, Found};
use super::keep::{stored, write_down};
use super::trouble::{Later, Trouble};

/// Finds out what was uploaded, and puts it where its digest says.
pub(super) async fn take_upload(bringer: &Bringer<'_>, id: Id) -> Result<Found, Trouble> {
    let (blobs, wanted) = (bringer.platform.blobs()?, bringer.wanted);
    let from = upload_key(wanted.tenant, id);
    let Some(mut file) = blobs.open(&from).await? else {
        return Err(Source::missing().into());
    };
    let said = file.mime_type.take();
    // Said before it is read: a file that is too large is not.
    let size = file.size;
    if size > wanted.kind.largest() {
        wanted.judge(&FileType::default(), size)?;
    }
    let (mut digest, mut head, mut read) = (Sha256::new(), Vec::new(), 0);
    while let Some(chunk) = file.chunk().await? {
        digest.update(&chunk);
        read += chunk.len() as u64;
        let lacking = HEAD.saturating_sub(head.len()).min(chunk.len());
        head.extend_from_slice(&chunk[..lacking]);
    }
    let found = FileType::of(said.as_deref(), &head);
    wanted.judge(&found, read)?;
    let sha256 = hex::encode(digest.finalize());
    let written = write_down(bringer, &sha256, read, &found).await?;
    let to = content_key(wanted.tenant, &sha256);
    let etag = file.etag.as_deref();
    if !blobs.copy(&from, &to, found.kept_as(), etag).await? {
        // Somebody put another there while this one was read.
        return Err(Later::Gone.into());
    }
    let record = stored(bringer, written).await?;
    let origin = FileOrigin {
        sha256,
        said: found.said,
        etag: None,
        last_modified: None,
        fresh_until: bringer.platform.now(),
    };
    Ok(Found { record, origin })
}

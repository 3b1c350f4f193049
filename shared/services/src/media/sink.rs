use openwati_core::crash_point;
use openwati_core::media::{HEAD, MediaKind};
use openwati_core::tenant::TenantId;
use openwati_store::Blobs;
use openwati_store::blobs::{PART, Upload, content_key};
use sha2::{Digest as _, Sha256};

use super::trouble::Trouble;

/// Takes a file's bytes as they come and puts them into the bucket. At most one part of the file is in memory; a file
/// that is no longer than a part is put in one call.
pub(super) struct Sink<'a> {
    pub(super) blobs: &'a Blobs,
    pub(super) tenant: &'a TenantId,
    pub(super) kind: MediaKind,
    /// The type that was announced.
    pub(super) announced_type: &'a str,
    /// The SHA-256 that was announced, in hex: where a large file goes, which has to be said before its bytes are known.
    pub(super) announced_sha256: Option<&'a str>,
    /// The last part of the name of a large file whose SHA-256 nobody announced.
    pub(super) otherwise: &'a str,
}

/// A file that is in the bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) key: String,
    pub(super) mime_type: String,
    pub(super) size: u64,
}

/// A file of which a part has come.
pub(super) struct Filling<'a> {
    sink: Sink<'a>,
    digest: Sha256,
    size: u64,
    part: Vec<u8>,
    large: Option<Large>,
}

struct Large {
    key: String,
    mime_type: String,
    upload: Upload,
}

impl<'a> Sink<'a> {
    pub(super) fn open(self) -> Filling<'a> {
        Filling {
            sink: self,
            digest: Sha256::new(),
            size: 0,
            part: Vec::new(),
            large: None,
        }
    }
}

impl Filling<'_> {
    pub(super) async fn take(&mut self, mut bytes: &[u8]) -> Result<(), Trouble> {
        self.digest.update(bytes);
        self.size += bytes.len() as u64;
        while !bytes.is_empty() {
            // A whole part goes once more is known to follow: what is left at the end is the last one.
            if self.part.len() == PART {
                self.send_part().await?;
            }
            let (now, later) = bytes.split_at(bytes.len().min(PART - self.part.len()));
            self.part.extend_from_slice(now);
            bytes = later;
        }
        Ok(())
    }

    async fn send_part(&mut self) -> Result<(), Trouble> {
        let large = match &mut self.large {
            Some(large) => large,
            None => {
                let mime_type = self.type_of()?;
                let name = self.sink.announced_sha256.unwrap_or(self.sink.otherwise);
                let key = content_key(self.sink.tenant, name);
                let upload = self.sink.blobs.begin_media(&key, &mime_type).await?;
                self.large.insert(Large {
                    key,
                    mime_type,
                    upload,
                })
            }
        };
        large.upload.part(std::mem::take(&mut self.part)).await?;
        crash_point!("media-download.partly_stored");
        Ok(())
    }

    /// The file's bytes have all come: it is in the bucket, if they are what was announced.
    pub(super) async fn finish(&mut self, announced_size: Option<u64>) -> Result<Kept, Trouble> {
        let sha256 = hex::encode(self.digest.finalize_reset());
        let is_announced = match self.sink.announced_sha256 {
            Some(announced) => announced == sha256,
            None => announced_size.is_none_or(|announced| announced == self.size),
        };
        if !is_announced {
            return Err(Trouble::doubtful(
                "the file that came is not the one that WhatsApp announced",
            ));
        }
        let size = self.size;
        if self.large.is_some() {
            self.send_part().await?;
        }
        let Some(large) = self.large.take() else {
            let mime_type = self.type_of()?;
            let key = content_key(self.sink.tenant, &sha256);
            let body = std::mem::take(&mut self.part);
            self.sink.blobs.put_media(&key, &mime_type, body).await?;
            return Ok(Kept {
                key,
                mime_type,
                size,
            });
        };
        large.upload.complete().await?;
        Ok(Kept {
            key: large.key,
            mime_type: large.mime_type,
            size,
        })
    }

    /// No more comes: what is in the bucket of a large file is given up.
    pub(super) async fn abort(self) {
        if let Some(large) = self.large {
            large.upload.abort().await;
        }
    }

    fn type_of(&self) -> Result<String, Trouble> {
        let head = &self.part[..self.part.len().min(HEAD)];
        Ok(self.sink.kind.type_of(self.sink.announced_type, head)?)
    }
}

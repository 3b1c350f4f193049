//! How a file comes into the bucket whose bytes come one after the other.

use openwati_core::media::HEAD;
use openwati_store::blobs::{PART, Upload};
use openwati_store::{Blobs, StoreError};
use sha2::{Digest as _, Sha256};

/// Takes a file's bytes as they come and puts them into the bucket. At most one part of the file is in memory; a file
/// that is no longer than a part is put in one call.
pub(crate) struct Sink<'a, E> {
    pub(crate) blobs: &'a Blobs,
    /// Where a file goes that is longer than a part, which has to be said before its digest is known.
    pub(crate) large_key: String,
    /// The type that the file is kept as, by its first bytes; or why it is not kept at all.
    pub(crate) type_of: &'a (dyn Fn(&[u8]) -> Result<String, E> + Send + Sync),
}

/// A file of which a part has come.
pub(crate) struct Filling<'a, E> {
    sink: Sink<'a, E>,
    digest: Sha256,
    size: u64,
    head: Vec<u8>,
    part: Vec<u8>,
    large: Option<(String, Upload)>,
}

/// A file that has come whole, and is not in the bucket yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Whole {
    /// The SHA-256 of its bytes, in hex.
    pub(crate) sha256: String,
    /// Its length in bytes.
    pub(crate) size: u64,
    /// Its type.
    pub(crate) mime_type: String,
    /// Its first bytes, at most [`HEAD`] of them.
    pub(crate) head: Vec<u8>,
}

/// Where a file is in the bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lies {
    /// Where it was to go.
    Here,
    /// At the sink's `large_key`.
    AtLargeKey,
}

impl<'a, E: From<StoreError>> Sink<'a, E> {
    pub(crate) fn open(self) -> Filling<'a, E> {
        Filling {
            sink: self,
            digest: Sha256::new(),
            size: 0,
            head: Vec::new(),
            part: Vec::new(),
            large: None,
        }
    }
}

impl<E: From<StoreError>> Filling<'_, E> {
    /// Takes the next bytes. Says whether a part of the file went into the bucket with them.
    pub(crate) async fn take(&mut self, mut bytes: &[u8]) -> Result<bool, E> {
        self.digest.update(bytes);
        self.size += bytes.len() as u64;
        let lacking = HEAD.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend_from_slice(&bytes[..lacking]);
        let mut stored = false;
        while !bytes.is_empty() {
            // A whole part goes once more is known to follow: what is left at the end is the last one.
            if self.part.len() == PART {
                self.send_part().await?;
                stored = true;
            }
            let (now, later) = bytes.split_at(bytes.len().min(PART - self.part.len()));
            self.part.extend_from_slice(now);
            bytes = later;
        }
        Ok(stored)
    }

    /// How many bytes have come.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    async fn send_part(&mut self) -> Result<(), E> {
        let (_, upload) = match &mut self.large {
            Some(large) => large,
            None => {
                let mime_type = (self.sink.type_of)(&self.head)?;
                let key = &self.sink.large_key;
                let upload = self.sink.blobs.begin_media(key, &mime_type).await?;
                self.large.insert((mime_type, upload))
            }
        };
        Ok(upload.part(std::mem::take(&mut self.part)).await?)
    }

    /// The file's bytes have all come. `check` says of their SHA-256 and number whether they are the right ones, before
    /// their type is judged: that of other bytes says nothing.
    pub(crate) fn seal(
        &mut self,
        check: impl FnOnce(&str, u64) -> Result<(), E>,
    ) -> Result<Whole, E> {
        let sha256 = hex::encode(self.digest.finalize_reset());
        check(&sha256, self.size)?;
        let mime_type = match &self.large {
            Some((mime_type, _)) => mime_type.clone(),
            None => (self.sink.type_of)(&self.head)?,
        };
        Ok(Whole {
            sha256,
            size: self.size,
            mime_type,
            head: std::mem::take(&mut self.head),
        })
    }

    /// Puts the sealed file into the bucket: at `key`, or at the sink's own for large ones.
    pub(crate) async fn store(&mut self, whole: &Whole, key: &str) -> Result<Lies, E> {
        if self.large.is_some() {
            self.send_part().await?;
        }
        match self.large.take() {
            Some((_, upload)) => {
                upload.complete().await?;
                Ok(Lies::AtLargeKey)
            }
            None => {
                let body = std::mem::take(&mut self.part);
                let put = self.sink.blobs.put_media(key, &whole.mime_type, body);
                put.await?;
                Ok(Lies::Here)
            }
        }
    }

    /// No more comes: what is in the bucket of a large file is given up.
    pub(crate) async fn abort(self) {
        if let Some((_, upload)) = self.large {
            upload.abort().await;
        }
    }
}

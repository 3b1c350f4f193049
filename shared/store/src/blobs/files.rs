//! Files that are sent: put there by people themselves, read again, and moved to where their digest says.

use std::time::Duration;

use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::types::MetadataDirective;
use aws_smithy_types::byte_stream::ByteStream;
use futures::{Stream, stream};
use openwati_core::id::Id;
use openwati_core::tenant::TenantId;

use super::Blobs;
use super::media::patient;
use crate::error::StoreError;

/// A piece of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Its bytes.
    Read(bytes::Bytes),
    /// The file is not there, or is another one by now.
    Gone,
}

/// A file that is being read.
#[derive(Debug)]
pub struct Opened {
    /// The type that it was put there with.
    pub mime_type: Option<String>,
    /// Its length in bytes.
    pub size: u64,
    /// What tells this version of it from others.
    pub etag: Option<String>,
    body: ByteStream,
}

impl Opened {
    /// The next piece of the file; `None` after its end.
    ///
    /// # Errors
    /// If it breaks off.
    pub async fn chunk(&mut self) -> Result<Option<bytes::Bytes>, StoreError> {
        self.body.try_next().await.map_err(|_| broken_off())
    }
}

impl Opened {
    /// The file, piece by piece; it ends after an error.
    pub fn into_stream(
        self,
    ) -> impl Stream<Item = Result<bytes::Bytes, StoreError>> + Send + 'static {
        stream::try_unfold(self, |mut opened| async {
            let chunk = opened.chunk().await?;
            Ok(chunk.map(|chunk| (chunk, opened)))
        })
    }
}

fn broken_off() -> StoreError {
    StoreError::Unavailable {
        operation: "reading a file",
        reason: "the body broke off".to_owned(),
    }
}

/// Where somebody puts a file by a link of ours: what begins so the bucket's lifecycle forgets after two days.
pub fn upload_key(tenant: &TenantId, id: Id) -> String {
    format!("uploads/{tenant}/{id}")
}

/// Where a large file waits whose digest is not known before its end. It is forgotten as uploads are.
pub fn waiting_key(tenant: &TenantId, id: Id) -> String {
    format!("uploads/{tenant}/waiting-{id}")
}

/// Where the file lies that an import reads. It is forgotten as uploads are.
pub fn import_key(tenant: &TenantId, import: Id) -> String {
    format!("uploads/{tenant}/import-{import}.csv")
}

impl Blobs {
    /// Up to `length` bytes of a file from the byte `from` on, which has to be before its end; with an `etag` only if the
    /// file is still that one.
    ///
    /// # Errors
    /// If the bucket did not answer, or the piece breaks off.
    pub async fn piece(
        &self,
        key: &str,
        etag: Option<&str>,
        from: u64,
        length: u64,
    ) -> Result<Piece, StoreError> {
        let last = from.saturating_add(length).saturating_sub(1);
        let request = self.client.get_object().bucket(&*self.bucket).key(key);
        let request = request
            .range(format!("bytes={from}-{last}"))
            .set_if_match(etag.map(ToOwned::to_owned));
        match request.send().await {
            // Not every store of objects heeds the condition.
            Ok(object) if etag.is_some() && object.e_tag.as_deref() != etag => Ok(Piece::Gone),
            Ok(object) => {
                let body = object.body.collect().await.map_err(|_| broken_off())?;
                Ok(Piece::Read(body.into_bytes()))
            }
            // 403: as of [`Blobs::open`]. 416: it is shorter, and so another one.
            Err(SdkError::ServiceError(error))
                if matches!(error.raw().status().as_u16(), 403 | 404 | 412 | 416) =>
            {
                Ok(Piece::Gone)
            }
            Err(error) => Err(StoreError::sdk("reading a piece of a file")(error)),
        }
    }

    /// A link by which anybody may put one file of this length and type there, once or again, until it ends. Whoever follows
    /// it says the same type in `Content-Type`; S3 refuses any other length and type. Made without asking the bucket.
    ///
    /// # Errors
    /// If nothing can be signed.
    pub async fn upload_link(
        &self,
        key: &str,
        mime_type: &str,
        size: u64,
        life: Duration,
    ) -> Result<String, StoreError> {
        let operation = "signing a link for an upload";
        let life = PresigningConfig::expires_in(life).map_err(|error| StoreError::Corrupt {
            operation,
            reason: error.to_string(),
        })?;
        let request = self
            .client
            .put_object()
            .bucket(&*self.bucket)
            .key(key)
            .content_type(mime_type)
            .content_length(i64::try_from(size).unwrap_or(i64::MAX));
        let signed = request.presigned(life).await;
        Ok(signed.map_err(StoreError::sdk(operation))?.uri().to_owned())
    }

    /// Begins to read a file; none where it is not there.
    ///
    /// # Errors
    /// If the bucket did not answer.
    pub async fn open(&self, key: &str) -> Result<Option<Opened>, StoreError> {
        let request = self.client.get_object().bucket(&*self.bucket).key(key);
        match request.send().await {
            Ok(object) => Ok(Some(Opened {
                mime_type: object.content_type,
                size: object
                    .content_length
                    .and_then(|length| u64::try_from(length).ok())
                    .unwrap_or_default(),
                etag: object.e_tag,
                body: object.body,
            })),
            // Who may not list the bucket is told 403 of what is not there.
            Err(SdkError::ServiceError(error))
                if matches!(error.raw().status().as_u16(), 403 | 404) =>
            {
                Ok(None)
            }
            Err(error) => Err(StoreError::sdk("reading a file")(error)),
        }
    }

    /// Puts a copy of a file somewhere else, under a type of its own. With an `etag` only if the file is still that one; says
    /// whether it was there.
    ///
    /// # Errors
    /// If the bucket did not answer; the copy may be there then.
    pub async fn copy(
        &self,
        from: &str,
        to: &str,
        mime_type: &str,
        etag: Option<&str>,
    ) -> Result<bool, StoreError> {
        let request = self
            .client
            .copy_object()
            .copy_source(format!("{}/{from}", self.bucket))
            .set_copy_source_if_match(etag.map(ToOwned::to_owned))
            .bucket(&*self.bucket)
            .key(to)
            .metadata_directive(MetadataDirective::Replace)
            .content_type(mime_type);
        let answer = request.customize().config_override(patient()).send().await;
        match answer {
            Ok(_) => Ok(true),
            Err(SdkError::ServiceError(error))
                if matches!(error.raw().status().as_u16(), 403 | 404 | 412) =>
            {
                Ok(false)
            }
            Err(error) => Err(StoreError::sdk("moving a file")(error)),
        }
    }
}

//! Files of messages, by the digest of their bytes.

use std::time::Duration;

use aws_sdk_s3::config::Builder;
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use aws_smithy_types::timeout::TimeoutConfig;
use openwati_core::tenant::TenantId;

use super::Blobs;
use crate::error::StoreError;

/// How long every part of a file is but the last: the least that S3 takes, and the most of a file that is in memory.
pub const PART: usize = 5 << 20;

/// A part takes longer than the little answers that the client's times are made for: 5 MiB in 20 s is 2 Mbit/s.
const PART_ATTEMPT: Duration = Duration::from_secs(20);
const PART_IN_ALL: Duration = Duration::from_secs(45);

/// A file of the bucket as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its type.
    pub mime_type: String,
    /// Its length in bytes.
    pub size: u64,
}

/// What is asked of a file: a signature holds for one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// The file.
    Get,
    /// What is said of it.
    Head,
}

/// How a file is handed out.
#[derive(Debug, Clone, Copy)]
pub struct Handout<'a> {
    /// What for.
    pub asked: Asked,
    /// The type that the answer says.
    pub mime_type: &'a str,
    /// What the answer says that it is for, and its name.
    pub disposition: &'a str,
    /// How long the link lives.
    pub life: Duration,
}

/// A large file on its way into the bucket. Nothing is there before it is completed; one that is neither completed nor
/// aborted, because its process died, is forgotten by the bucket's lifecycle after a day.
#[derive(Debug)]
#[must_use = "an upload that is neither completed nor aborted stays in the bucket for a day"]
pub struct Upload {
    blobs: Blobs,
    key: String,
    id: String,
    parts: Vec<CompletedPart>,
}

/// A file is its tenant's, and for nobody's cache: its link may be revoked.
const CACHED: &str = "private, no-store";

/// Where a file with this SHA-256 (in hex) lies: the same file of a tenant is there once.
pub fn content_key(tenant: &TenantId, sha256: &str) -> String {
    format!("{tenant}/media/{sha256}")
}

impl Blobs {
    /// Puts a file of at most [`PART`] bytes, in one call. Whatever is there by this name is the same file.
    ///
    /// # Errors
    /// If the bucket did not answer.
    pub async fn put_media(
        &self,
        key: &str,
        mime_type: &str,
        body: Vec<u8>,
    ) -> Result<(), StoreError> {
        let request = self
            .client
            .put_object()
            .bucket(&*self.bucket)
            .key(key)
            .content_type(mime_type)
            .body(ByteStream::from(body));
        let answer = request.customize().config_override(patient()).send().await;
        answer.map(drop).map_err(StoreError::sdk("storing a file"))
    }

    /// Begins to put a larger file.
    ///
    /// # Errors
    /// If the bucket did not answer.
    pub async fn begin_media(&self, key: &str, mime_type: &str) -> Result<Upload, StoreError> {
        let operation = "beginning to store a file";
        let request = self
            .client
            .create_multipart_upload()
            .bucket(&*self.bucket)
            .key(key)
            .content_type(mime_type);
        let begun = request.send().await.map_err(StoreError::sdk(operation))?;
        let id = begun.upload_id.ok_or_else(|| StoreError::Corrupt {
            operation,
            reason: "the bucket gave the upload no id".to_owned(),
        })?;
        Ok(Upload {
            blobs: self.clone(),
            key: key.to_owned(),
            id,
            parts: Vec::new(),
        })
    }

    /// What is in the bucket by this name, if anything is.
    ///
    /// # Errors
    /// If the bucket did not answer.
    pub async fn media(&self, key: &str) -> Result<Option<Found>, StoreError> {
        let request = self.client.head_object().bucket(&*self.bucket).key(key);
        match request.send().await {
            Ok(head) => Ok(Some(Found {
                mime_type: head.content_type.unwrap_or_default(),
                size: head
                    .content_length
                    .and_then(|length| u64::try_from(length).ok())
                    .unwrap_or_default(),
            })),
            // Who may not list the bucket is told 403 of what is not there.
            Err(SdkError::ServiceError(error))
                if matches!(error.raw().status().as_u16(), 403 | 404) =>
            {
                Ok(None)
            }
            Err(error) => Err(StoreError::sdk("looking for a file")(error)),
        }
    }

    /// A link to a file that anybody may follow until it ends. Made without asking the bucket.
    ///
    /// # Errors
    /// If nothing can be signed.
    pub async fn media_link(&self, key: &str, handout: Handout<'_>) -> Result<String, StoreError> {
        let operation = "signing a link to a file";
        let unsignable = |reason: String| StoreError::Corrupt { operation, reason };
        let life = PresigningConfig::expires_in(handout.life)
            .map_err(|error| unsignable(error.to_string()))?;
        let signed = match handout.asked {
            Asked::Get => {
                let request = self
                    .client
                    .get_object()
                    .bucket(&*self.bucket)
                    .key(key)
                    .response_content_type(handout.mime_type)
                    .response_content_disposition(handout.disposition)
                    .response_cache_control(CACHED);
                let signed = request.presigned(life).await;
                signed.map_err(StoreError::sdk(operation))
            }
            Asked::Head => {
                let request = self
                    .client
                    .head_object()
                    .bucket(&*self.bucket)
                    .key(key)
                    .response_content_type(handout.mime_type)
                    .response_content_disposition(handout.disposition)
                    .response_cache_control(CACHED);
                let signed = request.presigned(life).await;
                signed.map_err(StoreError::sdk(operation))
            }
        };
        Ok(signed?.uri().to_owned())
    }
}

impl Upload {
    /// Puts the next part: [`PART`] bytes, fewer only of the last one.
    ///
    /// # Errors
    /// If the bucket did not answer; the upload is to be aborted then.
    pub async fn part(&mut self, body: Vec<u8>) -> Result<(), StoreError> {
        let number = i32::try_from(self.parts.len() + 1).unwrap_or(i32::MAX);
        let request = self
            .blobs
            .client
            .upload_part()
            .bucket(&*self.blobs.bucket)
            .key(&self.key)
            .upload_id(&self.id)
            .part_number(number)
            .body(ByteStream::from(body));
        let answer = request.customize().config_override(patient()).send().await;
        let answer = answer.map_err(StoreError::sdk("storing a part of a file"))?;
        let part = CompletedPart::builder()
            .part_number(number)
            .set_e_tag(answer.e_tag)
            .set_checksum_crc32(answer.checksum_crc32);
        self.parts.push(part.build());
        Ok(())
    }

    /// Puts the parts together: from now on the file is there.
    ///
    /// # Errors
    /// If the bucket did not answer; the file may be there then.
    pub async fn complete(self) -> Result<(), StoreError> {
        let parts = CompletedMultipartUpload::builder().set_parts(Some(self.parts));
        let request = self
            .blobs
            .client
            .complete_multipart_upload()
            .bucket(&*self.blobs.bucket)
            .key(&self.key)
            .upload_id(&self.id)
            .multipart_upload(parts.build());
        let answer = request.customize().config_override(patient()).send().await;
        answer
            .map(drop)
            .map_err(StoreError::sdk("putting a file together"))
    }

    /// Forgets the parts. If the bucket does not answer, its lifecycle forgets them.
    pub async fn abort(self) {
        let request = self
            .blobs
            .client
            .abort_multipart_upload()
            .bucket(&*self.blobs.bucket)
            .key(&self.key)
            .upload_id(&self.id);
        if let Err(error) = request.send().await {
            let error = StoreError::sdk("giving up a file")(error);
            tracing::warn!(%error, "an unfinished upload stays until the lifecycle ends it");
        }
    }
}

pub(super) fn patient() -> Builder {
    let timeouts = TimeoutConfig::builder()
        .operation_attempt_timeout(PART_ATTEMPT)
        .operation_timeout(PART_IN_ALL);
    Builder::new().timeout_config(timeouts.build())
}

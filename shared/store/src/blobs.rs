//! The bucket.

mod data;
mod files;
mod media;

use std::sync::Arc;

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;

use crate::OnUse;
use crate::error::StoreError;

pub use data::{export_key, tenant_prefixes, whole_key};
pub use files::{Opened, Piece, import_key, upload_key, waiting_key};
pub use media::{Asked, Found, Handout, PART, Upload, content_key};

/// The bucket and the client that reaches it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Blobs {
    client: OnUse<Client>,
    bucket: Arc<str>,
}

impl Blobs {
    /// The bucket `bucket`, reached by `client`.
    pub fn new(client: impl Into<OnUse<Client>>, bucket: &str) -> Self {
        Self {
            client: client.into(),
            bucket: bucket.into(),
        }
    }

    /// Keeps a job's body that no queue holds, under a key that its lifecycle forgets after 15 days, a day
    /// later than a dead-letter queue forgets the job.
    ///
    /// # Errors
    /// If the bucket did not answer.
    pub async fn put_spilled(&self, name: &str, body: Vec<u8>) -> Result<(), StoreError> {
        let request = self
            .client
            .put_object()
            .bucket(&*self.bucket)
            .key(spill_key(name));
        let answer = request.body(ByteStream::from(body)).send().await;
        answer.map(drop).map_err(StoreError::sdk("spilling a job"))
    }

    /// Keeps something that came in and that no item holds, for as long as the bucket does.
    ///
    /// # Errors
    /// If the bucket did not answer.
    pub async fn put_whole(&self, name: &str, body: Vec<u8>) -> Result<(), StoreError> {
        let request = self
            .client
            .put_object()
            .bucket(&*self.bucket)
            .key(whole_key(name));
        let answer = request.body(ByteStream::from(body)).send().await;
        answer
            .map(drop)
            .map_err(StoreError::sdk("keeping what no item holds"))
    }

    /// A body that was kept by [`Blobs::put_spilled`], at most `largest` bytes of it.
    ///
    /// # Errors
    /// If the bucket did not answer, or holds no such body, or a larger one.
    pub async fn spilled(&self, name: &str, largest: usize) -> Result<Vec<u8>, StoreError> {
        let operation = "reading a spilled job";
        let request = self
            .client
            .get_object()
            .bucket(&*self.bucket)
            .key(spill_key(name));
        let object = request.send().await.map_err(StoreError::sdk(operation))?;
        let length = object.content_length.and_then(|n| usize::try_from(n).ok());
        if length.is_none_or(|length| length > largest) {
            let reason = "it is larger than anything that is spilled".to_owned();
            return Err(StoreError::Corrupt { operation, reason });
        }
        let body = object.body.collect().await;
        body.map(|bytes| bytes.to_vec())
            .map_err(|_| StoreError::Unavailable {
                operation,
                reason: "the body broke off".to_owned(),
            })
    }
}

/// Where what [`Blobs::put_spilled`] keeps lies.
pub fn spill_key(name: &str) -> String {
    format!("spill/{name}")
}

//! Objects by the names that they begin with: listed, removed; and what exports write.

use std::time::Duration;

use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::types::{Delete, ObjectIdentifier};
use openwati_core::id::Id;
use openwati_core::tenant::TenantId;

use super::{Blobs, spill_key};
use crate::error::StoreError;

/// What all objects begin with that are a tenant's: files, what no item held, exports, uploads, what no queue held.
pub fn tenant_prefixes(tenant: &TenantId) -> [String; 5] {
    [
        format!("{tenant}/"),
        whole_key(&format!("{tenant}/")),
        format!("exports/{tenant}/"),
        format!("uploads/{tenant}/"),
        spill_key(&format!("{tenant}/")),
    ]
}

/// Where a file of an export lies: what begins so the bucket's lifecycle forgets after a week.
pub fn export_key(tenant: &TenantId, job: Id, name: &str) -> String {
    format!("exports/{tenant}/{job}/{name}")
}

impl Blobs {
    /// Removes up to a thousand objects whose names begin with this. Answers how many it were; none once there are none.
    ///
    /// # Errors
    /// If the bucket did not answer, or kept one of them. Others may be gone.
    pub async fn remove_some(&self, prefix: &str) -> Result<usize, StoreError> {
        let operation = "listing objects";
        let request = self.client.list_objects_v2().bucket(&*self.bucket);
        let page = request.prefix(prefix).send().await;
        let page = page.map_err(StoreError::sdk(operation))?;
        let keys: Vec<String> = page
            .contents
            .unwrap_or_default()
            .into_iter()
            .filter_map(|object| object.key)
            .collect();
        let count = keys.len();
        self.remove(keys).await?;
        Ok(count)
    }

    /// Removes objects, at most a thousand; those that are not there stay so.
    ///
    /// # Errors
    /// If the bucket did not answer, or kept one of them. Others may be gone.
    pub async fn remove(&self, keys: Vec<String>) -> Result<(), StoreError> {
        if keys.is_empty() {
            return Ok(());
        }
        let operation = "removing objects";
        let objects = keys.into_iter().map(|key| {
            let object = ObjectIdentifier::builder().key(key).build();
            object.expect("the key is given")
        });
        let delete = Delete::builder()
            .set_objects(Some(objects.collect()))
            .quiet(true)
            .build()
            .expect("the objects are given");
        let request = self.client.delete_objects().bucket(&*self.bucket);
        let answer = request.delete(delete).send().await;
        let kept = answer.map_err(StoreError::sdk(operation))?.errors;
        if let Some(error) = kept.unwrap_or_default().into_iter().next() {
            let reason = error.code.unwrap_or_else(|| "no code".to_owned());
            return Err(StoreError::Unavailable { operation, reason });
        }
        Ok(())
    }

    /// Puts a file of an export. Put again it is the same.
    ///
    /// # Errors
    /// If the bucket did not answer.
    pub async fn put_export(
        &self,
        key: &str,
        mime_type: &str,
        body: Vec<u8>,
    ) -> Result<(), StoreError> {
        self.put_media(key, mime_type, body).await
    }

    /// A link to a file of an export, which anybody may follow until it ends. Made without asking the bucket.
    ///
    /// # Errors
    /// If nothing can be signed.
    pub async fn export_link(&self, key: &str, life: Duration) -> Result<String, StoreError> {
        let operation = "signing a link to an export";
        let life = PresigningConfig::expires_in(life).map_err(|error| StoreError::Corrupt {
            operation,
            reason: error.to_string(),
        })?;
        let request = self.client.get_object().bucket(&*self.bucket).key(key);
        let request = request
            .response_content_disposition("attachment")
            .response_cache_control("private, no-store");
        let signed = request.presigned(life).await;
        Ok(signed.map_err(StoreError::sdk(operation))?.uri().to_owned())
    }

    /// What was kept by [`Blobs::put_whole`], at most `largest` bytes of it; none where it is not there, or larger.
    ///
    /// # Errors
    /// If the bucket did not answer.
    pub async fn whole(&self, name: &str, largest: usize) -> Result<Option<Vec<u8>>, StoreError> {
        let operation = "reading what no item holds";
        let request = self.client.get_object().bucket(&*self.bucket);
        let request = request.key(whole_key(name));
        let object = match request.send().await {
            Ok(object) => object,
            Err(error)
                if error
                    .raw_response()
                    .is_some_and(|answer| matches!(answer.status().as_u16(), 403 | 404)) =>
            {
                return Ok(None);
            }
            Err(error) => return Err(StoreError::sdk(operation)(error)),
        };
        let length = object.content_length.and_then(|n| usize::try_from(n).ok());
        if length.is_none_or(|length| length > largest) {
            return Ok(None);
        }
        let body = object.body.collect().await;
        body.map(|bytes| Some(bytes.to_vec()))
            .map_err(|_| StoreError::Unavailable {
                operation,
                reason: "the body broke off".to_owned(),
            })
    }
}

/// Where what [`Blobs::put_whole`] keeps lies.
pub fn whole_key(name: &str) -> String {
    format!("whole/{name}")
}

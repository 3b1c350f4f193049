//! WhatsApp's ids of files: a file that was uploaded once for a number is sent by its id for as long as WhatsApp knows it.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use openwati_core::id::Id;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use serde::{Deserialize, Serialize};

use super::FileRecord;
use crate::error::StoreError;
use crate::item::{at, read, s};
use crate::keys::Key;
use crate::store::{Store, Update, Updated};

/// For what an id is good: a number, and the type that the file was uploaded as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderKey(String);

impl ProviderKey {
    /// The number by Meta's id of it, and the type.
    pub fn new(phone_number_id: &str, mime_type: &str) -> Self {
        Self(format!("{phone_number_id} {mime_type}"))
    }

    /// As [`FileRecord::ids`] has it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// WhatsApp's id of a file, or that somebody is uploading it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ProviderFile {
    /// The id.
    #[serde(default)]
    pub id: Option<String>,
    /// Until when WhatsApp knows it.
    #[serde(default)]
    pub expires_at: Option<Moment>,
    /// Until when somebody may be uploading the file.
    #[serde(default)]
    pub uploading_until: Option<Moment>,
}

impl ProviderFile {
    /// The id, if WhatsApp knows it now.
    pub fn usable(&self, now: Moment) -> Option<&str> {
        let is_known = self.expires_at.is_some_and(|ends| ends > now);
        self.id.as_deref().filter(|_| is_known)
    }
}

/// Who may upload a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProviderLease {
    /// Whoever asked.
    Mine,
    /// Nobody has to: there is an id.
    Known(String),
    /// Somebody else, already.
    Theirs,
    /// Nobody: the file is not written down any more.
    Gone,
}

impl Store {
    /// Lets `uploader` alone upload a file, until `until` or until it says that it is done.
    ///
    /// # Errors
    /// If the store did not answer; nobody may upload it then until `until`.
    pub async fn lease_provider_id(
        &self,
        tenant: &TenantId,
        sha256: &str,
        key: &ProviderKey,
        uploader: Id,
        now: Moment,
        until: Moment,
    ) -> Result<ProviderLease, StoreError> {
        let operation = "beginning to upload a file";
        let lease = AttributeValue::M(HashMap::from([
            ("uploading_until".to_owned(), at(until)),
            ("uploader".to_owned(), s(uploader.hex())),
        ]));
        let update = Update::new(Key::file(tenant, sha256), "SET ids.#key = :lease")
            .condition(
                "attribute_exists(pk) AND (attribute_not_exists(ids.#key) \
                 OR ids.#key.uploading_until <= :now OR ids.#key.expires_at <= :now \
                 OR ids.#key.uploader = :uploader)",
            )
            .name("#key", key.as_str())
            .value(":lease", lease)
            .value(":uploader", s(uploader.hex()))
            .value(":now", at(now));
        let item = match self.update(operation, update).await? {
            Updated::Done(_) => return Ok(ProviderLease::Mine),
            Updated::Refused(None) => return Ok(ProviderLease::Gone),
            Updated::Refused(Some(item)) => item,
        };
        let file: FileRecord = read(operation, item)?;
        let known = file.ids.get(key.as_str()).and_then(|file| file.usable(now));
        Ok(known.map_or(ProviderLease::Theirs, |id| {
            ProviderLease::Known(id.to_owned())
        }))
    }

    /// WhatsApp gave an uploaded file an id, which it knows until `expires_at`.
    ///
    /// # Errors
    /// If the store did not answer; the file is uploaded again then.
    pub async fn provider_id_given(
        &self,
        tenant: &TenantId,
        sha256: &str,
        key: &ProviderKey,
        id: &str,
        expires_at: Moment,
    ) -> Result<(), StoreError> {
        let known = AttributeValue::M(HashMap::from([
            ("id".to_owned(), s(id)),
            ("expires_at".to_owned(), at(expires_at)),
        ]));
        let update = Update::new(Key::file(tenant, sha256), "SET ids.#key = :known")
            .condition("attribute_exists(pk)")
            .name("#key", key.as_str())
            .value(":known", known);
        self.update("keeping WhatsApp's id of a file", update)
            .await?;
        Ok(())
    }

    /// Lets others upload the file: `uploader` could not.
    ///
    /// # Errors
    /// If the store did not answer; others wait until the lease lapses then.
    pub async fn release_provider_id(
        &self,
        tenant: &TenantId,
        sha256: &str,
        key: &ProviderKey,
        uploader: Id,
    ) -> Result<(), StoreError> {
        let update = Update::new(Key::file(tenant, sha256), "REMOVE ids.#key")
            .condition("ids.#key.uploader = :uploader")
            .name("#key", key.as_str())
            .value(":uploader", s(uploader.hex()));
        self.update("leaving an upload to others", update).await?;
        Ok(())
    }

    /// WhatsApp does not know an id of a file. One that it gave since stays.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn forget_provider_id(
        &self,
        tenant: &TenantId,
        sha256: &str,
        key: &ProviderKey,
        id: &str,
    ) -> Result<(), StoreError> {
        let update = Update::new(Key::file(tenant, sha256), "REMOVE ids.#key")
            .condition("ids.#key.#id = :id")
            .name("#key", key.as_str())
            .name("#id", "id")
            .value(":id", s(id));
        self.update("forgetting WhatsApp's id of a file", update)
            .await?;
        Ok(())
    }
}

//! The file of a message: announced, then downloaded or given up.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::ReturnValue;
use openwati_core::id::Id;
use openwati_core::media::{MediaKind, announced_sha256};
use openwati_core::tenant::TenantId;
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::item::{n, read, s, write};
use crate::keys::Key;
use crate::store::{Store, Update, Updated};

/// The file of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaRecord {
    /// What the message is by WhatsApp's word.
    pub kind: MediaKind,
    /// WhatsApp's id of it; empty of a file that went to a customer, which has one at each number that sends it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub provider_id: String,
    /// Its type: what WhatsApp says, and once it is stored what its bytes say.
    pub mime_type: String,
    /// The SHA-256 that WhatsApp announced, in hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// The customer's name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
    /// How far its download has come.
    pub state: MediaState,
    /// Where it lies in the bucket, once it is stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Its length in bytes, once it is stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Why it could not be stored, in words for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How many times its links were revoked: a link of an earlier generation is dead.
    #[serde(default)]
    pub link_generation: u32,
}

/// How far the download of a file has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MediaState {
    /// It is yet to be downloaded.
    Pending,
    /// It is in the bucket.
    Stored,
    /// It will not be.
    Failed,
}

/// A file that is in the bucket.
#[derive(Debug, Clone, Copy)]
pub struct StoredMedia<'a> {
    /// Where.
    pub key: &'a str,
    /// What its bytes say it is.
    pub mime_type: &'a str,
    /// Its length in bytes.
    pub size: u64,
}

/// The longest type and the longest name that are kept, in bytes: an item holds 400 KB, and who knows what comes.
const LONGEST_TYPE: usize = 255;
const LONGEST_NAME: usize = 1024;

impl MediaRecord {
    /// A file that WhatsApp announced, yet to be downloaded. Its SHA-256 may be in base64 or in hex; what is neither is
    /// left out.
    pub fn pending(
        kind: MediaKind,
        provider_id: &str,
        mime_type: &str,
        sha256: Option<&str>,
        file_name: Option<&str>,
    ) -> Self {
        Self {
            kind,
            provider_id: provider_id.to_owned(),
            mime_type: cut(mime_type, LONGEST_TYPE),
            sha256: sha256.and_then(announced_sha256),
            file_name: file_name
                .filter(|name| !name.is_empty())
                .map(|name| cut(name, LONGEST_NAME)),
            state: MediaState::Pending,
            key: None,
            size: None,
            reason: None,
            link_generation: 0,
        }
    }

    /// The record as the attribute `media` of a message has it.
    pub(crate) fn attribute(
        &self,
        operation: &'static str,
    ) -> Result<aws_sdk_dynamodb::types::AttributeValue, StoreError> {
        write(operation, self).map(aws_sdk_dynamodb::types::AttributeValue::M)
    }
}

/// The last part of where a file lies, which tells it from the tenant's others.
pub fn name_of(key: &str) -> &str {
    key.rsplit('/').next().unwrap_or(key)
}

/// At most so many bytes of a text, whole characters.
fn cut(text: &str, bytes: usize) -> String {
    text[..text.floor_char_boundary(bytes)].to_owned()
}

impl Store {
    /// Keeps that a message is about to have a file which is in the bucket. Whoever removes files that no message has must
    /// not find it without, so that this comes before the message.
    ///
    /// # Errors
    /// If the store did not answer. The same may be told again.
    pub async fn use_media(&self, tenant: &TenantId, key: &str, id: Id) -> Result<(), StoreError> {
        let uses = Key::media_use(tenant, name_of(key), id);
        self.put_new("keeping that a file is used", &uses, HashMap::new())
            .await?;
        Ok(())
    }

    /// Takes back that a message was about to have a file.
    ///
    /// # Errors
    /// If the store did not answer; the file stays for as long as the tenant does then.
    pub async fn unuse_media(
        &self,
        tenant: &TenantId,
        key: &str,
        id: Id,
    ) -> Result<(), StoreError> {
        let uses = Key::media_use(tenant, name_of(key), id);
        let condition = "attribute_exists(pk)";
        let operation = "taking back that a file is used";
        self.delete(operation, &uses, condition, HashMap::new())
            .await?;
        Ok(())
    }

    /// The file of a message is in the bucket. It stays there: what is told later changes nothing. Says whether the
    /// message has a file at all.
    ///
    /// # Errors
    /// If the store did not answer. The same may be told again.
    pub async fn media_stored(
        &self,
        tenant: &TenantId,
        id: Id,
        stored: StoredMedia<'_>,
    ) -> Result<bool, StoreError> {
        let operation = "recording that a file is stored";
        self.use_media(tenant, stored.key, id).await?;
        let update = Update::new(
            Key::message(tenant, id),
            "SET media.#state = :stored, media.#key = :key, media.#size = :size, media.mime_type = :type \
             REMOVE media.reason",
        )
        .condition("attribute_exists(media)")
        .name("#state", "state")
        .name("#key", "key")
        .name("#size", "size")
        .value(":stored", s("stored"))
        .value(":key", s(stored.key))
        .value(":size", n(i64::try_from(stored.size).unwrap_or(i64::MAX)))
        .value(":type", s(stored.mime_type));
        let updated = self.update(operation, update).await?;
        Ok(matches!(updated, Updated::Done(_)))
    }

    /// The file of a message will not be in the bucket. One that is there stays there. Says whether the file is given up
    /// now.
    ///
    /// # Errors
    /// If the store did not answer. The same may be told again.
    pub async fn media_failed(
        &self,
        tenant: &TenantId,
        id: Id,
        reason: &str,
    ) -> Result<bool, StoreError> {
        let operation = "recording that a file cannot be had";
        let update = Update::new(
            Key::message(tenant, id),
            "SET media.#state = :failed, media.reason = :reason",
        )
        .condition("attribute_exists(media) AND media.#state <> :stored")
        .name("#state", "state")
        .value(":failed", s("failed"))
        .value(":stored", s("stored"))
        .value(":reason", s(reason));
        let updated = self.update(operation, update).await?;
        Ok(matches!(updated, Updated::Done(_)))
    }

    /// Ends the links to a message's file that were made so far. Answers the generation of those that are made from now
    /// on; none where there is no such message, or it has no file.
    ///
    /// # Errors
    /// If the store did not answer; the links may be dead then.
    pub async fn revoke_media_links(
        &self,
        tenant: &TenantId,
        id: Id,
    ) -> Result<Option<u32>, StoreError> {
        let operation = "revoking links to a file";
        // Made twice it is a generation more, which harms nobody.
        let update = Update::new(
            Key::message(tenant, id),
            "SET media.link_generation = media.link_generation + :one",
        )
        .condition("attribute_exists(media)")
        .value(":one", n(1))
        .returns(ReturnValue::AllNew);
        match self.update(operation, update).await? {
            Updated::Done(item) => {
                let message: super::MessageRecord = read(operation, item)?;
                Ok(message.media.map(|media| media.link_generation))
            }
            Updated::Refused(_) => Ok(None),
        }
    }
}

//! Files that are sent: where they came from, and WhatsApp's ids of them.
//!
//! A file is kept once for a tenant, by the digest of its bytes. It goes with the last message that has it; one that was
//! brought and that no message has is found by the index `due` a day later.

mod provider;

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use openwati_core::id::Id;
use openwati_core::media::FileType;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::error::StoreError;
use crate::item::{at, n, read, s, ttl};
use crate::keys::{DUE_SHARDS, Key, due_shard_name, names};
use crate::store::{Store, Update, Updated};

pub use provider::{ProviderFile, ProviderKey, ProviderLease};

/// For how long it is known where a file came from, after it was looked at there.
pub const SOURCE_KEPT: Duration = Duration::from_hours(30 * 24);

/// How long a file may be kept that no message has.
pub const UNUSED: Duration = Duration::from_hours(24);

/// Where a file comes from, by the digest of that: a URL may hold a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileSourceId(String);

impl FileSourceId {
    /// A URL, in its usual spelling.
    pub fn url(url: &str) -> Self {
        Self(hex::encode(Sha256::digest(format!("url:{url}"))))
    }

    /// What was put into the bucket by a link of ours.
    pub fn upload(id: Id) -> Self {
        Self(hex::encode(Sha256::digest(format!("upload:{id}"))))
    }
}

/// What is known of where a file came from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FileSourceRecord {
    /// What was found there.
    #[serde(default, flatten)]
    pub origin: Option<FileOrigin>,
    /// Until when somebody may be bringing the file.
    #[serde(default)]
    pub bringing_until: Option<Moment>,
}

/// A file as it was found somewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileOrigin {
    /// The SHA-256 of its bytes, in hex.
    pub sha256: String,
    /// What its host said that it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<String>,
    /// Its `ETag`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// Its `Last-Modified`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
    /// Until when its host is not asked again.
    pub fresh_until: Moment,
}

/// Who may bring a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceLease {
    /// Whoever asked. What was known before.
    Mine(FileSourceRecord),
    /// Somebody else, already.
    Theirs(FileSourceRecord),
}

/// A file that is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRecord {
    /// The SHA-256 of its bytes, in hex.
    #[serde(rename = "sk")]
    pub sha256: String,
    /// Its length in bytes.
    pub size: u64,
    /// What its bytes say that it is.
    #[serde(default)]
    pub found: Option<String>,
    /// Whether it is in the bucket: it is written down before it is put there, so that it is found if that is cut.
    #[serde(default)]
    pub stored: bool,
    /// WhatsApp's ids of it, by [`ProviderKey`].
    #[serde(default)]
    pub ids: BTreeMap<String, ProviderFile>,
}

impl FileRecord {
    /// What is known of its type, where its host said `said` of it.
    pub fn file_type(&self, said: Option<&str>) -> FileType {
        FileType {
            found: self.found.clone(),
            said: said.map(str::to_owned),
        }
    }
}

impl Store {
    /// What is known of where a file comes from.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn file_source(
        &self,
        tenant: &TenantId,
        source: &FileSourceId,
    ) -> Result<Option<FileSourceRecord>, StoreError> {
        let operation = "reading where a file comes from";
        let key = Key::file_source(tenant, &source.0);
        let item = self.get(operation, &key).await?;
        item.map(|item| read(operation, item)).transpose()
    }

    /// Lets `bringer` alone bring a file from there, until `until` or until it says that it is done.
    ///
    /// # Errors
    /// If the store did not answer; nobody may bring it then until `until`.
    pub async fn lease_file_source(
        &self,
        tenant: &TenantId,
        source: &FileSourceId,
        bringer: Id,
        now: Moment,
        until: Moment,
    ) -> Result<SourceLease, StoreError> {
        let operation = "beginning to bring a file";
        let update = Update::new(
            Key::file_source(tenant, &source.0),
            "SET bringing_until = :until, bringer = :bringer, #ttl = :ttl",
        )
        .condition(
            "attribute_not_exists(bringing_until) OR bringing_until <= :now OR bringer = :bringer",
        )
        .name("#ttl", "ttl")
        .value(":until", at(until))
        .value(":bringer", s(bringer.hex()))
        .value(":now", at(now))
        .value(":ttl", ttl(now.plus(SOURCE_KEPT)))
        .returns(ReturnValue::AllNew);
        match self.update(operation, update).await? {
            Updated::Done(item) => Ok(SourceLease::Mine(read(operation, item)?)),
            Updated::Refused(item) => {
                let record = read(operation, item.unwrap_or_default())?;
                Ok(SourceLease::Theirs(record))
            }
        }
    }

    /// A file was brought from there, or is still the same there. It changes nothing if somebody else is bringing it by now.
    ///
    /// # Errors
    /// If the store did not answer. The same may be told again.
    pub async fn file_brought(
        &self,
        tenant: &TenantId,
        source: &FileSourceId,
        bringer: Id,
        origin: &FileOrigin,
        now: Moment,
    ) -> Result<(), StoreError> {
        let mut set = "SET sha256 = :sha256, fresh_until = :fresh, #ttl = :ttl".to_owned();
        let mut remove = " REMOVE bringing_until, bringer".to_owned();
        let mut values: HashMap<String, AttributeValue> = HashMap::new();
        for (name, value) in [
            ("said", &origin.said),
            ("etag", &origin.etag),
            ("last_modified", &origin.last_modified),
        ] {
            match value {
                Some(text) => {
                    set.push_str(&format!(", {name} = :{name}"));
                    values.insert(format!(":{name}"), s(text));
                }
                None => remove.push_str(&format!(", {name}")),
            }
        }
        let mut update = Update::new(Key::file_source(tenant, &source.0), set + &remove)
            .condition("bringer = :bringer")
            .name("#ttl", "ttl")
            .value(":sha256", s(&origin.sha256))
            .value(":fresh", at(origin.fresh_until))
            .value(":ttl", ttl(now.plus(SOURCE_KEPT)))
            .value(":bringer", s(bringer.hex()));
        update.values.extend(values);
        self.update("keeping where a file came from", update)
            .await?;
        Ok(())
    }

    /// Lets others bring the file: `bringer` could not.
    ///
    /// # Errors
    /// If the store did not answer; others wait until the lease lapses then.
    pub async fn release_file_source(
        &self,
        tenant: &TenantId,
        source: &FileSourceId,
        bringer: Id,
    ) -> Result<(), StoreError> {
        let update = Update::new(
            Key::file_source(tenant, &source.0),
            "REMOVE bringing_until, bringer",
        )
        .condition("bringer = :bringer")
        .value(":bringer", s(bringer.hex()));
        self.update("leaving a file to others", update).await?;
        Ok(())
    }

    /// The file with this SHA-256 (in hex), if it was ever brought.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn file(
        &self,
        tenant: &TenantId,
        sha256: &str,
    ) -> Result<Option<FileRecord>, StoreError> {
        let operation = "reading a file";
        let item = self.get(operation, &Key::file(tenant, sha256)).await?;
        item.map(|item| read(operation, item)).transpose()
    }

    /// Writes a file down that is about to be put into the bucket. From here on it is found, whoever dies.
    ///
    /// # Errors
    /// If the store did not answer. The same may be written again.
    pub async fn put_file(
        &self,
        tenant: &TenantId,
        sha256: &str,
        size: u64,
        found: Option<&str>,
        now: Moment,
    ) -> Result<FileRecord, StoreError> {
        let operation = "writing a file down";
        let mut expression = format!(
            "SET #size = :size, ids = if_not_exists(ids, :none), {} = :shard, {} = :due",
            names::DUE_SHARD,
            names::DUE_AT
        );
        if found.is_some() {
            expression.push_str(", #found = :found");
        }
        let mut update = Update::new(Key::file(tenant, sha256), expression)
            .name("#size", "size")
            .value(":size", n(i64::try_from(size).unwrap_or(i64::MAX)))
            .value(":none", AttributeValue::M(HashMap::new()))
            .value(":shard", s(due_shard_of(sha256)))
            .value(":due", at(now.plus(UNUSED)))
            .returns(ReturnValue::AllNew);
        if let Some(found) = found {
            update = update.name("#found", "found").value(":found", s(found));
        }
        match self.update(operation, update).await? {
            Updated::Done(item) => read(operation, item),
            Updated::Refused(_) => unreachable!("the update has no condition"),
        }
    }

    /// A file is in the bucket. Says whether it is still written down.
    ///
    /// # Errors
    /// If the store did not answer. The same may be told again.
    pub async fn file_stored(&self, tenant: &TenantId, sha256: &str) -> Result<bool, StoreError> {
        let update = Update::new(Key::file(tenant, sha256), "SET #stored = :yes")
            .condition("attribute_exists(pk)")
            .name("#stored", "stored")
            .value(":yes", AttributeValue::Bool(true));
        let updated = self
            .update("recording that a file is stored", update)
            .await?;
        Ok(matches!(updated, Updated::Done(_)))
    }

    /// A message has the file: it goes with the last one that has it, and is looked at no more before.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn keep_file(&self, tenant: &TenantId, sha256: &str) -> Result<(), StoreError> {
        let expression = format!("REMOVE {}, {}", names::DUE_SHARD, names::DUE_AT);
        let update =
            Update::new(Key::file(tenant, sha256), expression).condition("attribute_exists(pk)");
        self.update("keeping a file that is used", update).await?;
        Ok(())
    }

    /// Forgets a file; nobody finds it in the bucket from now on.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn forget_file(&self, tenant: &TenantId, sha256: &str) -> Result<(), StoreError> {
        let key = Key::file(tenant, sha256);
        let condition = "attribute_exists(pk)";
        self.delete("forgetting a file", &key, condition, HashMap::new())
            .await?;
        Ok(())
    }
}

fn due_shard_of(sha256: &str) -> String {
    let first = sha256
        .get(..2)
        .and_then(|digits| u8::from_str_radix(digits, 16).ok());
    due_shard_name(first.unwrap_or_default() % DUE_SHARDS)
}

//! What WhatsApp is told in a file's place.

use std::time::Duration;

use openwati_channels::cloud_api::{CallError, Credentials, MediaUpload, Refusal};
use openwati_core::id::Id;
use openwati_core::media::is_uploadable;
use openwati_core::secret::Secret;
use openwati_core::tenant::TenantId;
use openwati_store::blobs::{Asked, Handout};
use openwati_store::channel::ChannelRecord;
use openwati_store::file::{ProviderKey, ProviderLease};
use tokio::time::{Instant, timeout_at};

use super::bring::Waiting;
use super::trouble::{Later, Trouble};
use super::{Brought, Given, Wanted};
use crate::platform::Platform;

/// The largest file that is uploaded, in bytes; WhatsApp fetches a larger one itself.
const LARGEST_UPLOAD: u64 = 16 * 1024 * 1024;

/// How long WhatsApp's ids are used. Meta's documentation of the Cloud API says that it keeps uploaded files for 30 days.
const ID_LIVES: Duration = Duration::from_hours(29 * 24);

/// How long a link lives by which WhatsApp fetches a file.
const LINK_LIVES: Duration = Duration::from_hours(1);

/// How long before its deadline an upload ends, so that its lease can be given back.
const REST: Duration = Duration::from_millis(500);

/// Meta's code for a file that it cannot use: another try with the same file is in vain.
const UNUSABLE_FILE: i64 = 131_053;

/// What WhatsApp is told of a file that was [brought](super::bring): the id that it gave it for this number before, or gives
/// it now; of a large file, or one of a type that WhatsApp takes no uploads of, a link.
///
/// Of `wanted` the tenant, the patience and the deadline count.
///
/// # Errors
/// Why WhatsApp has no id of it.
pub async fn provider_id(
    platform: &Platform,
    wanted: Wanted<'_>,
    channel: &ChannelRecord,
    access_token: &Secret<String>,
    file: &Brought,
) -> Result<Given, Trouble> {
    if file.size > LARGEST_UPLOAD || !is_uploadable(&file.mime_type) {
        return link(platform, file).await;
    }
    let key = ProviderKey::new(&channel.phone_number_id, &file.mime_type);
    let known = file.record.ids.get(key.as_str());
    if let Some(id) = known.and_then(|known| known.usable(platform.now())) {
        return Ok(Given::Id(id.to_owned()));
    }
    let uploader = Uploader {
        platform,
        tenant: wanted.tenant,
        file,
        key,
        id: Id::new(platform.now(), platform.entropy()),
        deadline: wanted.deadline,
    };
    let mut waiting = Waiting::until(wanted.deadline.min(Instant::now() + wanted.patience));
    loop {
        match uploader.lease().await? {
            ProviderLease::Mine => return uploader.upload(channel, access_token).await,
            ProviderLease::Known(id) => return Ok(Given::Id(id)),
            ProviderLease::Gone => return Err(Later::Gone.into()),
            ProviderLease::Theirs => {}
        }
        while uploader.is_theirs().await? {
            waiting.wait().await?;
        }
    }
}

/// WhatsApp does not know an id that it gave: from now on the file is uploaded anew. One that it gave since is kept.
///
/// The `file` is to be [brought](super::bring) again before [`provider_id`] is asked again: it remembers the id.
///
/// # Errors
/// If the store did not answer.
pub async fn forget_id(
    platform: &Platform,
    tenant: &TenantId,
    channel: &ChannelRecord,
    file: &Brought,
    id: &str,
) -> Result<(), crate::Error> {
    let key = ProviderKey::new(&channel.phone_number_id, &file.mime_type);
    let store = platform.store();
    Ok(store
        .forget_provider_id(tenant, &file.sha256, &key, id)
        .await?)
}

async fn link(platform: &Platform, file: &Brought) -> Result<Given, Trouble> {
    let handout = Handout {
        asked: Asked::Get,
        mime_type: &file.mime_type,
        disposition: "attachment",
        life: LINK_LIVES,
    };
    let link = platform.blobs()?.media_link(&file.key, handout).await?;
    Ok(Given::Link(link))
}

/// One who may upload a file for a number, and nobody else.
struct Uploader<'a> {
    platform: &'a Platform,
    tenant: &'a TenantId,
    file: &'a Brought,
    key: ProviderKey,
    id: Id,
    deadline: Instant,
}

impl Uploader<'_> {
    async fn lease(&self) -> Result<ProviderLease, Trouble> {
        let now = self.platform.now();
        let left = self.deadline.saturating_duration_since(Instant::now());
        let until = now.plus(left + Duration::from_secs(1));
        let (store, sha256) = (self.platform.store(), &self.file.sha256);
        let leased = store.lease_provider_id(self.tenant, sha256, &self.key, self.id, now, until);
        Ok(leased.await?)
    }

    /// Whether somebody else is still uploading the file: to look costs less than to ask for the lease.
    async fn is_theirs(&self) -> Result<bool, Trouble> {
        let store = self.platform.store();
        let file = store.file(self.tenant, &self.file.sha256).await?;
        let known = file.and_then(|mut file| file.ids.remove(self.key.as_str()));
        let until = known.and_then(|known| known.uploading_until);
        Ok(until.is_some_and(|until| until > self.platform.now()))
    }

    async fn upload(
        &self,
        channel: &ChannelRecord,
        access_token: &Secret<String>,
    ) -> Result<Given, Trouble> {
        let (store, sha256) = (self.platform.store(), &self.file.sha256);
        let hands = timeout_at(self.deadline, self.hand_over(channel, access_token)).await;
        match hands.unwrap_or_else(|_| Err(Later::TimeUp.into())) {
            Ok(id) => {
                let expires_at = self.platform.now().plus(ID_LIVES);
                let given =
                    store.provider_id_given(self.tenant, sha256, &self.key, &id, expires_at);
                if let Err(error) = given.await {
                    tracing::warn!(tenant = %self.tenant, %error, "a file will be uploaded again");
                }
                Ok(Given::Id(id))
            }
            Err(trouble) => {
                let released = store.release_provider_id(self.tenant, sha256, &self.key, self.id);
                if let Err(error) = released.await {
                    tracing::warn!(tenant = %self.tenant, %error, "an upload is left to others only when its lease lapses");
                }
                Err(trouble)
            }
        }
    }

    async fn hand_over(
        &self,
        channel: &ChannelRecord,
        access_token: &Secret<String>,
    ) -> Result<String, Trouble> {
        let Some(bytes) = self.platform.blobs()?.open(&self.file.key).await? else {
            // What leads to it leads nowhere.
            let store = self.platform.store();
            store.forget_file(self.tenant, &self.file.sha256).await?;
            return Err(Later::Gone.into());
        };
        let left = self.deadline.saturating_duration_since(Instant::now());
        let upload = MediaUpload {
            mime_type: &self.file.mime_type,
            file_name: "file",
            length: bytes.size,
            timeout: left.saturating_sub(REST),
        };
        let credentials = Credentials {
            phone_number_id: &channel.phone_number_id,
            access_token: access_token.expose(),
        };
        let provider = self.platform.cloud_api()?;
        let uploaded = provider
            .upload_media(&credentials, upload, bytes.into_stream())
            .await;
        uploaded.map_err(|error| self.trouble(error))
    }

    fn trouble(&self, error: CallError) -> Trouble {
        let reason = error.to_string();
        match error {
            CallError::Refused(Refusal::Graph(error))
                if error.code == UNUSABLE_FILE || !error.class.is_retryable() =>
            {
                Trouble::WhatsApp(error)
            }
            CallError::Refused(Refusal::Graph(error)) => Trouble::Later(Later::Provider {
                reason,
                retry_after: error.retry_after,
            }),
            _ if Instant::now() + REST >= self.deadline => Later::TimeUp.into(),
            CallError::Refused(_) | CallError::Unknown(_) => Trouble::Later(Later::Provider {
                reason,
                retry_after: None,
            }),
        }
    }
}

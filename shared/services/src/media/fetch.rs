use std::time::Duration;

use openwati_channels::cloud_api::{CloudApi, Credentials, DownloadLimits, MediaInfo};
use openwati_core::crash_point;
use openwati_core::media::announced_sha256;
use openwati_core::secret::Secret;
use openwati_core::tenant::TenantId;
use openwati_store::blobs::content_key;
use openwati_store::channel::ChannelRecord;
use openwati_store::message::{MediaRecord, MessageRecord};
use tokio::time::{Instant, timeout_at};

use super::sink::{Lies, Sink};
use super::trouble::Trouble;
use crate::channels::{SecretField, open};
use crate::error::Error;
use crate::platform::Platform;

/// How long nothing may come of a file that is coming.
const SILENCE: Duration = Duration::from_secs(15);

/// What is left of the time after a download, for giving up what has come of it.
const REST: Duration = Duration::from_millis(500);

/// One try for a file.
pub(super) struct Fetch<'a> {
    pub(super) platform: &'a Platform,
    pub(super) tenant: &'a TenantId,
    pub(super) message: &'a MessageRecord,
    pub(super) media: &'a MediaRecord,
    /// Whether an earlier try was cut, after which the file may be in the bucket already.
    pub(super) was_cut: bool,
    /// When it has to be over.
    pub(super) deadline: Instant,
}

/// A file that is in the bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) key: String,
    pub(super) mime_type: String,
    pub(super) size: u64,
}

impl Fetch<'_> {
    /// Brings the file into the bucket.
    pub(super) async fn run(&self) -> Result<Kept, Trouble> {
        let tried = timeout_at(self.deadline, self.bring()).await;
        tried.unwrap_or_else(|_| Err(Trouble::passing("the file did not come in time")))
    }

    async fn bring(&self) -> Result<Kept, Trouble> {
        if let Some(kept) = self.kept().await? {
            return Ok(kept);
        }
        let (channel, token) = self.channel().await?;
        let credentials = Credentials {
            phone_number_id: &channel.phone_number_id,
            access_token: token.expose(),
        };
        let provider = self.platform.cloud_api().map_err(passing)?;
        // Its address ends after five minutes, so that each try asks for one of its own.
        let info = provider
            .media(&credentials, self.provider_id()?)
            .await
            .map_err(Trouble::from)?;
        self.download(provider, &credentials, &info).await
    }

    /// The file, if a try that was cut had brought it.
    async fn kept(&self) -> Result<Option<Kept>, Trouble> {
        let Some(sha256) = self.media.sha256.as_deref().filter(|_| self.was_cut) else {
            return Ok(None);
        };
        let key = content_key(self.tenant, sha256);
        let blobs = self.platform.blobs().map_err(passing)?;
        let found = blobs.media(&key).await?;
        Ok(found.map(|found| Kept {
            key,
            mime_type: found.mime_type,
            size: found.size,
        }))
    }

    async fn channel(&self) -> Result<(ChannelRecord, Secret<String>), Trouble> {
        let store = self.platform.store();
        let owner = store.tenant_with_channels(self.tenant).await?;
        let channels = owner.map(|owner| owner.channels).unwrap_or_default();
        let id = self.message.channel;
        let channel = channels.into_iter().find(|channel| channel.id == id);
        let channel =
            channel.ok_or_else(|| Trouble::for_good("its device is not here any more"))?;
        let ring = self.platform.key_ring().map_err(passing)?;
        let token = open(ring, self.tenant, &channel, SecretField::AccessToken)
            .map_err(|error| Trouble::passing(error.to_string()))?;
        Ok((channel, token))
    }

    /// WhatsApp's id of the file, which becomes a part of a path.
    fn provider_id(&self) -> Result<&str, Trouble> {
        let id = self.media.provider_id.as_str();
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"_-".contains(&b);
        let is_plain = !id.is_empty() && id.bytes().all(plain);
        is_plain
            .then_some(id)
            .ok_or_else(|| Trouble::for_good("WhatsApp gave the file no id that can be asked for"))
    }

    async fn download(
        &self,
        provider: &CloudApi,
        credentials: &Credentials<'_>,
        info: &MediaInfo,
    ) -> Result<Kept, Trouble> {
        let kind = self.media.kind;
        if info.file_size.is_some_and(|size| size > kind.largest()) {
            return Err(Trouble::too_large(kind));
        }
        let left = self.deadline.saturating_duration_since(Instant::now());
        let limits = DownloadLimits {
            total_timeout: left.saturating_sub(REST),
            idle_timeout: SILENCE,
            max_bytes: kind.largest(),
        };
        let trouble = |error| Trouble::of_download(&error, kind);
        let mut file = provider
            .download(credentials, info, limits)
            .await
            .map_err(trouble)?;
        let announced_type = self.media.mime_type.as_str();
        let is_page = |said: &str| {
            said.trim_start()
                .to_ascii_lowercase()
                .starts_with("text/html")
        };
        if file.content_type().is_some_and(is_page) && !is_page(announced_type) {
            return Err(Trouble::passing(
                "WhatsApp's file server answered with a page",
            ));
        }
        let told = info.sha256.as_deref().and_then(announced_sha256);
        // The callback was signed, and comes first.
        let announced = self.media.sha256.as_deref().or(told.as_deref());
        let name = announced.map_or_else(|| self.message.id.hex(), ToOwned::to_owned);
        let large_key = content_key(self.tenant, &name);
        let sink = Sink {
            blobs: self.platform.blobs().map_err(passing)?,
            large_key: large_key.clone(),
            type_of: &|head| Ok::<_, Trouble>(kind.type_of(announced_type, head)?),
        };
        let mut filling = sink.open();
        let filled = async {
            while let Some(chunk) = file.chunk().await.map_err(trouble)? {
                if filling.take(&chunk).await? {
                    crash_point!("media-download.partly_stored");
                }
            }
            let whole = filling.seal(|sha256, size| {
                let is_announced = match announced {
                    Some(announced) => announced == sha256,
                    None => info.file_size.is_none_or(|announced| announced == size),
                };
                if is_announced {
                    return Ok(());
                }
                Err(Trouble::doubtful(
                    "the file that came is not the one that WhatsApp announced",
                ))
            })?;
            let key = content_key(self.tenant, &whole.sha256);
            let key = match filling.store(&whole, &key).await? {
                Lies::Here => key,
                Lies::AtLargeKey => large_key,
            };
            Ok(Kept {
                key,
                mime_type: whole.mime_type,
                size: whole.size,
            })
        };
        let filled = filled.await;
        if filled.is_err() {
            filling.abort().await;
        }
        filled
    }
}

/// A part of the platform is missing: somebody has to mend it, and then it goes well.
fn passing(error: Error) -> Trouble {
    Trouble::passing(error.to_string())
}

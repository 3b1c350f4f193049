//! The job: bring a file from WhatsApp into the bucket, and tell of its message.

use std::time::Duration;

use futures::StreamExt as _;
use futures::future::{Either, select};
use openwati_core::crash_point;
use openwati_core::tenant::TenantId;
use openwati_store::message::{MediaRecord, MediaState, MessageRecord, StoredMedia};
use openwati_store::queues::QueueName;
use tokio::time::Instant;

use super::fetch::{Fetch, Kept};
use super::job::{MediaJob, job};
use super::tell::tell;
use super::trouble::Trouble;
use crate::Record;
use crate::error::Error;
use crate::platform::Platform;

/// Files that are on their way at the same time. Of each, 5 MiB are in memory.
const PARALLEL: usize = 4;

/// Works a batch of files. Answers the ids of the jobs that are to come again.
///
/// A file that WhatsApp refuses for good, is too large or no file of its kind fails; any other trouble is tried again in
/// growing steps, for as long as WhatsApp knows the file: seven days. Its message is told of once the file is there or has
/// failed, and 60 s after it came in at the latest.
pub async fn work(platform: &Platform, records: Vec<Record>) -> Vec<String> {
    crash_point!("media-download.received");
    // What is left is for recording and telling.
    let deadline = Instant::now() + platform.function_timeout() * 4 / 5;
    let worked = futures::stream::iter(records).map(|record| async move {
        let id = record.id.clone();
        match one(platform, record, deadline).await {
            Ok(()) => None,
            Err(error) => {
                tracing::warn!(job = id, %error, "a file's job comes again");
                Some(id)
            }
        }
    });
    let failed = worked.buffer_unordered(PARALLEL);
    failed.filter_map(std::future::ready).collect().await
}

async fn one(platform: &Platform, record: Record, deadline: Instant) -> Result<(), Error> {
    // What cannot be read goes to the dead-letter queue, where the alarm is.
    let mut media_job: MediaJob =
        serde_json::from_str(&record.body).map_err(|error| Error::Internal(Box::new(error)))?;
    if media_job
        .delay(platform.now(), platform.pace())
        .is_some_and(|delay| delay > Duration::from_secs(1))
    {
        return put_back(platform, &media_job).await;
    }
    let tenant = media_job.tenant.clone();
    let store = platform.store();
    let Some(message) = store.message(&tenant, media_job.message).await? else {
        tracing::warn!(%tenant, id = %media_job.message, "a file's message is not there");
        return Ok(());
    };
    let Some(media) = &message.media else {
        tracing::warn!(%tenant, id = %message.id, "a message has no file");
        return Ok(());
    };
    if media.state == MediaState::Pending {
        let fetch = Fetch {
            platform,
            tenant: &tenant,
            message: &message,
            media,
            was_cut: record.receives > 1,
            deadline,
        };
        let fetched = in_time(platform, &mut media_job, &message, media, fetch).await;
        match settled(platform, &media_job, fetched) {
            Settled::Stored(kept) => stored(platform, &tenant, &message, kept).await?,
            Settled::Failed(reason) => {
                tracing::warn!(%tenant, id = %message.id, reason, "a file cannot be had");
                store.media_failed(&tenant, message.id, &reason).await?;
            }
            Settled::Open(reason) => {
                tracing::info!(
                    %tenant, id = %message.id, tries = media_job.tries, reason,
                    "a file is tried again"
                );
                return again(platform, media_job, &message, media).await;
            }
        }
        crash_point!("media-download.recorded");
    }
    if !media_job.told {
        tell(platform, &tenant, &message, media).await?;
        crash_point!("media-download.told");
    }
    Ok(())
}

/// Tries to get the file, and tells of its message meanwhile if that cannot wait any longer.
async fn in_time(
    platform: &Platform,
    media_job: &mut MediaJob,
    message: &MessageRecord,
    media: &MediaRecord,
    fetch: Fetch<'_>,
) -> Result<Kept, Trouble> {
    let fetching = std::pin::pin!(fetch.run());
    if media_job.told {
        return fetching.await;
    }
    let left = platform.now().until(media_job.told_by(platform.pace()));
    let patience = std::pin::pin!(tokio::time::sleep(left));
    match select(fetching, patience).await {
        Either::Left((fetched, _)) => fetched,
        Either::Right(((), fetching)) => {
            match tell(platform, &media_job.tenant, message, media).await {
                Ok(()) => {
                    media_job.told = true;
                    crash_point!("media-download.told_early");
                }
                // It is told of in the end.
                Err(error) => tracing::warn!(%error, "a message could not be told of in time"),
            }
            fetching.await
        }
    }
}

enum Settled {
    Stored(Kept),
    Failed(String),
    Open(String),
}

fn settled(platform: &Platform, media_job: &MediaJob, fetched: Result<Kept, Trouble>) -> Settled {
    match fetched {
        Ok(kept) => Settled::Stored(kept),
        Err(trouble) => {
            if trouble.is_for_good(media_job.tries) || media_job.is_over(platform.now()) {
                Settled::Failed(trouble.reason)
            } else {
                Settled::Open(trouble.reason)
            }
        }
    }
}

async fn stored(
    platform: &Platform,
    tenant: &TenantId,
    message: &MessageRecord,
    kept: Kept,
) -> Result<(), Error> {
    crash_point!("media-download.stored");
    let stored = StoredMedia {
        key: &kept.key,
        mime_type: &kept.mime_type,
        size: kept.size,
    };
    let store = platform.store();
    store.media_stored(tenant, message.id, stored).await?;
    Ok(())
}

/// Plans the next try, and tells of the message if its time has come.
async fn again(
    platform: &Platform,
    mut media_job: MediaJob,
    message: &MessageRecord,
    media: &MediaRecord,
) -> Result<(), Error> {
    let (now, pace) = (platform.now(), platform.pace());
    if !media_job.told && now >= media_job.told_by(pace) {
        tell(platform, &media_job.tenant, message, media).await?;
        media_job.told = true;
        crash_point!("media-download.told_early");
    }
    put_back(platform, &media_job.next(now, pace)).await?;
    crash_point!("media-download.requeued");
    Ok(())
}

/// Puts a job on the queue until its time comes, or for as long as the queue can wait.
async fn put_back(platform: &Platform, media_job: &MediaJob) -> Result<(), Error> {
    let delay = media_job.delay(platform.now(), platform.pace());
    let seconds = delay.unwrap_or_default().as_millis().div_ceil(1000);
    let delay_seconds = u16::try_from(seconds).expect("a queue waits 900 s at most");
    let queued = vec![job(media_job, delay_seconds)?];
    let queues = platform.queues()?;
    Ok(queues.send(QueueName::MediaDownload, queued).await?)
}

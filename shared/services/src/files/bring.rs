use std::time::Duration;

use openwati_core::id::Id;
use openwati_core::time::Moment;
use openwati_store::file::{FileOrigin, FileRecord, FileSourceRecord, SourceLease};
use tokio::time::{Instant, timeout_at};

use super::download::download;
use super::trouble::{Later, Trouble};
use super::upload::take_upload;
use super::{Brought, Source, Wanted};
use crate::platform::Platform;

/// How long after its deadline a try may still hold a file, for giving up what has come of it.
const REST: Duration = Duration::from_secs(5);

/// How often somebody who waits for a file looks whether it is there.
const FIRST_LOOK: Duration = Duration::from_millis(50);
const LONGEST_LOOK: Duration = Duration::from_secs(1);

/// One who may bring a file, and nobody else.
pub(super) struct Bringer<'a> {
    pub(super) platform: &'a Platform,
    pub(super) wanted: Wanted<'a>,
    /// Who it is.
    pub(super) id: Id,
}

/// A file where its source has it now.
pub(super) struct Found {
    pub(super) record: FileRecord,
    pub(super) origin: FileOrigin,
}

/// Brings a file into the bucket, unless it is there: from its URL once for all who send it, and again only when its host
/// says that it has changed.
///
/// # Errors
/// Why it is not there, or may not be sent as it is wanted.
pub async fn bring(platform: &Platform, wanted: Wanted<'_>) -> Result<Brought, Trouble> {
    let tried = timeout_at(wanted.deadline + REST, bring_in_time(platform, wanted)).await;
    tried.unwrap_or_else(|_| Err(Later::TimeUp.into()))
}

async fn bring_in_time(platform: &Platform, wanted: Wanted<'_>) -> Result<Brought, Trouble> {
    let store = platform.store();
    let source = wanted.source.id();
    let known = store.file_source(wanted.tenant, &source).await?;
    if let Some(brought) = fresh(platform, wanted, known.unwrap_or_default()).await? {
        return Ok(brought);
    }
    let mut waiting = Waiting::until(wanted.deadline.min(Instant::now() + wanted.patience));
    let id = Id::new(platform.now(), platform.entropy());
    loop {
        let now = platform.now();
        let until = now.plus(wanted.left() + REST);
        let leased = store.lease_file_source(wanted.tenant, &source, id, now, until);
        match leased.await? {
            SourceLease::Mine(known) => {
                let bringer = Bringer {
                    platform,
                    wanted,
                    id,
                };
                return bringer.bring(known).await;
            }
            SourceLease::Theirs(mut known) => loop {
                let is_left = known
                    .bringing_until
                    .is_none_or(|until| until <= platform.now());
                if let Some(brought) = fresh(platform, wanted, known).await? {
                    return Ok(brought);
                }
                if is_left {
                    break;
                }
                waiting.wait().await?;
                // To look costs less than to ask for the lease, and many may be waiting.
                let looked = store.file_source(wanted.tenant, &source).await?;
                known = looked.unwrap_or_default();
            },
        }
    }
}

/// Somebody who waits for what somebody else is at.
pub(super) struct Waiting {
    until: Instant,
    look: Duration,
}

impl Waiting {
    pub(super) fn until(until: Instant) -> Self {
        Self {
            until,
            look: FIRST_LOOK,
        }
    }

    /// Waits until it is to be looked again; for longer each time.
    pub(super) async fn wait(&mut self) -> Result<(), Later> {
        let next = Instant::now() + self.look;
        if next > self.until {
            return Err(Later::SomebodyElse);
        }
        tokio::time::sleep_until(next).await;
        self.look = (self.look * 2).min(LONGEST_LOOK);
        Ok(())
    }
}

/// The file, if it is in the bucket and its host need not be asked.
async fn fresh(
    platform: &Platform,
    wanted: Wanted<'_>,
    known: FileSourceRecord,
) -> Result<Option<Brought>, Trouble> {
    let Some(origin) = known.origin else {
        return Ok(None);
    };
    if !is_fresh(wanted.source, &origin, platform.now()) {
        return Ok(None);
    }
    let record = platform.store().file(wanted.tenant, &origin.sha256).await?;
    let stored = record.filter(|record| record.stored);
    let brought = stored.map(|record| wanted.brought(record, origin.said.as_deref()));
    brought.transpose()
}

fn is_fresh(source: &Source, origin: &FileOrigin, now: Moment) -> bool {
    match source {
        Source::Url(_) => origin.fresh_until > now,
        // What was uploaded is what it was when it was first used.
        Source::Upload(_) => true,
    }
}

impl Bringer<'_> {
    async fn bring(&self, known: FileSourceRecord) -> Result<Brought, Trouble> {
        let source = self.wanted.source.id();
        let (store, tenant) = (self.platform.store(), self.wanted.tenant);
        let found = match timeout_at(self.wanted.deadline, self.find(known)).await {
            Ok(found) => found,
            Err(_) => Err(Later::TimeUp.into()),
        };
        match found {
            Ok(found) => {
                let now = self.platform.now();
                let kept = store.file_brought(tenant, &source, self.id, &found.origin, now);
                kept.await?;
                self.wanted
                    .brought(found.record, found.origin.said.as_deref())
            }
            Err(trouble) => {
                let released = store.release_file_source(tenant, &source, self.id).await;
                if let Err(error) = released {
                    tracing::warn!(%tenant, %error, "a file is left to others only when its lease lapses");
                }
                Err(trouble)
            }
        }
    }

    async fn find(&self, known: FileSourceRecord) -> Result<Found, Trouble> {
        let before = match known.origin {
            Some(origin) => {
                let store = self.platform.store();
                let record = store.file(self.wanted.tenant, &origin.sha256).await?;
                let stored = record.filter(|record| record.stored);
                stored.map(|record| Found { record, origin })
            }
            None => None,
        };
        match (self.wanted.source, before) {
            // Somebody else brought it since it was looked at.
            (source, Some(found)) if is_fresh(source, &found.origin, self.platform.now()) => {
                Ok(found)
            }
            (Source::Url(url), before) => download(self, url, before).await,
            (Source::Upload(id), _) => take_upload(self, *id).await,
        }
    }
}

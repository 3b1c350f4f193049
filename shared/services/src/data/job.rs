//! The jobs of a work, as they wait on their queue.

use std::time::Duration;

use openwati_core::crash_point;
use openwati_core::id::Id;
use openwati_core::tenant::TenantId;
use openwati_store::data::{DataJobKind, DataJobRecord, DataJobState};
use openwati_store::queues::{self, Job, QueueName};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::time::Instant;

use super::show::Counts;
use super::subject::Subject;
use super::walk::{self, Cursor, Sequence, Visitor};
use super::{erase_contact, erase_tenant, export, reseal, retention};
use crate::Record;
use crate::audit;
use crate::error::Error;
use crate::platform::Platform;
use crate::templates::{self, TemplateJob};

/// A slice of a work that is to be worked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Slice {
    /// Whose work it is.
    pub(super) tenant: TenantId,
    /// The work.
    pub(super) job: Id,
    /// The version of its record that the slice begins at.
    pub(super) version: u32,
}

/// What waits on the queue.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Queued {
    Slice(Slice),
    /// A reading of templates, which belongs to no work through data.
    Templates(TemplateJob),
}

/// How long a slice works before it hands over. No function runs long, and little is done again after a cut.
const SLICE: Duration = Duration::from_secs(8);

/// How long after an erasure has gone through everything it goes through it again: what was under way when it began has
/// arrived by then. The longest that a queue waits.
const SETTLING: Duration = Duration::from_secs(900);

/// How often an erasure goes through everything at most, while it still finds something.
const MOST_PASSES: u32 = 8;

/// What follows a slice.
enum Next {
    /// The next one, at once.
    Slice,
    /// The next one, after a while.
    Later,
    /// Nothing: the work is done.
    Nothing,
}

impl Slice {
    pub(super) fn queued(&self, delay: Duration) -> Result<Job, Error> {
        let body = queues::body(self).map_err(|error| Error::Internal(Box::new(error)))?;
        Ok(Job {
            body,
            // On a standard queue the group only shares the workers fairly between tenants.
            group: Some(self.tenant.to_string()),
            deduplication: None,
            delay_seconds: u16::try_from(delay.as_secs()).unwrap_or(900).min(900),
        })
    }
}

/// Works a batch of slices. Answers the ids of the jobs that are to come again.
pub async fn work(platform: &Platform, records: Vec<Record>) -> Vec<String> {
    let mut failed = Vec::new();
    for record in records {
        if let Err(error) = one(platform, &record).await {
            tracing::warn!(
                job = record.id, receives = record.receives, %error, source = ?std::error::Error::source(&error),
                "a slice of a work through data comes again"
            );
            failed.push(record.id);
        }
    }
    failed
}

async fn one(platform: &Platform, record: &Record) -> Result<(), Error> {
    let queued: Queued =
        serde_json::from_str(&record.body).map_err(|error| Error::Internal(Box::new(error)))?;
    let slice = match queued {
        Queued::Slice(slice) => slice,
        Queued::Templates(job) => return templates::work(platform, job).await,
    };
    crash_point!("data.received");
    let Some(mut job) = platform.store().data_job(&slice.tenant, slice.job).await? else {
        tracing::warn!(tenant = %slice.tenant, work = %slice.job, "there is no such work through data");
        return Ok(());
    };
    if job.state != DataJobState::Running {
        return Ok(());
    }
    if job.version != slice.version {
        // This one was worked. Where whoever did it died before the next one was on the queue, it comes again.
        if record.receives > 1 && job.version == slice.version + 1 {
            let delay = handed_over(&cursor_of(&job)?);
            return enqueue(platform, &slice.tenant, &job, delay).await;
        }
        return Ok(());
    }
    let next = worked(platform, &slice.tenant, &mut job).await?;
    crash_point!("data.worked");
    if !platform
        .store()
        .save_data_job(&slice.tenant, &mut job)
        .await?
    {
        // The same slice came twice, and the other was faster.
        return Ok(());
    }
    crash_point!("data.saved");
    match next {
        Next::Slice => enqueue(platform, &slice.tenant, &job, Duration::ZERO).await?,
        Next::Later => enqueue(platform, &slice.tenant, &job, SETTLING).await?,
        Next::Nothing => {
            tracing::info!(
                tenant = %slice.tenant, work = %job.id, kind = ?job.kind, counts = ?job.counts,
                "a work through data is done"
            );
        }
    }
    crash_point!("data.enqueued");
    Ok(())
}

/// How long a slice waits that goes on here, where it was perhaps not enqueued: one that begins another pass gives what was
/// under way its time, whoever died in between.
fn handed_over(cursor: &Cursor) -> Duration {
    let begins = Cursor {
        pass: cursor.pass,
        ..Cursor::default()
    };
    match cursor.pass > 0 && *cursor == begins {
        true => SETTLING,
        false => Duration::ZERO,
    }
}

async fn enqueue(
    platform: &Platform,
    tenant: &TenantId,
    job: &DataJobRecord,
    delay: Duration,
) -> Result<(), Error> {
    let slice = Slice {
        tenant: tenant.clone(),
        job: job.id,
        version: job.version,
    };
    let queues = platform.queues()?;
    let queued = slice.queued(delay)?;
    Ok(queues.send(QueueName::Data, vec![queued]).await?)
}

/// Works one slice, and brings the record up to date.
async fn worked(
    platform: &Platform,
    home: &TenantId,
    job: &mut DataJobRecord,
) -> Result<Next, Error> {
    let within = SLICE.min(platform.function_timeout() / 3);
    let cursor = cursor_of(job)?;
    let subject = Subject::of(job)?;
    let counts = Counts::of(job);
    let mut slice = Working {
        platform,
        home,
        subject: &subject,
        deadline: Instant::now() + within,
        cursor,
        counts,
    };
    let next = match job.kind {
        DataJobKind::ExportTenant | DataJobKind::ExportContact => slice.export(job).await?,
        DataJobKind::EraseTenant => slice.erase_tenant(job).await?,
        DataJobKind::EraseContact => slice.erase_contact(job).await?,
        DataJobKind::Retention => slice.retain().await?,
        DataJobKind::Reseal => slice.reseal().await?,
    };
    let Working { cursor, counts, .. } = slice;
    counts.keep(job);
    if matches!(next, Next::Nothing) {
        finish(job, DataJobState::Done, platform);
    }
    job.cursor =
        serde_json::to_string(&cursor).map_err(|error| Error::Internal(Box::new(error)))?;
    Ok(next)
}

fn cursor_of(job: &DataJobRecord) -> Result<Cursor, Error> {
    serde_json::from_str(&job.cursor).map_err(|error| Error::Internal(Box::new(error)))
}

/// A slice while it is worked.
struct Working<'a> {
    platform: &'a Platform,
    /// Whose work it is.
    home: &'a TenantId,
    subject: &'a Subject,
    /// When it hands over.
    deadline: Instant,
    cursor: Cursor,
    counts: Counts,
}

impl Working<'_> {
    /// Goes on through these sequences. Says whether it came to their end.
    async fn walk(
        &mut self,
        sequences: &[Sequence],
        visitor: &mut impl Visitor,
    ) -> Result<bool, Error> {
        let (platform, subject, cursor) = (self.platform, self.subject, &mut self.cursor);
        walk::walk(platform, subject, sequences, cursor, self.deadline, visitor).await
    }

    async fn export(&mut self, job: &mut DataJobRecord) -> Result<Next, Error> {
        let sequences = match job.kind {
            DataJobKind::ExportTenant => export::of_tenant(self.subject),
            _ => export::of_contact(self.subject),
        };
        let mut exporter = export::Exporter {
            platform: self.platform,
            subject: self.subject,
            part: Vec::new(),
            counts: self.counts.clone(),
        };
        let ended = self.walk(&sequences, &mut exporter).await?;
        exporter.write(self.home, job).await?;
        self.counts = exporter.counts;
        self.counts.clone().keep(job);
        if !ended {
            return Ok(Next::Slice);
        }
        export::finish(self.platform, self.subject, job).await?;
        Ok(Next::Nothing)
    }

    async fn erase_tenant(&mut self, job: &DataJobRecord) -> Result<Next, Error> {
        let (platform, subject) = (self.platform, self.subject);
        let tenant = platform.store().tenant(&subject.tenant).await?;
        let anchor = tenant.map_or(0, |tenant| tenant.billing_anchor_minutes);
        let sequences = erase_tenant::sequences(subject, anchor, self.cursor.pass);
        let mut eraser = erase_tenant::Eraser {
            platform,
            subject,
            erased: self.counts.clone(),
        };
        let mut ended = self.walk(&sequences, &mut eraser).await?;
        self.counts = eraser.erased;
        if ended {
            let counts = &mut self.counts;
            ended = erase_tenant::objects(platform, subject, self.deadline, counts).await?;
        }
        // The tenant's own item is met until the end.
        let met = self.cursor.met > 1;
        let next = passed(ended, &mut self.cursor, met);
        if matches!(next, Next::Nothing) {
            erase_tenant::finish(platform, subject).await?;
            let target = subject.tenant.as_str();
            self.tombstone(job, "tenant.erased", target).await?;
        }
        Ok(next)
    }

    async fn erase_contact(&mut self, job: &DataJobRecord) -> Result<Next, Error> {
        let sequences = erase_contact::sequences(self.subject);
        let mut eraser = erase_contact::Eraser {
            platform: self.platform,
            subject: self.subject,
            erased: self.counts.clone(),
        };
        let (before, met) = (self.counts.sum(), self.cursor.met);
        let ended = self.walk(&sequences, &mut eraser).await?;
        self.counts = eraser.erased;
        // Callbacks that name others are met again and again.
        self.cursor.met = met + (self.counts.sum() - before);
        let met = self.cursor.met > 0;
        let next = passed(ended, &mut self.cursor, met);
        if matches!(next, Next::Nothing) {
            let named = self.subject.contacts.first().map(|id| id.uuid());
            let named = named.unwrap_or_else(|| job.id.uuid());
            self.tombstone(job, "contact.erased", &named).await?;
        }
        Ok(next)
    }

    async fn retain(&mut self) -> Result<Next, Error> {
        let sequences = retention::sequences(self.platform, self.subject).await?;
        let mut remover = retention::Remover {
            platform: self.platform,
            subject: self.subject,
            erased: self.counts.clone(),
        };
        let ended = self.walk(&sequences, &mut remover).await?;
        self.counts = remover.erased;
        Ok(if ended { Next::Nothing } else { Next::Slice })
    }

    async fn reseal(&mut self) -> Result<Next, Error> {
        let (cursor, counts) = (&mut self.cursor, &mut self.counts);
        let ended = reseal::reseal(self.platform, cursor, self.deadline, counts).await?;
        Ok(if ended { Next::Nothing } else { Next::Slice })
    }

    /// Keeps that something was erased, once.
    async fn tombstone(
        &self,
        job: &DataJobRecord,
        act: &'static str,
        target: &str,
    ) -> Result<(), Error> {
        let (platform, home) = (self.platform, self.home);
        let mut record = audit::by(platform, &job.actor, act, target, json!(&self.counts));
        record.id = Id::derived(job.created_at, &[home.as_str(), act, &job.id.hex()]);
        audit::keep(platform, home, &record).await?;
        crash_point!("data.tombstone_kept");
        Ok(())
    }
}

/// Where an erasure stands whose slice is over: it goes through everything again until nothing is met, at least once.
fn passed(ended: bool, cursor: &mut Cursor, met: bool) -> Next {
    if !ended {
        return Next::Slice;
    }
    let is_clean = cursor.pass > 0 && !met;
    if is_clean || cursor.pass + 1 >= MOST_PASSES {
        return Next::Nothing;
    }
    *cursor = Cursor {
        pass: cursor.pass + 1,
        ..Cursor::default()
    };
    Next::Later
}

/// Whom a work was about, its record forgets: else an erasure would leave a number in that of an export.
fn finish(job: &mut DataJobRecord, state: DataJobState, platform: &Platform) {
    job.state = state;
    job.finished_at = Some(platform.now());
    job.subject = None;
}

/// Gives up the work of a slice that ended in the dead-letter queue.
///
/// # Errors
/// If the store did not answer.
pub async fn settle(platform: &Platform, body: &str) -> Result<(), Error> {
    let slice = match serde_json::from_str(body) {
        Ok(Queued::Slice(slice)) => slice,
        Ok(Queued::Templates(job)) => {
            templates::settle(&job);
            return Ok(());
        }
        Err(error) => {
            tracing::error!(%error, "a slice of a work through data that cannot be read is given up");
            return Ok(());
        }
    };
    let Some(mut job) = platform.store().data_job(&slice.tenant, slice.job).await? else {
        return Ok(());
    };
    if job.state != DataJobState::Running || job.version != slice.version {
        return Ok(());
    }
    finish(&mut job, DataJobState::Failed, platform);
    job.reason =
        Some("it could not be worked, however often it was tried; ask for it again".to_owned());
    platform
        .store()
        .save_data_job(&slice.tenant, &mut job)
        .await?;
    tracing::error!(tenant = %slice.tenant, work = %job.id, kind = ?job.kind, "a work through data is given up");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_pass_waits_whoever_hands_it_over() {
        let cursor = |pass, sequence| Cursor {
            pass,
            sequence,
            ..Cursor::default()
        };
        assert_eq!(handed_over(&cursor(0, 0)), Duration::ZERO);
        assert_eq!(handed_over(&cursor(1, 0)), SETTLING);
        assert_eq!(handed_over(&cursor(1, 2)), Duration::ZERO);
    }
}

//! What customers write, and what else WhatsApp tells: kept once, answered once, told to the tenant's own server.
//!
//! A job stays on its queue until all its steps are done, and each step may be done again: what is there already never
//! skips the later ones.
//!
//! | step | once because |
//! | --- | --- |
//! | who it is: contact, aliases, merge | one transaction each, on what was read |
//! | the message, its look-up by wamid, its conversation's sum | one transaction, if nothing has its wamid; one for all messages of a batch that need no more than this |
//! | what it does to another message | forward only, by the message's id, which sorts by when it was written |
//! | who answers it by itself | one entry of the log, whose id follows from the message; the answer is another function's |
//! | the event, or the job that downloads the file and tells of it then | its id follows from the message |

mod answer;
mod contact;
mod event;
mod message;
mod notice;
mod together;
mod value;

use std::collections::{BTreeMap, BTreeSet};

use futures::StreamExt as _;
use openwati_core::crash_point;
use openwati_core::tenant::TenantId;
use openwati_store::StoreError;
use openwati_store::queues::{Job, QueueName};

use self::message::Draft;
use self::value::Told;
use crate::error::Error;
use crate::events::{Emitter, Event};
use crate::platform::Platform;
use crate::receive::InboundJob;
use crate::record::Record;

/// The last time that a job is handed out: `maxReceiveCount` of its queue in `template.yaml`.
pub const LAST_RECEIVE: u32 = 10;

/// Groups that are worked at the same time.
const PARALLEL: usize = 16;

/// What follows from a message once it is kept.
enum Next {
    /// Its event.
    Tell(Box<Event>),
    /// The download of its file, which tells of it.
    Download(Job),
    /// Nothing.
    Nothing,
}

/// A job, and how far it has come.
struct Work {
    record: Record,
    stage: Stage,
}

impl Work {
    /// Whose customer wrote, where the job is a message that is read.
    fn tenant(&self) -> Option<TenantId> {
        match &self.stage {
            Stage::Read(draft) => Some(draft.told.tenant.clone()),
            Stage::New | Stage::Kept(..) => None,
        }
    }
}

/// How far a job has come.
enum Stage {
    /// It is as the queue handed it out.
    New,
    /// It is read, and is a message.
    Read(Box<Draft>),
    /// The message is kept.
    Kept(Box<Draft>, Box<message::Kept>),
}

/// A job that is done but for what follows from it.
struct Kept {
    record: String,
    tenant: TenantId,
    next: Next,
}

/// Others are at the same items all the time.
fn contended(operation: &'static str) -> Error {
    Error::Unavailable(StoreError::Unavailable {
        operation,
        reason: "others are at it".to_owned(),
    })
}

/// Works a batch. Answers the ids of the jobs that are to come again: those that failed, and those of the same group
/// behind them, so that a group keeps its order.
pub async fn work(platform: &Platform, records: Vec<Record>) -> Vec<String> {
    crash_point!("inbound.received");
    let mut groups: BTreeMap<String, Vec<Work>> = BTreeMap::new();
    for record in records {
        let group = record.group.clone().unwrap_or_else(|| record.id.clone());
        let stage = Stage::New;
        groups
            .entry(group)
            .or_default()
            .push(Work { record, stage });
    }
    let mut groups: Vec<Vec<Work>> = groups.into_values().collect();
    together::read(platform, &mut groups).await;
    let mut emitter = Emitter::new(platform);
    let tenants: BTreeSet<TenantId> = groups.iter().flatten().filter_map(Work::tenant).collect();
    let prepare = async {
        for tenant in &tenants {
            emitter.prepare(tenant).await;
        }
    };
    let ((kept, mut failed), ()) = tokio::join!(keep(platform, groups), prepare);
    failed.extend(follow_up(platform, emitter, kept).await);
    crash_point!("inbound.told");
    failed
}

/// Keeps what the jobs of all groups tell. Answers those that are done, and the ids of those that are to come again.
async fn keep(platform: &Platform, mut groups: Vec<Vec<Work>>) -> (Vec<Kept>, Vec<String>) {
    together::keep(platform, &mut groups).await;
    let mut done = futures::stream::iter(groups)
        .map(|group| one_group(platform, group))
        .buffer_unordered(PARALLEL);
    let (mut kept, mut failed) = (Vec::new(), Vec::new());
    while let Some((some, others)) = done.next().await {
        kept.extend(some);
        failed.extend(others);
    }
    (kept, failed)
}

/// Works the jobs of a group one after the other, until one fails. One that fails for the last time becomes a dead letter
/// whatever follows; those behind it, which were handed out as often, would become some with it, and go on instead.
async fn one_group(platform: &Platform, jobs: Vec<Work>) -> (Vec<Kept>, Vec<String>) {
    let (mut kept, mut failed) = (Vec::new(), Vec::new());
    let mut jobs = jobs.into_iter();
    let mut spoke = false;
    while let Some(Work { record, stage }) = jobs.next() {
        let worked = match one(platform, &record, stage, spoke).await {
            Ok((tenant, next, answered)) => {
                kept.push(Kept {
                    record: record.id.clone(),
                    tenant,
                    next,
                });
                // Where only the answer failed, the tenant is told all the same; the job comes again for its answer.
                answered.map(|said| spoke |= said)
            }
            Err(error) => Err(error),
        };
        let Err(error) = worked else { continue };
        log(&record, &error);
        if record.receives < LAST_RECEIVE {
            failed.extend(behind(record, jobs));
            break;
        }
        failed.push(record.id);
    }
    (kept, failed)
}

fn behind(record: Record, jobs: impl Iterator<Item = Work>) -> Vec<String> {
    std::iter::once(record)
        .chain(jobs.map(|job| job.record))
        .map(|record| record.id)
        .collect()
}

fn log(record: &Record, error: &Error) {
    if record.receives >= LAST_RECEIVE {
        tracing::error!(
            job = record.id, receives = record.receives, %error, source = ?std::error::Error::source(error),
            "what came in cannot be worked and becomes a dead letter"
        );
        return;
    }
    tracing::warn!(
        job = record.id, receives = record.receives, %error, source = ?std::error::Error::source(error),
        "what came in comes again"
    );
}

/// Keeps what one job tells and has it answered. Where that failed for now, the message is told all the same. Says whether
/// the customer spoke of being written to at all; `spoke` is whether they did in a message before it.
async fn one(
    platform: &Platform,
    record: &Record,
    stage: Stage,
    spoke: bool,
) -> Result<(TenantId, Next, Result<bool, Error>), Error> {
    let (draft, kept) = match stage {
        Stage::Kept(draft, mut kept) => {
            if spoke {
                // It was kept with the others, and with what was known before them.
                let (tenant, around) = (&draft.told.tenant, &mut kept.around);
                let wants = platform.store().consents(tenant, &[&around.peer]).await?;
                around.consents = wants.get(&around.peer).copied().unwrap_or_default();
            }
            (draft, Some(*kept))
        }
        Stage::Read(draft) => {
            let kept = message::keep(platform, &draft).await?;
            (draft, kept)
        }
        Stage::New => match value::read(platform, job(record)?).await? {
            Told::Message(told) => {
                let draft = Box::new(Draft::of(platform, *told).await?);
                let kept = message::keep(platform, &draft).await?;
                (draft, kept)
            }
            Told::Notice(told) => {
                let tenant = told.tenant.clone();
                notice::keep(platform, *told).await?;
                return Ok((tenant, Next::Nothing, Ok(false)));
            }
        },
    };
    let tenant = draft.told.tenant.clone();
    let (next, answered) = match kept {
        Some(kept) => message::follow(platform, *draft, kept).await?,
        None => (Next::Nothing, Ok(false)),
    };
    Ok((tenant, next, answered))
}

fn job(record: &Record) -> Result<InboundJob, Error> {
    serde_json::from_str(&record.body).map_err(|error| Error::Internal(Box::new(error)))
}

/// Puts on their way what follows from messages. Answers the ids of the jobs for which that failed.
async fn follow_up(platform: &Platform, mut emitter: Emitter<'_>, kept: Vec<Kept>) -> Vec<String> {
    let mut failed = Vec::new();
    let mut events: BTreeMap<TenantId, (Vec<String>, Vec<Event>)> = BTreeMap::new();
    let (mut waiting, mut downloads) = (Vec::new(), Vec::new());
    for Kept {
        record,
        tenant,
        next,
    } in kept
    {
        match next {
            Next::Tell(event) => {
                let (records, events) = events.entry(tenant).or_default();
                records.push(record);
                events.push(*event);
            }
            Next::Download(job) => {
                waiting.push(record);
                downloads.push(job);
            }
            Next::Nothing => {}
        }
    }
    let download = async {
        if downloads.is_empty() {
            return Ok(());
        }
        let queues = platform.queues()?;
        Ok::<_, Error>(queues.send(QueueName::MediaDownload, downloads).await?)
    };
    let tell = async {
        let mut untold = Vec::new();
        for (tenant, (records, events)) in events {
            if let Err(error) = emitter.emit(&tenant, events).await {
                tracing::warn!(%tenant, %error, "events of what came in are told again");
                untold.extend(records);
            }
        }
        untold
    };
    let (downloading, untold) = tokio::join!(download, tell);
    if let Err(error) = downloading {
        tracing::warn!(%error, "files of what came in are asked for again");
        failed.extend(waiting);
    }
    failed.extend(untold);
    failed
}

//! What WhatsApp reports of messages that were sent.

use std::collections::BTreeMap;

use futures::StreamExt as _;
use openwati_core::crash_point;
use openwati_core::graph_error::classify;
use openwati_core::id::Id;
use openwati_core::message::Recipient;
use openwati_core::state::Reported;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use openwati_store::message::{MessageError, Recorded, Report, Reporting};
use openwati_store::queues::{self, Job, QueueName};
use openwati_store::tally::DROPPED_STATUSES;
use serde::{Deserialize, Serialize};

use crate::automate;
use crate::error::Error;
use crate::events::{Emitter, Event, MessageStatus, What, status_event_id};
use crate::platform::Platform;
use crate::record::Record;

/// One status, as it waits on its queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusJob {
    /// Whose message it is.
    pub tenant: TenantId,
    /// WhatsApp's id of the message.
    pub wamid: String,
    /// Our id of it, where it came back with the status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Id>,
    /// The stage.
    pub stage: Reported,
    /// When it was reached.
    pub at: Moment,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<MessageError>,
    /// Seconds that it has been put off for, because nobody here knew the message.
    #[serde(default)]
    pub waited_seconds: u16,
}

/// How long a status of an unknown message is kept: its sender may still be about to record the wamid.
const LONGEST_WAIT: u16 = 15 * 60;

/// The shortest and the longest time that one is put off for at a time.
const FIRST_DELAY: u16 = 5;
const LONGEST_DELAY: u16 = 5 * 60;

/// Messages that are recorded at the same time.
const PARALLEL: usize = 16;

impl StatusJob {
    /// The job, to be worked in `delay_seconds`.
    pub(crate) fn queued(&self, delay_seconds: u16) -> Result<Job, Error> {
        let body = queues::body(self).map_err(|error| Error::Internal(Box::new(error)))?;
        // On a standard queue the group only shares the workers fairly between tenants.
        let group = Some(self.tenant.to_string());
        Ok(Job {
            body,
            group,
            deduplication: None,
            delay_seconds,
        })
    }

    /// For how long to put it off next; `None` once it has waited long enough.
    fn next_delay(&self) -> Option<u16> {
        let left = LONGEST_WAIT.saturating_sub(self.waited_seconds);
        let delay = self
            .waited_seconds
            .clamp(FIRST_DELAY, LONGEST_DELAY)
            .min(left);
        (delay > 0).then_some(delay)
    }
}

/// Records a batch of statuses. Answers the ids of the jobs that are to come again.
pub async fn work(platform: &Platform, records: Vec<Record>) -> Vec<String> {
    crash_point!("statuses.received");
    let mut messages: BTreeMap<(TenantId, String), Vec<(Record, StatusJob)>> = BTreeMap::new();
    let mut failed = Vec::new();
    for record in records {
        match serde_json::from_str::<StatusJob>(&record.body) {
            Ok(job) => {
                let message = (job.tenant.clone(), job.wamid.clone());
                messages.entry(message).or_default().push((record, job));
            }
            // It goes to the dead-letter queue, where the alarm is.
            Err(error) => {
                tracing::error!(job = record.id, %error, "a status job cannot be read");
                failed.push(record.id);
            }
        }
    }
    let mut done = futures::stream::iter(messages)
        .map(|((tenant, wamid), jobs)| async move {
            let (ids, jobs): (Vec<String>, Vec<StatusJob>) = jobs
                .into_iter()
                .map(|(record, job)| (record.id, job))
                .unzip();
            let result = one_message(platform, &tenant, &wamid, jobs).await;
            (tenant, ids, result)
        })
        .buffer_unordered(PARALLEL);
    let mut told: BTreeMap<TenantId, Vec<Event>> = BTreeMap::new();
    let mut recorded = Vec::new();
    while let Some((tenant, ids, result)) = done.next().await {
        crash_point!("statuses.partly_recorded");
        match result {
            Ok(events) => {
                told.entry(tenant).or_default().extend(events);
                recorded.extend(ids);
            }
            Err(error) => {
                tracing::warn!(%error, source = ?std::error::Error::source(&error), "statuses come again");
                failed.extend(ids);
            }
        }
    }
    crash_point!("statuses.recorded");
    if let Err(error) = Emitter::new(platform).emit_all(told).await {
        tracing::warn!(%error, source = ?std::error::Error::source(&error), "statuses come again to be told");
        failed.extend(recorded);
    }
    crash_point!("statuses.told");
    failed
}

/// Records all that a batch says of one message. Answers what is to be told of it: the stages whose first report it has,
/// also if an earlier try recorded that, which may not have told of it.
async fn one_message(
    platform: &Platform,
    tenant: &TenantId,
    wamid: &str,
    jobs: Vec<StatusJob>,
) -> Result<Vec<Event>, Error> {
    let reports: Vec<Report> = jobs
        .iter()
        .map(|job| Report {
            stage: job.stage,
            at: job.at,
            error: job.error.clone(),
        })
        .collect();
    let store = platform.store();
    // What came along with the status is our own id, unless another program sends by the same number.
    let named = jobs.iter().find_map(|job| job.message);
    if let Some(id) = named
        && let Reporting::Recorded(recorded) =
            store.report_message(tenant, id, wamid, &reports).await?
    {
        hear_opt_out(platform, tenant, &jobs, &recorded.peer).await?;
        return Ok(events(id, &jobs, recorded));
    }
    if let Some(id) = store.message_id_of_wamid(tenant, wamid).await?
        && let Reporting::Recorded(recorded) =
            store.report_message(tenant, id, wamid, &reports).await?
    {
        hear_opt_out(platform, tenant, &jobs, &recorded.peer).await?;
        return Ok(events(id, &jobs, recorded));
    }
    put_off(platform, tenant, jobs).await?;
    Ok(Vec::new())
}

/// A message that failed because its customer wants no marketing says so of all that follow.
async fn hear_opt_out(
    platform: &Platform,
    tenant: &TenantId,
    jobs: &[StatusJob],
    peer: &str,
) -> Result<(), Error> {
    let opted_out = |job: &&StatusJob| {
        let code = job.error.as_ref().and_then(|error| error.code);
        code.is_some_and(|code| classify(code, None, 0).opted_out)
    };
    if let Some(job) = jobs.iter().find(opted_out)
        && let Some(peer) = Recipient::parse_peer(peer)
    {
        // A clock that is ahead of ours would hold against all that is said until then.
        let at = job.at.min(platform.now());
        automate::refused(platform, tenant, &peer, at).await?;
    }
    Ok(())
}

/// What is told of a message's stages, in their order, each once.
fn events(id: Id, jobs: &[StatusJob], recorded: Recorded) -> Vec<Event> {
    let Recorded {
        held,
        channel,
        peer,
        ..
    } = recorded;
    let event = |(stage, at): (Reported, Moment)| {
        let job = jobs.iter().find(|job| job.stage == stage && job.at == at)?;
        Some(Event {
            id: status_event_id(at, id, stage),
            at,
            channel: Some(channel),
            what: What::MessageStatus(MessageStatus {
                id,
                wamid: job.wamid.clone(),
                to: peer.clone(),
                stage,
                error: job.error.clone(),
            }),
        })
    };
    held.into_iter().filter_map(event).collect()
}

/// Nobody here knows the message: its statuses come again later, and are dropped and counted in the end.
async fn put_off(
    platform: &Platform,
    tenant: &TenantId,
    jobs: Vec<StatusJob>,
) -> Result<(), Error> {
    let mut later = Vec::new();
    let mut dropped = 0;
    for mut job in jobs {
        match job.next_delay() {
            Some(delay) => {
                job.waited_seconds += delay;
                later.push(job.queued(delay)?);
            }
            None => dropped += 1,
        }
    }
    if dropped > 0 {
        tracing::warn!(%tenant, dropped, "dropped statuses of a message that nobody here sent");
        platform
            .store()
            .add_tally(tenant, DROPPED_STATUSES, dropped, platform.now())
            .await?;
    }
    platform.queues()?.send(QueueName::Statuses, later).await?;
    crash_point!("statuses.requeued");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_status_waits_fifteen_minutes_in_growing_steps() {
        let mut job = StatusJob {
            tenant: "1234567890".parse().unwrap(),
            wamid: "wamid.1".into(),
            message: None,
            stage: Reported::Sent,
            at: Moment::from_seconds(1),
            error: None,
            waited_seconds: 0,
        };
        let mut delays = Vec::new();
        while let Some(delay) = job.next_delay() {
            job.waited_seconds += delay;
            delays.push(delay);
        }
        assert_eq!(delays, [5, 5, 10, 20, 40, 80, 160, 300, 280]);
        assert_eq!(job.waited_seconds, LONGEST_WAIT);
    }
}

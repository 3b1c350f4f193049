//! A batch of jobs: read, run, and let go.

use std::collections::{HashMap, HashSet};
use std::pin::pin;

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use openwati_core::crash_point;
use openwati_store::delivery::DeliveryKey;
use openwati_store::queues::QueueName;

use super::plan::{Attempt, Planned};
use super::post::post;
use super::record::{Ended, How, record};
use super::{Jobs, PATIENCE};
use crate::events::{DeliveryJob, FirstTry, NextTry, Recovery};
use crate::platform::Platform;
use crate::record::Record;

/// A job that is about one delivery.
#[derive(Debug)]
pub(super) enum Try {
    First(FirstTry),
    Next(NextTry),
}

impl Try {
    pub(super) fn key(&self) -> DeliveryKey {
        let (tenant, endpoint, delivery) = match self {
            Self::First(first) => (&first.tenant, first.endpoint, first.delivery),
            Self::Next(next) => (&next.tenant, next.endpoint, next.delivery),
        };
        DeliveryKey {
            tenant: tenant.clone(),
            endpoint,
            delivery,
        }
    }
}

/// A batch, read.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) tries: Vec<(Record, Try)>,
    recoveries: Vec<(String, Recovery)>,
    receipts: HashMap<String, String>,
}

impl Batch {
    /// Reads the jobs. Those that cannot be read fail: they end in the dead-letter queue.
    pub(super) fn read(jobs: Jobs, failed: &mut Vec<String>) -> Self {
        let mut batch = Self {
            receipts: jobs.receipts,
            ..Self::default()
        };
        for record in jobs.records {
            match serde_json::from_str(&record.body) {
                Ok(DeliveryJob::First(first)) => batch.tries.push((record, Try::First(first))),
                Ok(DeliveryJob::Again(next)) => batch.tries.push((record, Try::Next(next))),
                Ok(DeliveryJob::Recover(recovery)) => batch.recoveries.push((record.id, recovery)),
                Err(error) => {
                    tracing::error!(job = record.id, %error, "a delivery job cannot be read");
                    failed.push(record.id);
                }
            }
        }
        batch
    }

    pub(super) fn take_recoveries(&mut self) -> Vec<(String, Recovery)> {
        std::mem::take(&mut self.recoveries)
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = String> {
        self.tries.iter().map(|(record, _)| record.id.clone())
    }
}

/// Does what was planned. Answers the ids of the jobs that are to come again.
pub(super) async fn run(platform: &Platform, planned: Planned, batch: &Batch) -> Vec<String> {
    let Planned {
        posts,
        skipped,
        unfinished,
        targets,
        mut failed,
    } = planned;
    let skipped = skipped.into_iter().map(|(attempt, skip)| Ended {
        log: skip.attempt(platform.now()),
        how: How::Skipped(skip),
        attempt,
    });
    let mut ended: Vec<Ended> = skipped.collect();
    let mut open: HashSet<String> = posts.iter().map(|attempt| attempt.job.clone()).collect();
    let targets = &targets;
    let mut posting: FuturesUnordered<_> = posts
        .into_iter()
        .map(|attempt| async move { try_it(platform, targets, attempt).await })
        .collect();
    let mut patience = pin!(tokio::time::sleep(PATIENCE));
    loop {
        let next = tokio::select! {
            biased;
            next = posting.next() => next,
            () = &mut patience => break,
        };
        match next {
            Some(Ok(end)) => {
                open.remove(&end.attempt.job);
                ended.push(end);
            }
            Some(Err(job)) => {
                open.remove(&job);
                failed.push(job);
            }
            None => break,
        }
    }
    crash_point!("webhook-delivery.posted");
    failed.extend(record(platform, targets, ended, unfinished).await);
    if open.is_empty() {
        return failed;
    }
    release(platform, batch, &open, &failed).await;
    let (mut ended, mut unread) = (Vec::new(), Vec::new());
    while let Some(next) = posting.next().await {
        match next {
            Ok(end) => ended.push(end),
            Err(job) => unread.push(job),
        }
    }
    failed.extend(unread);
    failed.extend(record(platform, targets, ended, Vec::new()).await);
    failed
}

async fn try_it(
    platform: &Platform,
    targets: &super::plan::Targets,
    attempt: Attempt,
) -> Result<Ended, String> {
    let name = (attempt.key.tenant.clone(), attempt.key.endpoint);
    let Some(target) = targets.get(&name) else {
        return Err(attempt.job);
    };
    match post(platform, target, &attempt).await {
        Ok((log, verdict)) => Ok(Ended {
            log: Some(log),
            how: How::Answered(verdict),
            attempt,
        }),
        Err(error) => {
            tracing::warn!(tenant = %name.0, delivery = %attempt.key.delivery, %error, "an event cannot be posted now");
            Err(attempt.job)
        }
    }
}

/// Deletes the first tries that are done while others still wait for an answer, so that their lanes go on.
async fn release(platform: &Platform, batch: &Batch, open: &HashSet<String>, failed: &[String]) {
    let done = batch
        .receipts
        .iter()
        .filter(|(id, _)| !open.contains(*id) && !failed.contains(id));
    let done: Vec<String> = done.map(|(_, receipt)| receipt.clone()).collect();
    if done.is_empty() {
        return;
    }
    let deleted = match platform.queues() {
        Ok(queues) => queues
            .delete(QueueName::WebhookDelivery, done)
            .await
            .map_err(crate::error::Error::from),
        Err(error) => Err(error),
    };
    if let Err(error) = deleted {
        // They are deleted with the rest.
        tracing::warn!(%error, "deliveries that are done hold up their lanes until the batch ends");
    }
}

//! The jobs about templates, as they wait on the queue of works through data.

use std::time::Duration;

use openwati_core::crash_point;
use openwati_core::id::Id;
use openwati_core::tenant::TenantId;
use openwati_store::due::Due;
use openwati_store::queues::{self, Job, QueueName};
use serde::{Deserialize, Serialize};

use super::sync::{self, Outcome};
use super::{EVERY, known};
use crate::error::Error;
use crate::platform::Platform;

/// Something to be read from Meta.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TemplateJob {
    /// What: its name tells this job from others on the queue.
    templates: Reading,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Reading {
    tenant: TenantId,
    waba_id: String,
    /// Only the templates of this name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// The reading of everything that goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    run: Option<Id>,
}

/// How long one job reads before it hands over.
const SLICE: Duration = Duration::from_secs(15);

impl TemplateJob {
    /// Everything of an account.
    pub(super) fn all(tenant: &TenantId, waba_id: &str) -> Self {
        Self {
            templates: Reading {
                tenant: tenant.clone(),
                waba_id: waba_id.to_owned(),
                name: None,
                run: None,
            },
        }
    }

    /// The templates of one name.
    pub(super) fn named(tenant: &TenantId, waba_id: &str, name: &str) -> Self {
        let mut job = Self::all(tenant, waba_id);
        job.templates.name = Some(name.to_owned());
        job
    }

    /// The rest of a reading.
    pub(super) fn rest(tenant: &TenantId, waba_id: &str, run: Id) -> Self {
        let mut job = Self::all(tenant, waba_id);
        job.templates.run = Some(run);
        job
    }
}

/// Puts a job on its queue.
pub(super) async fn enqueue(platform: &Platform, job: &TemplateJob) -> Result<(), Error> {
    let body = queues::body(job).map_err(|error| Error::Internal(Box::new(error)))?;
    let queued = Job {
        body,
        // On a standard queue the group only shares the workers fairly between tenants.
        group: Some(job.templates.tenant.to_string()),
        deduplication: None,
        delay_seconds: 0,
    };
    let queues = platform.queues()?;
    Ok(queues.send(QueueName::Data, vec![queued]).await?)
}

/// Works a job. Whatever Meta says, it is done: an account is read again in its time.
///
/// # Errors
/// If the store or a queue did not answer: the job is to come again.
pub(crate) async fn work(platform: &Platform, job: TemplateJob) -> Result<(), Error> {
    let Reading {
        tenant,
        waba_id,
        name,
        run,
    } = &job.templates;
    if let Some(name) = name {
        return known::refresh(platform, tenant, waba_id, name).await;
    }
    let within = SLICE.min(platform.function_timeout() / 3);
    match sync::read(platform, tenant, waba_id, *run, within).await? {
        Outcome::Unfinished(run, _) => {
            enqueue(platform, &TemplateJob::rest(tenant, waba_id, run)).await
        }
        Outcome::Failed(trouble) => {
            tracing::warn!(%tenant, waba_id, reason = trouble.words(), "templates could not be read");
            Ok(())
        }
        Outcome::Done(counts) => {
            tracing::info!(%tenant, waba_id, ?counts, "read an account's templates");
            Ok(())
        }
        Outcome::Gone | Outcome::Overtaken => Ok(()),
    }
}

/// Puts the reading of an account on its queue that is due, and off until the next hour.
///
/// # Errors
/// If the store or the queue did not answer; it stays due then.
pub(crate) async fn due(
    platform: &Platform,
    tenant: &TenantId,
    waba_id: &str,
) -> Result<(), Error> {
    enqueue(platform, &TemplateJob::all(tenant, waba_id)).await?;
    crash_point!("timers.templates_enqueued");
    let due = Due::Templates(tenant.clone(), waba_id.to_owned());
    let next = platform.now().plus(platform.pace().real(EVERY));
    Ok(platform.store().postpone(&due, next).await?)
}

/// Gives up a job that could not be worked: the account is read again in its time.
pub(crate) fn settle(job: &TemplateJob) {
    let Reading {
        tenant, waba_id, ..
    } = &job.templates;
    tracing::error!(%tenant, waba_id, "a reading of templates is given up until the next one");
}

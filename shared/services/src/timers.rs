//! What the clock brings up: claims whose holder died, jobs that were not put on their queue, deliveries whose next step
//! was far away, and jobs that nobody could work.

mod dead_letters;
mod deliveries;

use std::time::Duration;

use futures::StreamExt as _;
use openwati_core::crash_point;
use openwati_core::id::Id;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use openwati_store::due::Due;

use crate::data;
use crate::error::Error;
use crate::files;
use crate::platform::Platform;
use crate::templates;

/// What a run did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Report {
    /// Messages whose outcome is `unknown` from now on, and jobs that were given up.
    pub settled: u32,
    /// Jobs that were put on their queue.
    pub enqueued: u32,
    /// Things that could not be worked off; they stay due.
    pub failed: u32,
}

/// Things of each shard that are read at a time.
const AT_A_TIME: usize = 100;

/// Things that are worked on at the same time.
const PARALLEL: usize = 16;

/// How long before the function's end a run stops: the next minute goes on.
const RESERVE: Duration = Duration::from_secs(5);

/// Works off what is due, as much as the function has time for.
///
/// # Errors
/// If what is due could not be read.
pub async fn run(platform: &Platform) -> Result<Report, Error> {
    let until = platform
        .now()
        .plus(platform.function_timeout().saturating_sub(RESERVE));
    let mut report = Report::default();
    let overdue = overdue(platform, until, &mut report).await;
    let deliveries = deliveries::run(platform, until, &mut report).await;
    dead_letters::run(platform, until, &mut report).await;
    overdue.and(deliveries).map(|()| report)
}

/// Works off claims and outboxes.
async fn overdue(platform: &Platform, until: Moment, report: &mut Report) -> Result<(), Error> {
    loop {
        let due = platform.store().due(platform.now(), AT_A_TIME).await?;
        let found = due.len();
        let failed_before = report.failed;
        let mut done = futures::stream::iter(due)
            .map(|due| work(platform, due))
            .buffer_unordered(PARALLEL);
        while let Some(effect) = done.next().await {
            match effect {
                Ok(Effect::Settled) => report.settled += 1,
                Ok(Effect::Enqueued) => report.enqueued += 1,
                Ok(Effect::Nothing) => {}
                Err((due, error)) => {
                    tracing::error!(%error, source = ?std::error::Error::source(&error), "due work failed");
                    report.failed += 1;
                    let later = platform.now().plus(PUT_OFF);
                    if let Err(error) = platform.store().postpone(&due, later).await {
                        tracing::error!(%error, "what failed could not be put off");
                    }
                }
            }
        }
        // What failed is found again: going on would spin on it.
        let stuck = report.failed > failed_before;
        if found < AT_A_TIME || stuck || platform.now() >= until {
            return Ok(());
        }
    }
}

/// For how long something that failed is put off.
const PUT_OFF: Duration = Duration::from_secs(5 * 60);

enum Effect {
    Settled,
    Enqueued,
    Nothing,
}

async fn work(platform: &Platform, due: Due) -> Result<Effect, (Due, Error)> {
    let worked = match &due {
        Due::Message(tenant, id) => settle(platform, tenant, *id, platform.now()).await,
        Due::Outbox(tenant, id) => sweep(platform, tenant, *id).await,
        Due::Retention(tenant) => match data::begin_retention(platform, tenant).await {
            Ok(true) => Ok(Effect::Enqueued),
            Ok(false) => Ok(Effect::Nothing),
            Err(error) => Err(error),
        },
        Due::Templates(tenant, waba_id) => templates::due(platform, tenant, waba_id)
            .await
            .map(|()| Effect::Enqueued),
        Due::File(tenant, sha256) => match files::sweep(platform, tenant, sha256).await {
            Ok(true) => Ok(Effect::Settled),
            Ok(false) => Ok(Effect::Nothing),
            Err(error) => Err(error),
        },
        // They have shards of their own.
        Due::Delivery(..) => Ok(Effect::Nothing),
    };
    worked.map_err(|error| (due, error))
}

/// A message whose sender died: it may have reached WhatsApp.
async fn settle(
    platform: &Platform,
    tenant: &TenantId,
    id: Id,
    now: Moment,
) -> Result<Effect, Error> {
    let settled = platform.store().message_unknown(tenant, id, now).await?;
    crash_point!("timers.message_settled");
    if settled {
        tracing::warn!(%tenant, id = %id, "a send was cut; its outcome is unknown");
        return Ok(Effect::Settled);
    }
    Ok(Effect::Nothing)
}

/// A job whose writer died before it was on its queue.
async fn sweep(platform: &Platform, tenant: &TenantId, id: Id) -> Result<Effect, Error> {
    let Some(record) = platform.store().outbox(tenant, id).await? else {
        return Ok(Effect::Nothing);
    };
    platform
        .queues()?
        .send(record.queue, vec![record.job])
        .await?;
    crash_point!("timers.outbox_enqueued");
    platform.store().remove_outbox(tenant, id).await?;
    tracing::info!(%tenant, item = %id, queue = ?record.queue, "swept an outbox item");
    Ok(Effect::Enqueued)
}

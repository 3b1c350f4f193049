//! The catalogue of a tenant's templates: what Meta has in its WhatsApp Business Accounts, kept in step.
//!
//! Three things bring it up to date, in whatever order: readings of everything (`sync`), callbacks (`news`), and what is
//! done here. Each aspect of a template (status, category, quality) has the time at which it was told, and what is told
//! later counts.

mod ask;
mod create;
mod edit;
mod job;
mod known;
mod news;
mod now;
mod preview;
mod record;
mod remove;
mod samples;
mod show;
mod sync;

use std::time::Duration;

use futures::{StreamExt as _, TryStreamExt as _};
use openwati_core::tenant::TenantId;

use crate::error::Error;
use crate::platform::Platform;

pub use create::{NewTemplate, create};
pub use edit::{TemplateChange, edit};
pub(crate) use job::{TemplateJob, due, settle, work};
pub use known::for_send;
pub use now::{Synced, sync};
pub use preview::{Preview, Which, preview};
pub use remove::{remove, remove_named};
pub use show::{Filter, Template, Templates, find, list};
pub use sync::Counts;

pub(crate) use known::Asked;
pub(crate) use news::hear;

/// How often an account is read.
const EVERY: Duration = Duration::from_secs(3600);

/// How long whoever has an account read has to put the job on its queue, before the clock does.
const GRACE: Duration = Duration::from_secs(60);

/// Templates that are written at the same time.
const PARALLEL: usize = 8;

/// Has an account's templates kept in step from now on, whoever dies: the clock finds what is not on its queue.
///
/// # Errors
/// If the store did not answer.
pub(crate) async fn follow(
    platform: &Platform,
    tenant: &TenantId,
    waba_id: &str,
) -> Result<(), Error> {
    let due = platform.now().plus(platform.pace().real(GRACE));
    let store = platform.store();
    Ok(store.follow_templates(tenant, waba_id, due).await?)
}

/// Has an account read now, where it is followed. The clock does it where no queue takes it.
pub(crate) async fn read_soon(platform: &Platform, tenant: &TenantId, waba_id: &str) {
    if let Err(error) = job::enqueue(platform, &TemplateJob::all(tenant, waba_id)).await {
        tracing::warn!(%tenant, waba_id, %error, "templates are read when the clock says");
    }
}

/// Forgets an account that the tenant has no more.
///
/// # Errors
/// If something of it may still be there; the next reading forgets it then.
pub(crate) async fn forget(
    platform: &Platform,
    tenant: &TenantId,
    waba_id: &str,
) -> Result<(), Error> {
    let store = platform.store();
    let templates = store.all_templates(tenant, Some(waba_id)).await?;
    let removed = futures::stream::iter(templates)
        .map(|template| async move { store.remove_template(tenant, &template).await })
        .buffer_unordered(PARALLEL);
    removed.try_for_each(|_| std::future::ready(Ok(()))).await?;
    store.unfollow_templates(tenant, waba_id).await?;
    Ok(())
}

//! Reading everything because somebody asks for it.

use std::collections::BTreeSet;
use std::time::Duration;

use futures::StreamExt as _;
use openwati_core::id::Id;

use super::job::{TemplateJob, enqueue};
use super::show::{account, channels};
use super::sync::{Counts, Outcome, read};
use crate::authenticate::Caller;
use crate::error::Error;
use crate::platform::Platform;

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Synced {
    /// What has changed.
    pub counts: Counts,
    /// Whether everything was read; what was not is read by a job.
    pub is_complete: bool,
    /// The accounts that could not be read, each with why, in words for people.
    pub problems: Vec<(String, String)>,
}

/// How long a caller waits at most.
const WITHIN: Duration = Duration::from_secs(18);

/// Accounts that are read at the same time.
const PARALLEL: usize = 4;

/// Reads the templates of every account of the tenant's, or of one channel's.
///
/// # Errors
/// [`Error::NoDevice`] for a tenant without channels; [`Error::NotFound`] for a channel that is not the tenant's; where no
/// account could be read, why the first could not.
pub async fn sync(
    platform: &Platform,
    caller: &Caller,
    channel: Option<Id>,
) -> Result<Synced, Error> {
    let channels = channels(platform, caller).await?;
    let accounts: BTreeSet<String> = match account(&channels, channel)? {
        Some(waba_id) => [waba_id].into(),
        None => channels.into_iter().map(|one| one.waba_id).collect(),
    };
    if accounts.is_empty() {
        return Err(Error::NoDevice { reason: None });
    }
    let within = WITHIN.min(platform.function_timeout() / 2);
    let tenant = &caller.tenant;
    let asked = accounts.len();
    let mut readings = futures::stream::iter(accounts)
        .map(|waba_id| async move {
            let read = read(platform, tenant, &waba_id, None, within).await;
            (waba_id, read)
        })
        .buffered(PARALLEL);
    let mut synced = Synced {
        counts: Counts::default(),
        is_complete: true,
        problems: Vec::new(),
    };
    let mut first = None;
    while let Some((waba_id, reading)) = readings.next().await {
        match reading? {
            Outcome::Done(counts) => synced.counts.add(counts),
            Outcome::Unfinished(run, counts) => {
                synced.counts.add(counts);
                synced.is_complete = false;
                enqueue(platform, &TemplateJob::rest(tenant, &waba_id, run)).await?;
            }
            Outcome::Failed(trouble) => {
                synced.problems.push((waba_id, trouble.words()));
                first.get_or_insert(trouble);
            }
            // Somebody else reads it as well, and what they find is there when they are done.
            Outcome::Overtaken => synced.is_complete = false,
            Outcome::Gone => {}
        }
    }
    match first {
        Some(trouble) if synced.problems.len() == asked => Err(trouble.into()),
        _ => Ok(synced),
    }
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.added += other.added;
        self.changed += other.changed;
        self.removed += other.removed;
    }
}

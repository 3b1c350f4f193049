//! Reading everything that an account has: page by page, each kept before the next is asked for, so that whoever dies is
//! followed by somebody who goes on. What Meta lists no more goes when all pages were read.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use futures::StreamExt as _;
use openwati_core::crash_point;
use openwati_core::digest::of_parts;
use openwati_core::id::Id;
use openwati_core::secret::Secret;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use openwati_store::StoreError;
use openwati_store::channel::ChannelState;
use openwati_store::template::TemplateRecord;
use openwati_store::template_sync::SyncEnd;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::time::Instant;

use super::ask::{Trouble, in_time, speaker, token};
use super::record::Told;
use super::{EVERY, PARALLEL, forget};
use crate::error::Error;
use crate::platform::Platform;

/// What a reading has changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Templates that were not known.
    pub added: u32,
    /// Templates of which something is other.
    pub changed: u32,
    /// Templates that Meta has no more.
    pub removed: u32,
}

/// How a reading went.
#[derive(Debug)]
pub(super) enum Outcome {
    /// All was read.
    Done(Counts),
    /// The time is over: it goes on under this id.
    Unfinished(Id, Counts),
    /// Meta did not answer, or said no. The next reading has its time.
    Failed(Trouble),
    /// The tenant has no number of this account any more, and nothing of it is kept.
    Gone,
    /// Another reading began since, which reads everything too.
    Overtaken,
}

/// How often a template is written that others write too.
pub(super) const TRIES: u32 = 5;

/// How soon an account is read again that Meta was not reached about.
const SOON: Duration = Duration::from_secs(5 * 60);

/// How far a reading has come.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Progress {
    began_at: Moment,
    /// After what the next page begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<String>,
    /// What was listed, see [`mark`], in base 64.
    seen: String,
    counts: Counts,
}

/// Six bytes that stand for a template: two of 6,000 are alike once in many millions of readings, and then one that is
/// gone is kept.
type Mark = [u8; 6];

fn mark(place: &str) -> Mark {
    let hash = of_parts(&[place]);
    std::array::from_fn(|at| hash[at])
}

/// Reads an account, or the rest of it under the id of a reading that was handed over, for as long as `within`.
///
/// # Errors
/// If the store did not answer.
pub(super) async fn read(
    platform: &Platform,
    tenant: &TenantId,
    waba_id: &str,
    run: Option<Id>,
    within: Duration,
) -> Result<Outcome, Error> {
    let deadline = Instant::now() + within;
    let store = platform.store();
    let (found, known, sync) = tokio::try_join!(
        store.tenant_with_channels(tenant),
        store.all_templates(tenant, Some(waba_id)),
        store.template_sync(tenant, waba_id),
    )?;
    let channels = found.map(|found| found.channels).unwrap_or_default();
    let Some(channel) = speaker(&channels, waba_id) else {
        forget(platform, tenant, waba_id).await?;
        return Ok(Outcome::Gone);
    };
    let began_at = platform.now();
    let (id, progress) = match run {
        None => {
            let id = Id::new(began_at, platform.entropy());
            let due = began_at.plus(platform.pace().real(EVERY));
            store.begin_template_run(tenant, waba_id, id, due).await?;
            crash_point!("templates.begun");
            (id, None)
        }
        Some(id) => match sync.filter(|sync| sync.run_id == Some(id)) {
            Some(sync) => (id, sync.run.and_then(|run| serde_json::from_str(&run).ok())),
            None => return Ok(Outcome::Overtaken),
        },
    };
    let progress = progress.unwrap_or(Progress {
        began_at,
        after: None,
        seen: String::new(),
        counts: Counts::default(),
    });
    let seen = STANDARD_NO_PAD.decode(&progress.seen).unwrap_or_default();
    let known = known.into_iter().map(|record| (record.place(), record));
    let reading = Reading {
        platform,
        tenant,
        waba_id,
        id,
        token: token(platform, tenant, channel)?,
        known: known.collect(),
        seen: seen.as_chunks().0.iter().copied().collect(),
        counts: progress.counts,
        began_at: progress.began_at,
    };
    if channel.state == ChannelState::Disconnected {
        return reading.given_up(Trouble::Disconnected).await;
    }
    reading.pages(progress.after, deadline).await
}

/// A reading while it is under way.
struct Reading<'a> {
    platform: &'a Platform,
    tenant: &'a TenantId,
    waba_id: &'a str,
    id: Id,
    token: Secret<String>,
    /// What was known when it began, by place.
    known: BTreeMap<String, TemplateRecord>,
    seen: HashSet<Mark>,
    counts: Counts,
    began_at: Moment,
}

impl Reading<'_> {
    async fn pages(
        mut self,
        mut after: Option<String>,
        deadline: Instant,
    ) -> Result<Outcome, Error> {
        let graph = self.platform.cloud_api()?;
        loop {
            let at = self.platform.now();
            let page = graph.templates(self.waba_id, self.token.expose(), after.as_deref());
            let page = match in_time(page).await {
                Ok(page) => page,
                Err(trouble) => return self.given_up(trouble).await,
            };
            self.keep(&page.templates, at).await?;
            crash_point!("templates.page_kept");
            if page.after.is_none() {
                return self.finish().await;
            }
            if page.after == after {
                // Whoever followed it would never come to an end.
                tracing::warn!(tenant = %self.tenant, waba_id = self.waba_id, "Meta lists the same page again");
                return self.given_up(Trouble::Lost).await;
            }
            after = page.after;
            if !self.save(after.clone()).await? {
                return self.overtaken().await;
            }
            crash_point!("templates.page_saved");
            if Instant::now() >= deadline {
                return Ok(Outcome::Unfinished(self.id, self.counts));
            }
        }
    }

    /// Keeps what a page lists.
    async fn keep(&mut self, templates: &[Value], at: Moment) -> Result<(), Error> {
        let told = templates.iter().filter_map(|one| Told::read(one, at));
        let told: Vec<Told> = told.collect();
        for told in &told {
            self.seen.insert(mark(&told.place(self.waba_id)));
        }
        let (platform, tenant, waba_id, known) =
            (self.platform, self.tenant, self.waba_id, &self.known);
        let mut kept = futures::stream::iter(told)
            .map(|told| {
                let known = known.get(&told.place(waba_id)).cloned();
                async move { keep(platform, tenant, waba_id, &told, known).await }
            })
            .buffer_unordered(PARALLEL);
        let mut counts = self.counts;
        while let Some(kept) = kept.next().await {
            match kept? {
                Kept::Added => counts.added += 1,
                Kept::Changed => counts.changed += 1,
                Kept::AsItWas => {}
            }
        }
        drop(kept);
        self.counts = counts;
        Ok(())
    }

    async fn save(&self, after: Option<String>) -> Result<bool, Error> {
        let mut seen: Vec<Mark> = self.seen.iter().copied().collect();
        seen.sort_unstable();
        let progress = Progress {
            began_at: self.began_at,
            after,
            seen: STANDARD_NO_PAD.encode(seen.concat()),
            counts: self.counts,
        };
        let progress =
            serde_json::to_string(&progress).map_err(|error| Error::Internal(Box::new(error)))?;
        let store = self.platform.store();
        let saved = store.save_template_run(self.tenant, self.waba_id, self.id, &progress);
        Ok(saved.await?)
    }

    /// Everything was listed: what was not is gone. What was written since stays, because Meta may have been asked before.
    async fn finish(mut self) -> Result<Outcome, Error> {
        let store = self.platform.store();
        for record in self.known.values() {
            let is_old = record.written_at < self.began_at;
            if is_old && !self.seen.contains(&mark(&record.place())) {
                let removed = store.remove_template(self.tenant, record).await?;
                self.counts.removed += u32::from(removed);
                crash_point!("templates.removed");
            }
        }
        let counts = self.counts;
        if !self.end(SyncEnd::Done, EVERY).await? {
            // Another one began meanwhile: everything was read all the same.
            return match self.overtaken().await? {
                Outcome::Overtaken => Ok(Outcome::Done(counts)),
                other => Ok(other),
            };
        }
        crash_point!("templates.ended");
        Ok(Outcome::Done(counts))
    }

    async fn given_up(self, trouble: Trouble) -> Result<Outcome, Error> {
        let wait = match &trouble {
            Trouble::Lost => SOON,
            Trouble::Throttled(wait) => (*wait).min(EVERY),
            Trouble::Refused(_) | Trouble::Disconnected => EVERY,
        };
        self.end(SyncEnd::Failed(trouble.words()), wait).await?;
        Ok(Outcome::Failed(trouble))
    }

    async fn end(&self, end: SyncEnd, wait: Duration) -> Result<bool, Error> {
        let now = self.platform.now();
        let due = now.plus(self.platform.pace().real(wait));
        let store = self.platform.store();
        let ended = store.end_template_run(self.tenant, self.waba_id, self.id, &end, now, due);
        Ok(ended.await?)
    }

    /// Another reading began, or the account was taken away, with what was kept of it: then what was kept since goes too.
    async fn overtaken(self) -> Result<Outcome, Error> {
        let store = self.platform.store();
        let sync = store.template_sync(self.tenant, self.waba_id).await?;
        if sync.is_some() {
            return Ok(Outcome::Overtaken);
        }
        forget(self.platform, self.tenant, self.waba_id).await?;
        Ok(Outcome::Gone)
    }
}

/// What became of what Meta told of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    Added,
    Changed,
    AsItWas,
}

/// Keeps what Meta told of a template, of which this is known.
pub(super) async fn keep(
    platform: &Platform,
    tenant: &TenantId,
    waba_id: &str,
    told: &Told,
    mut known: Option<TemplateRecord>,
) -> Result<Kept, Error> {
    let store = platform.store();
    for _ in 0..TRIES {
        let (mut next, kept) = match &known {
            None => (told.new_record(waba_id), Kept::Added),
            Some(known) => match told.over(known, platform.now()) {
                Some(next) => (next, Kept::Changed),
                None => return Ok(Kept::AsItWas),
            },
        };
        next.written_at = platform.now();
        if store.put_template(tenant, &mut next).await? {
            return Ok(kept);
        }
        let again = store.template(tenant, &told.name, &told.language, waba_id);
        known = again.await?;
    }
    Err(busy())
}

/// Others were faster every time.
pub(super) fn busy() -> Error {
    StoreError::Unavailable {
        operation: "keeping a template",
        reason: "others kept changing it".to_owned(),
    }
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_is_read_back() {
        let seen: Vec<Mark> = ["a#en#1", "b#en#1"].map(mark).into();
        assert_ne!(seen[0], seen[1]);
        let text = STANDARD_NO_PAD.encode(seen.concat());
        let back = STANDARD_NO_PAD.decode(text).unwrap();
        assert_eq!(back.as_chunks::<6>().0, seen);
    }
}

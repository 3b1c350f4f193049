//! The log of what was answered, newest first.

use futures::future::try_join_all;
use openwati_core::automation::Outcome;
use openwati_core::id::Id;
use openwati_core::message::Recipient;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;

use super::run::{RUNS_KEPT, RunRecord};
use crate::error::StoreError;
use crate::item::{Item, read};
use crate::keys::place::Place;
use crate::keys::{RUN_SHARDS, names};
use crate::store::Store;

/// Queries of all shards that one page may cost before it is handed out short.
const ROUNDS: usize = 12;

/// Entries that are looked through at once, where only some are wanted.
const LOOKED_THROUGH: usize = 200;

/// Which entries a log shows.
#[derive(Debug, Clone)]
pub struct LogSelection {
    /// Only those with a lower id: where the last page ended, or the end of the time asked for.
    pub before: Id,
    /// Only those of messages that were written at this moment or later.
    pub since: Moment,
    /// Only those of which this became.
    pub outcome: Option<Outcome>,
    /// Only those with these peers, which are one customer.
    pub peers: Option<Vec<Recipient>>,
    /// Only those of this rule.
    pub rule: Option<Id>,
    /// How many, at least 1.
    pub limit: usize,
}

/// A page of the log, newest first.
#[derive(Debug, Default)]
pub struct LogPage {
    /// At most as many as asked for, with their ids. A page may be short, or empty, although more follow.
    pub runs: Vec<(Id, RunRecord)>,
    /// What to give as `before` for the next page; none when there is nothing more.
    pub next_before: Option<Id>,
}

impl LogSelection {
    fn wants(&self, run: &RunRecord) -> bool {
        self.outcome.is_none_or(|outcome| outcome == run.outcome)
            && self.rule.is_none_or(|rule| Some(rule) == run.rule)
            && self
                .peers
                .as_ref()
                .is_none_or(|peers| peers.contains(&run.peer))
    }

    fn at_once(&self) -> usize {
        let is_all = self.outcome.is_none() && self.peers.is_none() && self.rule.is_none();
        if is_all {
            self.limit
        } else {
            self.limit.max(LOOKED_THROUGH)
        }
    }
}

impl Store {
    /// A page of the log, newest first: by when the customers wrote.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn automation_log(
        &self,
        tenant: &TenantId,
        now: Moment,
        selection: &LogSelection,
    ) -> Result<LogPage, StoreError> {
        let first = Id::first_at(selection.since.max(now.minus(RUNS_KEPT)));
        let mut page = LogPage::default();
        let mut before = selection.before;
        for _ in 0..ROUNDS {
            if before <= first {
                return Ok(page);
            }
            let limit = selection.at_once();
            let (seen, examined_to) = self.month_of(tenant, first, before, limit).await?;
            for (id, run) in seen {
                before = id;
                if selection.wants(&run) {
                    page.runs.push((id, run));
                    if page.runs.len() == selection.limit {
                        page.next_before = Some(before);
                        return Ok(page);
                    }
                }
            }
            let Some(examined_to) = examined_to else {
                return Ok(page);
            };
            before = examined_to;
        }
        page.next_before = Some(before);
        Ok(page)
    }

    /// The newest entries of the month before `before`, over its shards; and to where that examined everything.
    async fn month_of(
        &self,
        tenant: &TenantId,
        first: Id,
        before: Id,
        limit: usize,
    ) -> Result<(Vec<(Id, RunRecord)>, Option<Id>), StoreError> {
        let operation = "reading what was answered";
        // The newest id that may be shown is just below `before`, which may be the first of a month.
        let newest = match Id::first_at(before.moment()) < before {
            true => before.moment(),
            false => before.moment().minus(std::time::Duration::from_millis(1)),
        };
        let month = newest.year_month();
        let month_begins = Id::first_at(newest.month_begins());
        let from = first.max(month_begins);
        let shards = (0..RUN_SHARDS).map(|shard| {
            let pk = Place::AutomationRuns(month.clone(), shard).partition(tenant);
            self.newest(operation, None, names::PK, pk, (from, before), limit)
        });
        let found = try_join_all(shards).await?;
        let mut found: Vec<(Id, Item)> = found.into_iter().flatten().collect();
        found.sort_by_key(|(id, _)| std::cmp::Reverse(*id));
        let more = found.len() >= limit;
        found.truncate(limit);
        let end = match found.last() {
            Some((id, _)) if more => Some(*id),
            _ => (month_begins > first).then_some(month_begins),
        };
        let runs = found
            .into_iter()
            .map(|(id, item)| Ok((id, read(operation, item)?)));
        Ok((runs.collect::<Result<_, StoreError>>()?, end))
    }
}

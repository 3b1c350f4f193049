//! The messages of a batch that need nothing but to be kept, kept in one transaction.
//!
//! Most messages are from customers who are known, in conversations that are there: reading all of those takes one
//! request, and keeping their messages one more. Whatever else there is to a job, and a batch of which one message does
//! not fit what was read any more, is left to each job by itself.

use std::collections::HashSet;

use openwati_core::id::Id;
use openwati_core::tenant::TenantId;
use openwati_store::alias::AliasRecord;
use openwati_store::conversation::ConversationRecord;
use openwati_store::message::{ConversationChange, MOST_CHANGES};

use super::contact::{self, Says};
use super::message::Draft;
use super::value::{self, Told};
use super::{Stage, Work, job};
use crate::automate::Around;
use crate::error::Error;
use crate::platform::Platform;
use crate::receive::Body;

/// A transaction takes 4 MB. What is beside the contents of messages is small, and so are the sums of conversations.
const MOST_BYTES: usize = 3 * 1024 * 1024;

/// A conversation with the messages counted in.
struct Sum<'a> {
    tenant: &'a TenantId,
    channel: Id,
    alias: AliasRecord,
    says: &'a Says,
    before: ConversationRecord,
    after: ConversationRecord,
}

/// Messages that are kept at once.
#[derive(Default)]
struct Plan<'a> {
    messages: Vec<&'a Draft>,
    sums: Vec<Sum<'a>>,
    wamids: HashSet<(&'a TenantId, &'a str)>,
    bytes: usize,
}

/// Reads the messages at the heads of the groups, which stand at [`Stage::Read`] then. One that was handed out before may be
/// there already, and one that lies in the bucket may be large: those and all behind them in their group are left.
pub(super) async fn read(platform: &Platform, groups: &mut [Vec<Work>]) {
    for group in groups {
        for work in group {
            let Some(draft) = draft(platform, work).await else {
                break;
            };
            work.stage = Stage::Read(Box::new(draft));
        }
    }
}

/// Keeps the messages that are read, as far as they need nothing else and there is more than one: they stand at
/// [`Stage::Kept`] then. What goes wrong is left to each job to meet by itself.
pub(super) async fn keep(platform: &Platform, groups: &mut [Vec<Work>]) {
    let heads: Vec<Vec<&Draft>> = groups.iter().map(|group| head(group)).collect();
    if heads.iter().map(Vec::len).sum::<usize>() < 2 {
        return;
    }
    let kept = match kept_of(platform, &heads).await {
        Ok(kept) => kept,
        Err(error) => {
            tracing::debug!(%error, "messages are kept one by one");
            return;
        }
    };
    for (group, kept) in groups.iter_mut().zip(kept) {
        for (work, around) in group.iter_mut().zip(kept) {
            work.stage = match std::mem::replace(&mut work.stage, Stage::New) {
                Stage::Read(draft) => {
                    let kept = Box::new(draft.kept(around));
                    Stage::Kept(draft, kept)
                }
                other => other,
            };
        }
    }
}

async fn draft(platform: &Platform, work: &Work) -> Option<Draft> {
    if work.record.receives > 1 {
        return None;
    }
    let job = job(&work.record).ok()?;
    if !matches!(job.body, Body::Value(_)) {
        return None;
    }
    match value::read(platform, job).await.ok()? {
        Told::Message(told) => Draft::of(platform, *told).await.ok(),
        Told::Notice(_) => None,
    }
}

fn head(group: &[Work]) -> Vec<&Draft> {
    let drafts = group.iter().map_while(|work| match &work.stage {
        Stage::Read(draft) => Some(&**draft),
        Stage::New | Stage::Kept(..) => None,
    });
    drafts.collect()
}

/// Keeps messages at the heads of these groups at once. Says of each group's what was known of their customers.
async fn kept_of(platform: &Platform, heads: &[Vec<&Draft>]) -> Result<Vec<Vec<Around>>, Error> {
    let says: Vec<Vec<Says>> = heads
        .iter()
        .map(|head| head.iter().map(|draft| says(draft)).collect())
        .collect::<Result<_, _>>()?;
    let drafts = heads.iter().flatten().zip(says.iter().flatten());
    let writers: Vec<_> = drafts
        .map(|(draft, says)| says.writer(&draft.told.tenant, draft.told.channel))
        .collect();
    let mut found = platform.store().acquaintances(&writers).await?.into_iter();
    let mut plan = Plan::default();
    let mut kept = Vec::with_capacity(heads.len());
    for (head, says) in heads.iter().zip(&says) {
        let found: Vec<_> = found.by_ref().take(head.len()).collect();
        let messages = head.iter().zip(says).zip(found);
        let planned = messages.map_while(|((draft, says), found)| {
            let (alias, around) = says.familiar(found)?;
            let conversation = around.conversation.clone();
            plan.add(draft, says, alias, conversation)?;
            Some(around)
        });
        kept.push(planned.collect());
    }
    match plan.messages.len() > 1 && plan.keep(platform).await? {
        true => Ok(kept),
        false => Ok(Vec::new()),
    }
}

fn says(draft: &Draft) -> Result<Says, Error> {
    contact::says(draft.id, &draft.told.arrived)
}

impl<'a> Plan<'a> {
    /// Takes a message in; not one whose customer has another name now, one that is there twice, or one too many.
    fn add(
        &mut self,
        draft: &'a Draft,
        says: &'a Says,
        alias: AliasRecord,
        before: ConversationRecord,
    ) -> Option<()> {
        let (tenant, channel) = (&draft.told.tenant, draft.told.channel);
        let heard = draft.heard();
        let known = self.sums.iter().position(|sum| {
            (sum.tenant, sum.channel, &sum.alias.peer) == (tenant, channel, &alias.peer)
        });
        let sum = known.map_or(&before, |at| &self.sums[at].after);
        let changes =
            2 * (self.messages.len() + 1) + self.sums.len() + usize::from(known.is_none());
        let bytes = self.bytes + draft.weight();
        if sum.summary.renamed_by(&heard) || changes > MOST_CHANGES || bytes > MOST_BYTES {
            return None;
        }
        if !self.wamids.insert((tenant, &draft.told.arrived.wamid)) {
            return None;
        }
        let at = known.unwrap_or_else(|| {
            self.sums.push(Sum {
                tenant,
                channel,
                alias,
                says,
                after: before.clone(),
                before,
            });
            self.sums.len() - 1
        });
        self.sums[at].after.summary.hear(&heard);
        self.messages.push(draft);
        self.bytes = bytes;
        Some(())
    }

    /// Keeps all of it or nothing.
    async fn keep(&self, platform: &Platform) -> Result<bool, Error> {
        let messages = self.messages.iter();
        let messages: Vec<_> = messages
            .map(|draft| (&draft.told.tenant, draft.message()))
            .collect();
        let sums = self.sums.iter().map(|sum| {
            let change = ConversationChange {
                alias: &sum.alias,
                key: sum.says.key(),
                before: Some(&sum.before),
                after: &sum.after,
            };
            (sum.tenant, sum.channel, change)
        });
        let sums: Vec<_> = sums.collect();
        Ok(platform.store().receive_messages(&messages, &sums).await?)
    }
}

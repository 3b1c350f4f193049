//! What stops automatic answers in a conversation: the count of the hour, and people.

use aws_sdk_dynamodb::types::AttributeValue;
use openwati_core::automation::{BRAKE, BRAKE_WINDOW};
use openwati_core::id::Id;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use serde::{Deserialize, Serialize};

use crate::conversation::ConversationRecord;
use crate::error::StoreError;
use crate::item::{Item, at, s};
use crate::keys::Key;
use crate::store::{Store, Update, Updated};

/// How often a count is tried while others count.
const TRIES: usize = 8;

/// An automatic answer that was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Automatic {
    /// What it was done about.
    pub run: Id,
    /// When.
    pub at: Moment,
}

/// That the customer was told that nobody is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Away {
    /// Since when nobody was.
    pub since: Moment,
    /// What it was done about.
    pub run: Id,
}

/// What became of a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// Counted.
    Yes,
    /// It is counted already.
    Already,
    /// The conversation has had its automatic answers of the hour.
    TooMany,
}

impl ConversationRecord {
    /// The automatic answers of the hour before `now`, but for `own`.
    pub fn automatic_before(&self, now: Moment, own: Id) -> usize {
        let others = recent(&self.automatic, now).filter(|one| one.run != own);
        others.count()
    }

    /// Since when nobody was there, when the customer was told so last; but not by `own`.
    pub fn away_before(&self, own: Id) -> Option<Moment> {
        let other = self.away.filter(|away| away.run != own);
        other.map(|away| away.since)
    }

    /// Takes over what stops automatic answers in a conversation that goes on here.
    pub(crate) fn take_brakes_of(&mut self, other: &Self) {
        for one in &other.automatic {
            if !self.automatic.iter().any(|known| known.run == one.run) {
                self.automatic.push(*one);
            }
        }
        self.automatic.sort_by_key(|one| one.at);
        let too_many = self.automatic.len().saturating_sub(BRAKE);
        self.automatic.drain(..too_many);
        self.paused_until = self.paused_until.max(other.paused_until);
        self.away = [self.away, other.away]
            .into_iter()
            .flatten()
            .max_by_key(|away| away.since);
    }
}

impl Store {
    /// Counts an automatic answer in its conversation, once, where it has had fewer than [`BRAKE`] in the hour.
    ///
    /// # Errors
    /// If the store did not answer; it may be counted then.
    pub async fn count_automatic(
        &self,
        tenant: &TenantId,
        peer: &str,
        channel: Id,
        run: Id,
        now: Moment,
    ) -> Result<Counted, StoreError> {
        let operation = "counting an automatic answer";
        // Most conversations have none: what is there is learned by being refused.
        let mut there: Option<AttributeValue> = None;
        for _ in 0..TRIES {
            let known = read(operation, there.as_ref())?;
            if known.iter().any(|one| one.run == run) {
                return Ok(Counted::Already);
            }
            let mut next: Vec<Automatic> = recent(&known, now).copied().collect();
            if next.len() >= BRAKE {
                return Ok(Counted::TooMany);
            }
            next.push(Automatic { run, at: now });
            let key = Key::conversation(tenant, peer, channel);
            let update = Update::new(key, "SET automatic = :next").value(":next", write(&next));
            let update = match &there {
                None => update.condition("attribute_not_exists(automatic)"),
                Some(there) => update
                    .condition("automatic = :there")
                    .value(":there", there.clone()),
            };
            match self.update(operation, update).await? {
                Updated::Done(_) => return Ok(Counted::Yes),
                Updated::Refused(item) => there = item.and_then(|mut item| item.remove(AUTOMATIC)),
            }
        }
        Err(StoreError::Unavailable {
            operation,
            reason: "others kept counting".to_owned(),
        })
    }

    /// A person answers: until then chatbot, AI and away message are quiet in the conversation. It never ends earlier than
    /// it was to end.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn pause_automations(
        &self,
        tenant: &TenantId,
        peer: &str,
        channel: Id,
        until: Moment,
    ) -> Result<(), StoreError> {
        let key = Key::conversation(tenant, peer, channel);
        let update = Update::new(key, "SET paused_until = :until")
            .condition("attribute_not_exists(paused_until) OR paused_until < :until")
            .value(":until", at(until));
        self.update("pausing automatic answers", update).await?;
        Ok(())
    }

    /// Takes it on to tell a customer that nobody is there since `since`. Says whether it is to be told: nobody has told it
    /// of this closed time, or this very run has.
    ///
    /// # Errors
    /// If the store did not answer; it may be taken on then.
    pub async fn note_away(
        &self,
        tenant: &TenantId,
        peer: &str,
        channel: Id,
        since: Moment,
        run: Id,
    ) -> Result<bool, StoreError> {
        let away = AttributeValue::M(Item::from([
            ("since".to_owned(), at(since)),
            ("run".to_owned(), s(run.hex())),
        ]));
        let key = Key::conversation(tenant, peer, channel);
        let update = Update::new(key, "SET #away = :away")
            .condition("attribute_not_exists(#away) OR #away.#since < :since OR #away.#run = :run")
            .name("#away", "away")
            .name("#since", "since")
            .name("#run", "run")
            .value(":away", away)
            .value(":since", at(since))
            .value(":run", s(run.hex()));
        let updated = self.update("noting that nobody is there", update).await?;
        Ok(matches!(updated, Updated::Done(_)))
    }
}

const AUTOMATIC: &str = "automatic";

fn recent(known: &[Automatic], now: Moment) -> impl Iterator<Item = &Automatic> {
    let since = now.minus(BRAKE_WINDOW);
    known.iter().filter(move |one| one.at > since)
}

fn read(
    operation: &'static str,
    there: Option<&AttributeValue>,
) -> Result<Vec<Automatic>, StoreError> {
    let Some(there) = there else {
        return Ok(Vec::new());
    };
    serde_dynamo::aws_sdk_dynamodb_1::from_attribute_value(there.clone())
        .map_err(StoreError::corrupt(operation))
}

fn write(automatic: &[Automatic]) -> AttributeValue {
    let one = |one: &Automatic| {
        AttributeValue::M(Item::from([
            ("run".to_owned(), s(one.run.hex())),
            ("at".to_owned(), at(one.at)),
        ]))
    };
    AttributeValue::L(automatic.iter().map(one).collect())
}

//! What was done about a customer's message by itself: at once the entry of the log, and the claim of whoever does it.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure};
use openwati_core::automation::{Outcome, run_id};
use openwati_core::id::Id;
use openwati_core::message::Recipient;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::item::{at, n, read, s, ttl, write};
use crate::keys::Key;
use crate::store::{Store, Update, Updated};

/// How long an entry is kept.
pub const RUNS_KEPT: Duration = Duration::from_secs(90 * 86_400);

/// An entry. Its id is [`openwati_core::automation::run_id`] of the message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunRecord {
    /// The customer's message.
    pub message: Id,
    /// The channel that it came over.
    pub channel: Id,
    /// Whom it is from.
    pub peer: Recipient,
    /// What became of it.
    pub outcome: Outcome,
    /// The rule that it matched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<Id>,
    /// That rule's keyword, as it was then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keyword: Option<String>,
    /// How long one of that rule's answers waits for the next, in seconds, as it was then.
    #[serde(default)]
    pub step_delay_seconds: u16,
    /// The last of the answers that was made, counted from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<u8>,
    /// Why there was no answer, with a stable name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The messages that answer it, in the order of their ids. They are kept as a set, so that each is added once.
    #[serde(default, skip_serializing, deserialize_with = "sorted")]
    pub answers: Vec<Id>,
    /// The AI's model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The language that the AI was asked to answer in, by its code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// What the AI counted for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<u32>,
    /// When it was decided.
    pub at: Moment,
    /// Until when somebody is at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease_until: Option<Moment>,
    /// Whether nothing more comes of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub settled: bool,
}

impl RunRecord {
    /// An entry of which only that is known.
    pub fn new(message: Id, channel: Id, peer: &Recipient, outcome: Outcome, now: Moment) -> Self {
        Self {
            message,
            channel,
            peer: peer.clone(),
            outcome,
            rule: None,
            keyword: None,
            step_delay_seconds: 0,
            step: None,
            reason: None,
            answers: Vec::new(),
            model: None,
            language: None,
            tokens: None,
            at: now,
            lease_until: None,
            settled: false,
        }
    }
}

/// What came of an entry.
#[derive(Debug, Clone)]
pub struct Settlement<'a> {
    /// What became of the message.
    pub outcome: Outcome,
    /// Why there was no answer.
    pub reason: Option<&'a str>,
    /// The answer.
    pub answer: Option<Id>,
    /// The AI's model.
    pub model: Option<&'a str>,
    /// The language that it was asked to answer in.
    pub language: Option<&'a str>,
    /// What it counted for it.
    pub tokens: Option<u32>,
}

impl Settlement<'_> {
    /// That this became of it, and nothing else is known.
    pub const fn of(outcome: Outcome) -> Self {
        Self {
            outcome,
            reason: None,
            answer: None,
            model: None,
            language: None,
            tokens: None,
        }
    }
}

/// Who is at an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leased {
    /// Whoever asked: the entry as it is now.
    Yes(Box<RunRecord>),
    /// Somebody else, until then.
    Held(Moment),
    /// Nobody any more.
    Settled(Box<RunRecord>),
    /// There is no such entry.
    Gone,
}

impl Store {
    /// Puts an entry, if there is none for its message. Answers the one that is there in its place.
    ///
    /// # Errors
    /// If the store did not answer; it may be there then.
    pub async fn put_automation_run(
        &self,
        tenant: &TenantId,
        run: Id,
        record: &RunRecord,
    ) -> Result<Option<RunRecord>, StoreError> {
        let operation = "writing down what is answered";
        let mut item = write(operation, record)?;
        if !record.answers.is_empty() {
            item.insert(ANSWERS.to_owned(), set(&record.answers));
        }
        item.insert("ttl".to_owned(), ttl(run.moment().plus(RUNS_KEPT)));
        item.extend(Key::automation_run(tenant, run).map());
        let put = self.client.put_item().table_name(&*self.table);
        let put = put
            .set_item(Some(item.clone()))
            .condition_expression("attribute_not_exists(pk)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let error = match put.send().await {
            Ok(_) => return Ok(None),
            Err(error) => error,
        };
        let there = match error.as_service_error() {
            Some(PutItemError::ConditionalCheckFailedException(failed)) => failed.item.clone(),
            _ => return Err(StoreError::sdk(operation)(error)),
        };
        // An equal one is our own, put by a try whose answer was lost.
        let others = there.filter(|there| *there != item);
        others.map(|there| read(operation, there)).transpose()
    }

    /// The entry with this id.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn automation_run(
        &self,
        tenant: &TenantId,
        run: Id,
    ) -> Result<Option<RunRecord>, StoreError> {
        let operation = "reading what was answered";
        let item = self
            .get(operation, &Key::automation_run(tenant, run))
            .await?;
        item.map(|item| read(operation, item)).transpose()
    }

    /// What was done about each of these messages by itself; those about which nothing was are left out.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn automation_runs(
        &self,
        tenant: &TenantId,
        messages: &[Id],
    ) -> Result<HashMap<Id, RunRecord>, StoreError> {
        let operation = "reading what was answered";
        let keys = messages.iter().map(|id| key_of_message(tenant, *id));
        let found = self.batch(operation, keys.collect()).await?;
        let runs = found.into_values().map(|item| {
            let run: RunRecord = read(operation, item)?;
            Ok((run.message, run))
        });
        runs.collect()
    }

    /// Removes what was done about messages by itself.
    ///
    /// # Errors
    /// If one of them may still be there.
    pub async fn forget_automation_runs(
        &self,
        tenant: &TenantId,
        messages: &[Id],
    ) -> Result<(), StoreError> {
        let keys = messages.iter().map(|id| key_of_message(tenant, *id));
        self.forget_keys(keys.collect()).await
    }

    /// Holds an entry until `until`, where nobody does.
    ///
    /// # Errors
    /// If the store did not answer; it may be held then.
    pub async fn lease_automation_run(
        &self,
        tenant: &TenantId,
        run: Id,
        now: Moment,
        until: Moment,
    ) -> Result<Leased, StoreError> {
        let operation = "holding what is answered";
        let update = Update::new(Key::automation_run(tenant, run), "SET lease_until = :until")
            .condition(
                "attribute_exists(pk) AND attribute_not_exists(settled) \
             AND (attribute_not_exists(lease_until) OR lease_until <= :now)",
            )
            .value(":now", at(now))
            .value(":until", at(until))
            .returns(ReturnValue::AllNew);
        Ok(match self.update(operation, update).await? {
            Updated::Done(item) => Leased::Yes(read(operation, item)?),
            Updated::Refused(None) => Leased::Gone,
            Updated::Refused(Some(item)) => {
                let there: RunRecord = read(operation, item)?;
                match there.lease_until {
                    Some(until) if !there.settled => Leased::Held(until),
                    _ => Leased::Settled(there.into()),
                }
            }
        })
    }

    /// Ends an entry with what came of it. Says whether it was not ended yet.
    ///
    /// # Errors
    /// If the store did not answer; it may be ended then.
    pub async fn settle_automation_run(
        &self,
        tenant: &TenantId,
        run: Id,
        settlement: &Settlement<'_>,
    ) -> Result<bool, StoreError> {
        let mut sets = vec!["#outcome = :outcome", "settled = :yes"];
        let mut values = vec![
            (":outcome", s(settlement.outcome.name())),
            (":yes", AttributeValue::Bool(true)),
        ];
        let told = [
            ("#reason = :reason", ":reason", settlement.reason.map(s)),
            ("model = :model", ":model", settlement.model.map(s)),
            (
                "#language = :language",
                ":language",
                settlement.language.map(s),
            ),
            ("#tokens = :tokens", ":tokens", settlement.tokens.map(n)),
        ];
        for (set, name, value) in told {
            if let Some(value) = value {
                sets.push(set);
                values.push((name, value));
            }
        }
        let mut expression = format!("SET {} REMOVE lease_until", sets.join(", "));
        if let Some(answer) = settlement.answer {
            expression.push_str(" ADD answers :answers");
            values.push((":answers", set(&[answer])));
        }
        let mut update = Update::new(Key::automation_run(tenant, run), expression)
            .condition("attribute_exists(pk) AND attribute_not_exists(settled)")
            .name("#outcome", "outcome");
        for (name, attribute, is_told) in [
            ("#reason", "reason", settlement.reason.is_some()),
            ("#language", "language", settlement.language.is_some()),
            ("#tokens", "tokens", settlement.tokens.is_some()),
        ] {
            if is_told {
                update = update.name(name, attribute);
            }
        }
        for (name, value) in values {
            update = update.value(name, value);
        }
        let updated = self.update("settling what is answered", update).await?;
        Ok(matches!(updated, Updated::Done(_)))
    }

    /// Writes one of the answers down, counted from 0: the message that it is, or why there is none. Again it changes
    /// nothing.
    ///
    /// # Errors
    /// If the store did not answer; it may be written down then.
    pub async fn step_automation_run(
        &self,
        tenant: &TenantId,
        run: Id,
        step: u8,
        answer: Option<Id>,
        reason: Option<&str>,
    ) -> Result<(), StoreError> {
        let mut expression = "SET #step = :step".to_owned();
        if reason.is_some() {
            expression.push_str(", #reason = :reason");
        }
        if answer.is_some() {
            expression.push_str(" ADD answers :answers");
        }
        let mut update = Update::new(Key::automation_run(tenant, run), expression)
            .condition("attribute_exists(pk) AND (attribute_not_exists(#step) OR #step <= :step)")
            .name("#step", "step")
            .value(":step", n(step));
        if let Some(reason) = reason {
            update = update.name("#reason", "reason").value(":reason", s(reason));
        }
        if let Some(answer) = answer {
            update = update.value(":answers", set(&[answer]));
        }
        self.update("writing an answer down", update).await?;
        Ok(())
    }

    /// Ends an entry before its last answer.
    ///
    /// # Errors
    /// If the store did not answer; it may be ended then.
    pub async fn end_automation_run(
        &self,
        tenant: &TenantId,
        run: Id,
        outcome: Outcome,
        reason: &str,
    ) -> Result<(), StoreError> {
        let update = Update::new(
            Key::automation_run(tenant, run),
            "SET #outcome = :outcome, #reason = :reason, settled = :yes",
        )
        .condition("attribute_exists(pk)")
        .name("#outcome", "outcome")
        .name("#reason", "reason")
        .value(":outcome", s(outcome.name()))
        .value(":reason", s(reason))
        .value(":yes", AttributeValue::Bool(true));
        self.update("ending what is answered", update).await?;
        Ok(())
    }
}

const ANSWERS: &str = "answers";

fn key_of_message(tenant: &TenantId, message: Id) -> Key {
    Key::automation_run(tenant, run_id(tenant, message))
}

fn set(answers: &[Id]) -> AttributeValue {
    AttributeValue::Ss(answers.iter().map(|id| id.hex()).collect())
}

fn sorted<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<Id>, D::Error> {
    let mut answers = Vec::<Id>::deserialize(deserializer)?;
    answers.sort_unstable();
    Ok(answers)
}

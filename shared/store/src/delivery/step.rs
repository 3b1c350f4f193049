//! How a delivery that is kept goes on.

use aws_sdk_dynamodb::types::ReturnValue;
use openwati_core::time::Moment;

use super::{DeliveryKey, DeliveryRecord, DeliveryState};
use crate::error::StoreError;
use crate::item::{Item, at, n, read, s};
use crate::keys::due_delivery_shard;
use crate::store::{Store, Update, Updated};

/// How an attempt of a delivery that is kept ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The endpoint took it.
    Delivered,
    /// It is tried again.
    Again {
        /// When.
        at: Moment,
        /// Whether `timers` is to look at it then.
        by_timers: bool,
    },
    /// It is not tried any more.
    Dropped {
        /// Why not.
        reason: String,
    },
}

/// What a delivery that is tried again has, and others have not.
const NEXT: &str = "next_at, due_shard, due_at";

impl Store {
    /// Records how the attempt number `attempts` of a delivery ended, which was made at its present round and step.
    /// Says whether it stood there. What the endpoint took it took, wherever the delivery stands.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn delivery_tried(
        &self,
        key: &DeliveryKey,
        (round, step): (u32, u16),
        attempts: u32,
        outcome: &Outcome,
    ) -> Result<bool, StoreError> {
        let here = "#state = :pending AND round = :round AND step = :step";
        let update = Update::new(key.key(), "").value(":attempts", n(attempts));
        let named = |update: Update| update.name("#state", "state");
        let placed = |update: Update| {
            let update = named(update).condition(here);
            update
                .value(":pending", s(DeliveryState::Pending.name()))
                .value(":round", n(round))
                .value(":step", n(step))
        };
        let mut update = match outcome {
            Outcome::Delivered => {
                let mut update = named(update)
                    .condition("attribute_exists(pk)")
                    .value(":delivered", s(DeliveryState::Delivered.name()));
                update.expression =
                    format!("SET #state = :delivered, attempts = :attempts REMOVE reason, {NEXT}");
                update
            }
            Outcome::Again { at: next, .. } => placed(update)
                .value(":next_step", n(step.saturating_add(1)))
                .value(":next_at", at(*next)),
            Outcome::Dropped { reason } => {
                let mut update = placed(update)
                    .value(":dropped", s(DeliveryState::Dropped.name()))
                    .value(":reason", s(reason));
                update.expression = format!(
                    "SET #state = :dropped, attempts = :attempts, reason = :reason REMOVE {NEXT}"
                );
                update
            }
        };
        if let Outcome::Again { by_timers, .. } = outcome {
            let set = "SET step = :next_step, attempts = :attempts, next_at = :next_at";
            update.expression = match by_timers {
                true => format!("{set}, due_shard = :shard, due_at = :next_at"),
                false => format!("{set} REMOVE due_shard, due_at"),
            };
            if *by_timers {
                update = update.value(":shard", s(due_delivery_shard(key.delivery)));
            }
        }
        match self.update("recording an attempt", update).await? {
            Updated::Done(_) => Ok(true),
            Updated::Refused(now) => Ok(now.is_some_and(|now| is_ours(now, round, step, outcome))),
        }
    }

    /// Begins a delivery anew, whatever became of it. Until its job is worked, `timers` looks after it from `due` on.
    /// Answers the delivery as it is then, if there is one.
    ///
    /// # Errors
    /// If the store did not answer; it may have begun.
    pub async fn restart_delivery(
        &self,
        key: &DeliveryKey,
        now: Moment,
        due: Moment,
    ) -> Result<Option<DeliveryRecord>, StoreError> {
        let operation = "beginning a delivery anew";
        let update = Update::new(
            key.key(),
            "SET #state = :pending, step = :zero, round = if_not_exists(round, :zero) + :one, \
             next_at = :now, due_shard = :shard, due_at = :due REMOVE reason",
        )
        .condition("attribute_exists(pk)")
        .name("#state", "state")
        .value(":pending", s(DeliveryState::Pending.name()))
        .value(":zero", n(0))
        .value(":one", n(1))
        .value(":now", at(now))
        .value(":shard", s(due_delivery_shard(key.delivery)))
        .value(":due", at(due))
        .returns(ReturnValue::AllNew);
        match self.update(operation, update).await? {
            Updated::Done(item) => read(operation, item).map(Some),
            Updated::Refused(_) => Ok(None),
        }
    }

    /// A delivery that was due at `due` has its job on a queue: `timers` need not look at it again.
    ///
    /// # Errors
    /// If the store did not answer; it is looked at again then.
    pub async fn delivery_enqueued(
        &self,
        key: &DeliveryKey,
        due: Moment,
    ) -> Result<(), StoreError> {
        let update = Update::new(key.key(), "REMOVE due_shard, due_at")
            .condition("due_at = :due")
            .value(":due", at(due));
        self.update("noting that a delivery is enqueued", update)
            .await?;
        Ok(())
    }

    /// Drops a delivery that is still tried, because its job could not be worked. Says whether it was.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn drop_delivery(&self, key: &DeliveryKey, reason: &str) -> Result<bool, StoreError> {
        let update = Update::new(
            key.key(),
            format!("SET #state = :dropped, reason = :reason REMOVE {NEXT}"),
        )
        .condition("#state = :pending")
        .name("#state", "state")
        .value(":pending", s(DeliveryState::Pending.name()))
        .value(":dropped", s(DeliveryState::Dropped.name()))
        .value(":reason", s(reason));
        let updated = self.update("dropping a delivery", update).await?;
        Ok(matches!(updated, Updated::Done(_)))
    }
}

/// Whether a delivery stands where this outcome leaves it: the answer to our own write was lost, and it was made again.
fn is_ours(item: Item, round: u32, step: u16, outcome: &Outcome) -> bool {
    let Ok(now) = read::<DeliveryRecord>("recording an attempt", item) else {
        return false;
    };
    let here = now.round == round;
    match outcome {
        Outcome::Delivered => false,
        // Its moment is spread by chance, so that nobody else's is the same.
        Outcome::Again { at, .. } => {
            here && now.step == step.saturating_add(1) && now.next_at == Some(*at)
        }
        Outcome::Dropped { .. } => here && now.step == step && now.state == DeliveryState::Dropped,
    }
}

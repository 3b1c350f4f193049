//! The slots that a channel hands out: so many a second, over all that sends by it.

use openwati_core::id::Id;
use openwati_core::pacing::{self, Pace};
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;

use crate::counter::{Counted, Counter};
use crate::error::StoreError;
use crate::item::{Item, at, n, number};
use crate::keys::Key;
use crate::store::{Store, Update};

/// What became of asking for a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    /// It was handed out; the channel's pace now.
    Taken(Pace),
    /// The second is full.
    Full,
    /// The channel has no slots: it was removed.
    Missing,
}

const NAME: &str = "second";
const LIMIT: &str = "per_second";
const CHANGED: &str = "pace_changed_at";

impl Store {
    /// Takes one of the channel's slots of this second.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn take_slot(
        &self,
        tenant: &TenantId,
        channel: Id,
        now: Moment,
    ) -> Result<Slot, StoreError> {
        let counter = Counter {
            key: Key::slots(tenant, channel),
            name: NAME,
            ahead: 60,
            limit: LIMIT,
            condition: None,
        };
        let counted = self
            .count("taking a slot", &counter, pacing::second(now), |_| true)
            .await?;
        Ok(match counted {
            Counted::Yes(item, _) => Slot::Taken(pace(&item)),
            Counted::Full(_) | Counted::Refused => Slot::Full,
            Counted::Missing => Slot::Missing,
        })
    }

    /// Changes a channel's pace, if nobody else has changed it since `before` was read.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn set_pace(
        &self,
        tenant: &TenantId,
        channel: Id,
        before: Pace,
        after: Pace,
    ) -> Result<(), StoreError> {
        let changed = after
            .changed_at
            .map_or(String::new(), |_| format!(", {CHANGED} = :changed"));
        let mut update = Update::new(
            Key::slots(tenant, channel),
            format!("SET {LIMIT} = :after{changed}"),
        )
        .condition(format!("{LIMIT} = :before"))
        .value(":before", n(before.per_second))
        .value(":after", n(after.per_second));
        if let Some(changed) = after.changed_at {
            update = update.value(":changed", at(changed));
        }
        self.update("changing a channel's pace", update).await?;
        Ok(())
    }
}

fn pace(item: &Item) -> Pace {
    let per_second = number(item, LIMIT).and_then(|n| u32::try_from(n).ok());
    Pace {
        per_second: per_second.unwrap_or(1),
        changed_at: number(item, CHANGED).map(Moment::from_millis),
    }
}

//! Counting within windows of time, exactly and in one conditional update.
//!
//! The count of a window stands in one of [`SLOTS`] attributes, by the window's number modulo their number, and the
//! newest window's number beside them. An update raises its window's slot and removes all others, if the slot is below
//! the limit, or empty. A slot that is not empty although its window is not the newest was left [`SLOTS`] windows ago:
//! it is begun anew by a second update, the only case in which two are needed. Clocks of several machines differ: an
//! update that comes with an older window than the newest counts in the newest, so that no limit is passed.

use openwati_core::time::Moment;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};

use crate::error::StoreError;
use crate::item::{Item, n, number};
use crate::keys::Key;
use crate::store::{Store, Update, Updated};

/// How many windows have a slot of their own.
const SLOTS: i64 = 16;

/// How often a count is tried while other machines turn the window.
const TRIES: usize = 5;

/// A counter in an item.
pub(crate) struct Counter<'a> {
    /// The item.
    pub(crate) key: Key,
    /// The attribute of the newest window's number; the slots are named for it with a number behind.
    pub(crate) name: &'a str,
    /// How many windows another machine's clock may be ahead. A window further ahead was written by a broken clock, and
    /// is not waited for.
    pub(crate) ahead: i64,
    /// The attribute that holds the limit of a window.
    pub(crate) limit: &'a str,
    /// What must hold besides, and its values; whether it held is asked of the item afterwards.
    pub(crate) condition: Option<(&'a str, Vec<(&'a str, AttributeValue)>)>,
}

/// What became of a count.
pub(crate) enum Counted {
    /// Counted: the item afterwards, and the window it was counted in.
    Yes(Item, i64),
    /// The window is full: the item.
    Full(Item),
    /// The counter's condition does not hold.
    Refused,
    /// There is no such item.
    Missing,
}

impl Counted {
    /// The count in the window that was counted in.
    pub(crate) fn used(item: &Item, name: &str, window: i64) -> u32 {
        let used = number(item, &slot(name, window)).unwrap_or(0);
        u32::try_from(used).unwrap_or(u32::MAX)
    }
}

impl Store {
    /// Counts one in `window`. `usable` says of an item whether the counter's own condition holds.
    pub(crate) async fn count(
        &self,
        operation: &'static str,
        counter: &Counter<'_>,
        mut window: i64,
        usable: impl Fn(&Item) -> bool,
    ) -> Result<Counted, StoreError> {
        for _ in 0..TRIES {
            let item = match self.update(operation, raise(counter, window)).await? {
                Updated::Done(item) => return Ok(Counted::Yes(item, window)),
                Updated::Refused(None) => return Ok(Counted::Missing),
                Updated::Refused(Some(item)) => item,
            };
            if !usable(&item) {
                return Ok(Counted::Refused);
            }
            let newest = number(&item, counter.name).unwrap_or(i64::MIN);
            if newest > window && newest - window <= counter.ahead {
                window = newest;
                continue;
            }
            if newest == window {
                return Ok(Counted::Full(item));
            }
            if number(&item, counter.limit).unwrap_or(0) < 1 {
                return Ok(Counted::Full(item));
            }
            let begun = self
                .update(operation, begin(counter, window, newest))
                .await?;
            if let Updated::Done(item) = begun {
                return Ok(Counted::Yes(item, window));
            }
        }
        Err(StoreError::Unavailable {
            operation,
            reason: "the window kept turning".to_owned(),
        })
    }
}

/// One more in the window's slot, if the window is the newest or its slot is empty.
fn raise(counter: &Counter<'_>, window: i64) -> Update {
    let condition = "#limit >= :one AND (attribute_not_exists(#window) OR #window <= :window) \
                     AND (attribute_not_exists(#slot) OR (#window = :window AND #slot < #limit))";
    with_condition(
        base(
            counter,
            window,
            "SET #slot = if_not_exists(#slot, :zero) + :one, #window = :window",
        )
        .value(":zero", n(0)),
        counter,
        condition,
    )
}

/// The window's slot anew, if the newest window still is `newest`.
fn begin(counter: &Counter<'_>, window: i64, newest: i64) -> Update {
    with_condition(
        base(counter, window, "SET #slot = :one, #window = :window").value(":newest", n(newest)),
        counter,
        "#window = :newest AND #limit >= :one",
    )
}

fn base(counter: &Counter<'_>, window: i64, set: &str) -> Update {
    let mine = window.rem_euclid(SLOTS);
    let others: Vec<String> = (0..SLOTS)
        .filter(|other| *other != mine)
        .map(|other| slot(counter.name, other))
        .collect();
    Update::new(
        counter.key.clone(),
        format!("{set} REMOVE {}", others.join(", ")),
    )
    .name("#slot", slot(counter.name, window))
    .name("#window", counter.name)
    .name("#limit", counter.limit)
    .value(":one", n(1))
    .value(":window", n(window))
    .returns(ReturnValue::AllNew)
}

fn with_condition(mut update: Update, counter: &Counter<'_>, condition: &str) -> Update {
    let Some((more, values)) = &counter.condition else {
        return update.condition(format!("attribute_exists(pk) AND {condition}"));
    };
    for (name, value) in values {
        update = update.value(name, value.clone());
    }
    update.condition(format!("attribute_exists(pk) AND {more} AND {condition}"))
}

fn slot(name: &str, window: i64) -> String {
    format!("{name}{}", window.rem_euclid(SLOTS))
}

/// The window of a minute.
pub(crate) fn minute(now: Moment) -> i64 {
    now.minutes()
}

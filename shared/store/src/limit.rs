//! Tries that are limited: log-ins of an account, requests of an address that has nothing to show yet.
//!
//! A try takes its place before anything is looked at, so that tries at the same time cannot pass the limit; one that
//! turns out to be nobody's guess gives its place back.

use std::time::Duration;

use openwati_core::digest::hex_of_parts;
use openwati_core::time::Moment;

use crate::error::StoreError;
use crate::item::{n, ttl};
use crate::keys::Key;
use crate::store::{Store, Update, Updated};

/// How many tries of one kind somebody has in a window of time.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    /// What is tried, as keys name it.
    pub kind: &'static str,
    /// How many times.
    pub most: u32,
    /// How long a window is, in whole seconds. Windows begin with the epoch.
    pub window: Duration,
}

impl Limit {
    /// When the window of `now` ends.
    pub fn ends(&self, now: Moment) -> Moment {
        let seconds = self.seconds();
        Moment::from_seconds((now.seconds().div_euclid(seconds) + 1) * seconds)
    }

    fn seconds(&self) -> i64 {
        i64::try_from(self.window.as_secs()).map_or(i64::MAX, |seconds| seconds.max(1))
    }

    fn key(&self, who: &str, now: Moment) -> Key {
        let window = now.seconds().div_euclid(self.seconds());
        Key::limit(self.kind, &hex_of_parts(&[who]), window)
    }
}

/// How long a count is kept after its window: a clock may be late.
const KEPT: Duration = Duration::from_secs(600);

impl Store {
    /// Takes one of the places that `who` has in the window of `now`. Says whether there was one.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn take_try(
        &self,
        limit: &Limit,
        who: &str,
        now: Moment,
    ) -> Result<bool, StoreError> {
        let update = Update::new(
            limit.key(who, now),
            "SET tries = if_not_exists(tries, :zero) + :one, #ttl = :ttl",
        )
        .condition("attribute_not_exists(tries) OR tries < :most")
        .name("#ttl", "ttl")
        .value(":zero", n(0))
        .value(":one", n(1))
        .value(":most", n(limit.most))
        .value(":ttl", ttl(limit.ends(now).plus(KEPT)));
        let updated = self.update("counting a try", update).await?;
        Ok(matches!(updated, Updated::Done(_)))
    }

    /// Gives the place back that a try took at `now`.
    ///
    /// # Errors
    /// If the store did not answer. The place is free again when the window turns.
    pub async fn give_try_back(
        &self,
        limit: &Limit,
        who: &str,
        now: Moment,
    ) -> Result<(), StoreError> {
        let update = Update::new(limit.key(who, now), "SET tries = tries - :one")
            .condition("tries >= :one")
            .value(":one", n(1))
            .once();
        self.update("giving a try back", update).await?;
        Ok(())
    }
}

//! Counting in windows: a key's minute, a tenant's day.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::time::Moment;

/// Requests a minute that a new key may make.
pub const DEFAULT_PER_MINUTE: u32 = 60;

/// Where a key stands in its minute, as the `RateLimit-*` headers show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// Requests that the minute allows.
    pub limit: u32,
    /// Requests that are left of them.
    pub remaining: u32,
    /// Seconds until the next minute begins, 1 to 60.
    pub reset_seconds: u32,
}

impl RateLimit {
    /// A key with `limit` a minute that has made `used` requests in the minute of `now`.
    pub fn at(now: Moment, limit: u32, used: u32) -> Self {
        let into = now.millis().rem_euclid(60_000);
        let reset = (60_000 - into + 999) / 1000;
        Self {
            limit,
            remaining: limit.saturating_sub(used),
            reset_seconds: u32::try_from(reset).expect("what is left of a minute is at most 60 s"),
        }
    }
}

/// A day that begins at the billing anchor's time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DayWindow {
    number: i64,
    anchor_minutes: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stretched_to: Option<Moment>,
}

const MINUTES_A_DAY: i64 = 1440;

impl DayWindow {
    /// The day that `now` falls into, where days begin `anchor_minutes` (0-1439) after midnight UTC.
    pub fn at(now: Moment, anchor_minutes: u16) -> Self {
        let anchor = i64::from(anchor_minutes) % MINUTES_A_DAY;
        Self {
            number: (now.minutes() - anchor).div_euclid(MINUTES_A_DAY),
            anchor_minutes: u16::try_from(anchor).expect("less than a day's minutes"),
            stretched_to: None,
        }
    }

    /// The same day where later ones are to begin `anchor_minutes` after midnight UTC: it goes on until the first of them
    /// does, and is not cut short. So however often days are moved, no two of them begin within 24 hours.
    #[must_use]
    pub fn moved_to(self, anchor_minutes: u16) -> Self {
        let least = self.least_end();
        let next = Self::at(least, anchor_minutes);
        let ends = match next.begins() == least {
            true => least,
            false => next.least_end(),
        };
        Self {
            stretched_to: (ends != least).then_some(ends),
            ..self
        }
    }

    /// A name for the day that no other day of this or another anchor has.
    pub fn name(self) -> String {
        format!("{}+{}", self.number, self.anchor_minutes)
    }

    /// When the day ends and the counter begins anew: after 24 hours, or up to 48 if days were moved meanwhile.
    pub fn ends(self) -> Moment {
        self.stretched_to.unwrap_or_else(|| self.least_end())
    }

    fn least_end(self) -> Moment {
        self.begins().plus(Duration::from_secs(86_400))
    }

    fn begins(self) -> Moment {
        let minutes = self.number * MINUTES_A_DAY + i64::from(self.anchor_minutes);
        Moment::from_seconds(minutes * 60)
    }

    /// When the counter of the day may be forgotten: two days after it ended, so that a late giving-back finds it.
    pub fn forgotten(self) -> Moment {
        self.ends().plus(Duration::from_secs(2 * 86_400))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(iso: &str) -> Moment {
        Moment::parse_iso(iso).unwrap()
    }

    #[test]
    fn a_day_turns_at_its_anchor() {
        let before = DayWindow::at(at("2026-06-10T05:29:59Z"), 330);
        let after = DayWindow::at(at("2026-06-10T05:30:00Z"), 330);
        assert_ne!(before, after);
        assert_eq!(before.ends(), at("2026-06-10T05:30:00Z"));
        assert_eq!(after.ends(), at("2026-06-11T05:30:00Z"));
    }

    #[test]
    fn a_day_that_runs_while_days_are_moved_is_stretched_and_not_cut() {
        let now = at("2026-06-10T12:00:00Z");
        let day = DayWindow::at(now, 0);
        let later = day.moved_to(330);
        assert_eq!(later.ends(), at("2026-06-11T05:30:00Z"));
        assert_eq!(later.name(), day.name());
        assert_eq!(later.moved_to(0), day);
        assert_eq!(later.moved_to(329).ends(), at("2026-06-11T05:29:00Z"));
        assert_eq!(
            DayWindow::at(now, 330).moved_to(0).ends(),
            at("2026-06-12T00:00:00Z")
        );
    }

    #[test]
    fn the_headers_count_down() {
        let limit = RateLimit::at(at("2026-06-10T12:00:59Z"), 60, 60);
        assert_eq!(
            limit,
            RateLimit {
                limit: 60,
                remaining: 0,
                reset_seconds: 1
            }
        );
        assert_eq!(
            RateLimit::at(at("2026-06-10T12:00:00Z"), 60, 61).reset_seconds,
            60
        );
    }

    proptest! {
        #[test]
        fn every_moment_lies_in_its_day(millis in 0_i64..4_000_000_000_000, anchor in 0_u16..1440) {
            let now = Moment::from_millis(millis);
            let day = DayWindow::at(now, anchor);
            prop_assert!(now < day.ends());
            prop_assert!(now >= day.ends().minus(Duration::from_secs(86_400)));
            prop_assert_eq!(DayWindow::at(day.ends(), anchor).number, day.number + 1);
        }

        #[test]
        fn days_that_are_moved_all_the_time_stay_days(anchors in prop::collection::vec(0_u16..1440, 1..20)) {
            let mut day = DayWindow::at(at("2026-06-10T12:00:00Z"), 0);
            for anchor in anchors {
                let moved = day.moved_to(anchor);
                let next = DayWindow::at(moved.ends(), anchor);
                prop_assert_eq!(next.begins(), moved.ends());
                let hours = day.begins().until(moved.ends()).as_secs() / 3600;
                prop_assert!((24..48).contains(&hours));
                day = next;
            }
        }

        #[test]
        fn a_minute_resets_within_sixty_seconds(millis in 0_i64..4_000_000_000_000, limit: u32, used: u32) {
            let rate = RateLimit::at(Moment::from_millis(millis), limit, used);
            prop_assert!((1..=60).contains(&rate.reset_seconds));
            prop_assert!(rate.remaining <= limit);
        }
    }
}

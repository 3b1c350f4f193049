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
}

const MINUTES_A_DAY: i64 = 1440;

impl DayWindow {
    /// The day that `now` falls into, where days begin `anchor_minutes` (0-1439) after midnight UTC.
    pub fn at(now: Moment, anchor_minutes: u16) -> Self {
        let anchor = i64::from(anchor_minutes) % MINUTES_A_DAY;
        Self {
            number: (now.minutes() - anchor).div_euclid(MINUTES_A_DAY),
            anchor_minutes: u16::try_from(anchor).expect("less than a day's minutes"),
        }
    }

    /// A name for the day that no other day of this or another anchor has.
    pub fn name(self) -> String {
        format!("{}+{}", self.number, self.anchor_minutes)
    }

    /// When the day ends and the counter begins anew.
    pub fn ends(self) -> Moment {
        let minutes = (self.number + 1) * MINUTES_A_DAY + i64::from(self.anchor_minutes);
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
        fn a_minute_resets_within_sixty_seconds(millis in 0_i64..4_000_000_000_000, limit: u32, used: u32) {
            let rate = RateLimit::at(Moment::from_millis(millis), limit, used);
            prop_assert!((1..=60).contains(&rate.reset_seconds));
            prop_assert!(rate.remaining <= limit);
        }
    }
}

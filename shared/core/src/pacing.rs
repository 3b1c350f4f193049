//! How fast a number may send.
//!
//! A channel hands out slots: so many in each second, over everything that sends by this number. WhatsApp's own
//! refusals lower the figure, quiet raises it again.

use std::time::Duration;

use crate::time::Moment;

/// Slots a second of a new channel. Meta allows 80 in both directions together; the rest is for what comes in.
pub const DEFAULT_PER_SECOND: u32 = 60;

/// Slots a second where Meta has raised a number to 1,000.
pub const HIGH_PER_SECOND: u32 = 800;

/// How long after a refusal a channel waits before it raises its rate by one step.
const RECOVERY: Duration = Duration::from_secs(60);

/// How long the number or one peer rests after WhatsApp's first refusal of the kind.
const FIRST_REST: Duration = Duration::from_secs(1);

/// The longest rest that is asked for.
const LONGEST_REST: Duration = Duration::from_secs(3600);

/// What a channel hands out in each second, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Slots in each second now, at least 1.
    pub per_second: u32,
    /// When it was last changed by a refusal or by recovery. `None`: never.
    pub changed_at: Option<Moment>,
}

impl Pace {
    /// The pace after WhatsApp refused for the number's rate (130429): half, at least 1. Refusals that arrive within a
    /// second of each other speak of the same burst and count once.
    #[must_use]
    pub fn slowed(self, now: Moment) -> Self {
        let same_burst = self.changed_at.is_some_and(|at| at.until(now) < FIRST_REST);
        if same_burst {
            return self;
        }
        Self {
            per_second: (self.per_second / 2).max(1),
            changed_at: Some(now),
        }
    }

    /// The pace after a quiet minute: a quarter of the channel's full rate more, if it is below it. `None`: no change.
    pub fn recovered(self, full: u32, now: Moment) -> Option<Self> {
        let quiet = self.changed_at.is_none_or(|at| at.until(now) >= RECOVERY);
        if self.per_second >= full || !quiet {
            return None;
        }
        let per_second = self.per_second.saturating_add((full / 4).max(1)).min(full);
        Some(Self {
            per_second,
            changed_at: Some(now),
        })
    }
}

/// How long to leave one peer in peace after WhatsApp's `refusals`-th refusal in a row for the pair's rate (131056):
/// 1, 4, 16, … seconds, as Meta advises.
pub fn pair_rest(refusals: u32) -> Duration {
    let factor = 4_u32.saturating_pow(refusals.saturating_sub(1));
    FIRST_REST.saturating_mul(factor).min(LONGEST_REST)
}

/// The number of the second in which a slot is taken.
pub fn second(now: Moment) -> i64 {
    now.seconds()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Moment = Moment::from_seconds(1_780_000_000);

    #[test]
    fn a_burst_of_refusals_slows_once() {
        let pace = Pace {
            per_second: 60,
            changed_at: None,
        }
        .slowed(NOW);
        assert_eq!(pace.per_second, 30);
        assert_eq!(
            pace.slowed(NOW.plus(Duration::from_millis(500))).per_second,
            30
        );
        assert_eq!(pace.slowed(NOW.plus(Duration::from_secs(2))).per_second, 15);
    }

    #[test]
    fn quiet_raises_it_again_step_by_step() {
        let pace = Pace {
            per_second: 30,
            changed_at: Some(NOW),
        };
        assert_eq!(pace.recovered(60, NOW.plus(Duration::from_secs(59))), None);
        let later = NOW.plus(RECOVERY);
        assert_eq!(
            pace.recovered(60, later),
            Some(Pace {
                per_second: 45,
                changed_at: Some(later)
            })
        );
        assert_eq!(
            Pace {
                per_second: 60,
                changed_at: None
            }
            .recovered(60, NOW),
            None
        );
    }

    #[test]
    fn a_peer_rests_four_times_as_long_each_time() {
        let seconds: Vec<u64> = (1..=4).map(|n| pair_rest(n).as_secs()).collect();
        assert_eq!(seconds, [1, 4, 16, 64]);
        assert_eq!(pair_rest(u32::MAX), LONGEST_REST);
    }

    proptest! {
        #[test]
        fn a_pace_is_never_nothing_and_never_above_the_full_rate(
            steps in proptest::collection::vec((any::<bool>(), 0_u64..120_000), 0..50),
            full in 1_u32..1000,
        ) {
            let mut now = NOW;
            let mut pace = Pace { per_second: full, changed_at: None };
            for (refused, wait) in steps {
                now = now.plus(Duration::from_millis(wait));
                pace = if refused { pace.slowed(now) } else { pace.recovered(full, now).unwrap_or(pace) };
                prop_assert!((1..=full).contains(&pace.per_second));
            }
        }
    }
}

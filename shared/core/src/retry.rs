//! When a webhook that was not taken is tried again.

use std::time::Duration;

use crate::entropy::Entropy;
use crate::time::Moment;

/// How often something is tried again, and how long is waited before each time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ladder {
    steps: Steps,
    /// How much longer than its step a wait may be, by chance, so that what failed together does not come back together.
    spread_percent: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Steps {
    /// Each with its own length, in seconds.
    Each(&'static [u32]),
    /// So many, all of the same length.
    Even { times: u16, seconds: u32 },
}

impl Ladder {
    /// Waits of their own lengths, in seconds, each up to `spread_percent` longer by chance.
    pub const fn of(steps_seconds: &'static [u32], spread_percent: u8) -> Self {
        Self {
            steps: Steps::Each(steps_seconds),
            spread_percent,
        }
    }

    /// `times` waits of `seconds` each, exactly.
    pub const fn even(times: u16, seconds: u32) -> Self {
        Self {
            steps: Steps::Even { times, seconds },
            spread_percent: 0,
        }
    }

    /// The length of a step without its spread, counted from 1; none after the last.
    pub fn length(&self, step: u16) -> Option<Duration> {
        let index = usize::from(step.checked_sub(1)?);
        let seconds = match self.steps {
            Steps::Each(steps) => *steps.get(index)?,
            Steps::Even { times, seconds } => {
                if step > times {
                    return None;
                }
                seconds
            }
        };
        Some(Duration::from_secs(seconds.into()))
    }

    /// How long to wait before the try number `step`, counted from 1; none if there is none. `asked` is what the other
    /// side asked for in `Retry-After`: it makes a wait longer, up to the length of the step after it, and never shorter,
    /// so that no answer uses the steps up faster than is documented.
    pub fn wait(&self, step: u16, asked: Option<Duration>, entropy: &Entropy) -> Option<Duration> {
        let length = self.length(step)?;
        let percent = u64::from(self.spread_percent);
        let spread = length.as_millis() as u64 * percent / 100;
        let chance = u64::from(u16::from_be_bytes(entropy.bytes::<2>()));
        let own = length + Duration::from_millis(spread * chance / u64::from(u16::MAX));
        let longest = self.length(step.saturating_add(1)).unwrap_or(length);
        Some(own.max(asked.unwrap_or_default().min(longest)))
    }
}

/// WATI Pro's: 1 and 5 minutes, half an hour, 2 and 12 hours, each up to a tenth longer.
pub const WATI_PRO: Ladder = Ladder::of(&[60, 300, 1_800, 7_200, 43_200], 10);

/// How long an answer's `Retry-After` asks to wait, from `now` on: seconds, or a date as HTTP writes it (RFC 9110,
/// 10.2.3). None where it is neither, or past.
pub fn asked(retry_after: &str, now: Moment) -> Option<Duration> {
    let text = retry_after.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::parse(text).ok()?;
    let until = Moment::from_millis(date.timestamp().as_millisecond());
    Some(now.until(until)).filter(|wait| !wait.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_is_seconds_or_a_date() {
        let now = Moment::parse_iso("1994-11-06T08:49:07Z").unwrap();
        let seconds = |text| asked(text, now).map(|wait| wait.as_secs());
        assert_eq!(seconds(" 120 "), Some(120));
        assert_eq!(seconds("Sun, 06 Nov 1994 08:49:37 GMT"), Some(30));
        assert_eq!(seconds("Sun, 06 Nov 1994 08:00:00 GMT"), None);
        for nonsense in ["", "soon", "-1", "1.5"] {
            assert_eq!(seconds(nonsense), None, "{nonsense}");
        }
    }

    fn seconds(ladder: &Ladder, step: u16, asked: u64, byte: u8) -> Option<u64> {
        let entropy = Entropy::new(move |bytes| bytes.fill(byte));
        let asked = (asked > 0).then(|| Duration::from_secs(asked));
        Some(ladder.wait(step, asked, &entropy)?.as_secs())
    }

    #[test]
    fn the_documented_steps_are_kept_and_spread_by_a_tenth() {
        let plain: Vec<_> = (1..=6).map(|step| seconds(&WATI_PRO, step, 0, 0)).collect();
        let all = [60, 300, 1_800, 7_200, 43_200].map(Some);
        assert_eq!(plain[..5], all);
        assert_eq!(plain[5], None);
        assert_eq!(seconds(&WATI_PRO, 1, 0, 255), Some(66));
        assert_eq!(seconds(&WATI_PRO, 5, 0, 255), Some(47_520));
        assert_eq!(seconds(&WATI_PRO, 0, 0, 0), None);
    }

    #[test]
    fn a_wish_makes_a_wait_longer_up_to_the_next_step_and_never_shorter() {
        assert_eq!(seconds(&WATI_PRO, 1, 5, 0), Some(60));
        assert_eq!(seconds(&WATI_PRO, 1, 120, 0), Some(120));
        assert_eq!(seconds(&WATI_PRO, 1, 86_400, 0), Some(300));
        assert_eq!(seconds(&WATI_PRO, 5, 86_400, 0), Some(43_200));
    }

    #[test]
    fn a_day_of_ten_minutes_is_a_ladder_too() {
        let day = Ladder::even(144, 600);
        assert_eq!(seconds(&day, 1, 0, 255), Some(600));
        assert_eq!(seconds(&day, 144, 0, 255), Some(600));
        assert_eq!(seconds(&day, 145, 0, 255), None);
    }
}

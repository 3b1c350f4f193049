//! Waiting for what is to come, with a deadline.

use std::time::Duration;

use openwati_core::time::{Clock, Moment};
use tokio::time::{Instant, sleep};

/// Longer than anything that is to happen at once takes on a busy machine.
pub const SOON: Duration = Duration::from_secs(60);

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(25);

/// What `look` finds, as soon as it finds something.
///
/// # Panics
/// If it finds nothing `within` that time.
pub async fn eventually<T, F>(what: &str, within: Duration, mut look: impl FnMut() -> F) -> T
where
    F: Future<Output = Option<T>>,
{
    let deadline = Instant::now() + within;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < deadline, "not within {within:?}: {what}");
        sleep(PAUSE).await;
    }
}

/// Waits for a new minute, unless this one has `left` to go: what is counted by the minute is then counted in one.
pub async fn until_the_minute_has_left(left: Duration) {
    let clock = Clock::system();
    let goes = |now: Moment| {
        Duration::from_secs(60)
            - Duration::from_millis(now.millis().rem_euclid(60_000).unsigned_abs())
    };
    eventually(
        "a minute with enough time",
        Duration::from_secs(61),
        || async { (goes(clock.now()) >= left).then_some(()) },
    )
    .await;
}

//! Meta's two rates: messages a second of a number, and messages to one customer.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Seconds that one message to a customer costs, and how many may be borrowed at once (Meta, "Pair
/// rate limits": one message every 6 seconds, a burst of up to 45).
const PAIR_SECONDS: u64 = 6;
const PAIR_BURST: u32 = 45;

/// Pairs that are remembered before those without debt are forgotten.
const PAIRS_KEPT: usize = 10_000;

/// A leaky bucket, kept as the moment at which it will be empty again.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    empty_at: Instant,
}

impl Bucket {
    /// Takes one place if there is room for it.
    fn take(&mut self, now: Instant, each: Duration, room: u32) -> bool {
        let start = self.empty_at.max(now);
        let fits = start + each <= now + each * room;
        if fits {
            self.empty_at = start + each;
        }
        fits
    }
}

/// The messages a second of one number: its rate fills a bucket that holds one second of it.
#[derive(Debug)]
pub(crate) struct Throughput {
    per_second: u32,
    bucket: Mutex<Bucket>,
}

impl Throughput {
    pub(crate) fn new(per_second: u32, now: Instant) -> Self {
        Self {
            per_second: per_second.max(1),
            bucket: Mutex::new(Bucket { empty_at: now }),
        }
    }

    /// Whether one more message fits at `now`. A message that does not fit costs nothing.
    pub(crate) fn take(&self, now: Instant) -> bool {
        let each = Duration::from_secs(1) / self.per_second;
        let mut bucket = self.bucket.lock().unwrap_or_else(PoisonError::into_inner);
        bucket.take(now, each, self.per_second)
    }
}

/// The messages from each number to each customer.
#[derive(Debug, Default)]
pub(crate) struct PairRate(Mutex<HashMap<(String, String), Bucket>>);

impl PairRate {
    /// Whether one more message from `number` to `customer` is allowed at `now`.
    pub(crate) fn take(&self, number: &str, customer: &str, now: Instant) -> bool {
        let mut pairs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if pairs.len() >= PAIRS_KEPT {
            pairs.retain(|_, bucket| bucket.empty_at > now);
        }
        pairs
            .entry((number.to_owned(), customer.to_owned()))
            .or_insert(Bucket { empty_at: now })
            .take(now, Duration::from_secs(PAIR_SECONDS), PAIR_BURST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_sends_its_rate_and_then_waits() {
        let start = Instant::now();
        let throughput = Throughput::new(80, start);
        assert_eq!((0..200).filter(|_| throughput.take(start)).count(), 80);
        let later = start + Duration::from_millis(500);
        assert_eq!((0..200).filter(|_| throughput.take(later)).count(), 40);
        let much_later = start + Duration::from_secs(60);
        assert_eq!((0..200).filter(|_| throughput.take(much_later)).count(), 80);
    }

    #[test]
    fn a_burst_to_one_customer_is_paid_back_by_silence() {
        let start = Instant::now();
        let pairs = PairRate::default();
        let sent = |customer: &str, at| (0..60).filter(|_| pairs.take("1", customer, at)).count();
        assert_eq!(sent("a", start), 45);
        assert_eq!(
            sent("b", start),
            45,
            "another customer has a burst of its own"
        );
        assert_eq!(sent("a", start + Duration::from_secs(5)), 0);
        assert_eq!(sent("a", start + Duration::from_secs(6)), 1);
        assert_eq!(sent("a", start + Duration::from_secs(66)), 10);
    }
}

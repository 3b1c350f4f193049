//! How fast the waits of policy pass.

use std::time::Duration;

/// What waits that are policy are divided by: steps of a retry, the timers' look-ahead. 1 wherever the platform works;
/// more on a local host that shows twelve hours in minutes. Time-outs, leases and timestamps are not policy, and a
/// queue's delay is divided by the queue itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace(f64);

impl Pace {
    /// As long as the policy says.
    pub const REAL: Self = Self(1.0);

    /// `speed` times as fast; [`Pace::REAL`] where that is no positive number.
    pub fn new(speed: f64) -> Self {
        if speed.is_finite() && speed > 0.0 {
            Self(speed)
        } else {
            Self::REAL
        }
    }

    /// How long a wait of the policy takes here.
    pub fn real(self, policy: Duration) -> Duration {
        policy.div_f64(self.0)
    }

    /// What wait of the policy takes this long here: what a queue is asked for, which divides it again.
    pub fn policy(self, real: Duration) -> Duration {
        real.mul_f64(self.0)
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self::REAL
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_divided_and_told_back() {
        let half_an_hour = Duration::from_secs(30 * 60);
        let fast = Pace::new(600.0);
        assert_eq!(fast.real(half_an_hour), Duration::from_secs(3));
        assert_eq!(fast.policy(fast.real(half_an_hour)), half_an_hour);
        assert_eq!(Pace::REAL.real(half_an_hour), half_an_hour);
    }

    #[test]
    fn nonsense_is_real_time() {
        for speed in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(Pace::new(speed), Pace::REAL);
        }
    }
}

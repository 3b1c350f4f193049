//! Figures out of many samples.

use std::time::Duration;

/// Samples in order of size.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sorted(Vec<f64>);

impl Sorted {
    /// Sorts the samples.
    pub(crate) fn new(mut samples: Vec<f64>) -> Self {
        samples.sort_by(f64::total_cmp);
        Self(samples)
    }

    /// Durations as milliseconds.
    pub(crate) fn milliseconds(samples: impl IntoIterator<Item = Duration>) -> Self {
        Self::new(samples.into_iter().map(milliseconds).collect())
    }

    /// The smallest sample that `percent` of a hundred of the samples do not exceed; 0 where there are none.
    pub(crate) fn percentile(&self, percent: f64) -> f64 {
        let rank = (percent / 100.0 * self.0.len() as f64).ceil() as usize;
        let index = rank.clamp(1, self.0.len().max(1)) - 1;
        self.0.get(index).copied().unwrap_or_default()
    }

    /// The middle one.
    pub(crate) fn median(&self) -> f64 {
        self.percentile(50.0)
    }

    /// The largest one.
    pub(crate) fn largest(&self) -> f64 {
        self.percentile(100.0)
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }
}

/// A duration as milliseconds.
pub(crate) fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_samples() {
        let sorted = Sorted::new((1..=100).rev().map(f64::from).collect());
        let figures = [50.0, 99.0, 100.0].map(|percent| sorted.percentile(percent));
        assert_eq!(figures, [50.0, 99.0, 100.0]);
        assert_eq!(Sorted::new(vec![7.0]).percentile(1.0), 7.0);
        assert_eq!(Sorted::default().median(), 0.0);
    }
}

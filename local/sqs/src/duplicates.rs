//! The fault that delivers messages twice.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// How often each queue delivers a message twice.
#[derive(Debug, Default)]
pub(crate) struct Duplicates {
    rates: Mutex<HashMap<String, f64>>,
}

impl Duplicates {
    pub(crate) fn set(&self, queue: &str, rate: f64) {
        let mut rates = self.rates.lock().unwrap_or_else(PoisonError::into_inner);
        if rate > 0.0 {
            rates.insert(queue.to_owned(), rate.min(1.0));
        } else {
            rates.remove(queue);
        }
    }

    /// The probability for this queue, 0 to 1.
    pub(crate) fn rate(&self, queue: &str) -> f64 {
        let rates = self.rates.lock().unwrap_or_else(PoisonError::into_inner);
        rates.get(queue).copied().unwrap_or(0.0)
    }
}

//! The 24-hour customer service window.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
};

use crate::config::Window;

/// How long a window stays open after the customer's last message.
const OPEN_MS: i64 = 24 * 60 * 60 * 1000;

/// The windows of all customers with all numbers.
#[derive(Debug)]
pub(crate) struct Windows {
    rule: Window,
    /// By number and customer: when it last opened, `None` where it was shut by hand.
    opened: RwLock<HashMap<(String, String), Option<i64>>>,
}

impl Windows {
    pub(crate) fn new(rule: Window, opened: HashMap<(String, String), Option<i64>>) -> Self {
        Self {
            rule,
            opened: RwLock::new(opened),
        }
    }

    /// Whether the business may write freely at `now_ms`.
    pub(crate) fn is_open(&self, phone_number_id: &str, customer: &str, now_ms: i64) -> bool {
        let key = (phone_number_id.to_owned(), customer.to_owned());
        let opened = self.opened.read().unwrap_or_else(PoisonError::into_inner);
        match opened.get(&key) {
            Some(opened) => opened.is_some_and(|opened| now_ms < opened + OPEN_MS),
            None => self.rule == Window::Lenient,
        }
    }

    /// Opens a window at a moment; one that opened later stays. Answers when it last opened.
    pub(crate) fn open(&self, phone_number_id: &str, customer: &str, opened_ms: i64) -> i64 {
        let key = (phone_number_id.to_owned(), customer.to_owned());
        let mut all = self.opened.write().unwrap_or_else(PoisonError::into_inner);
        let last = all.entry(key).or_default();
        *last.insert(last.map_or(opened_ms, |last| last.max(opened_ms)))
    }

    /// Opens a window at a moment, or shuts it.
    pub(crate) fn set(&self, phone_number_id: &str, customer: &str, opened_ms: Option<i64>) {
        let key = (phone_number_id.to_owned(), customer.to_owned());
        let mut opened = self.opened.write().unwrap_or_else(PoisonError::into_inner);
        opened.insert(key, opened_ms);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_open_for_a_day_after_the_customer_wrote() {
        for (rule, before) in [(Window::Lenient, true), (Window::Strict, false)] {
            let windows = Windows::new(rule, HashMap::new());
            assert_eq!(windows.is_open("1", "2", 0), before);
            windows.set("1", "2", Some(1_000));
            assert!(windows.is_open("1", "2", 1_000 + OPEN_MS - 1));
            assert!(!windows.is_open("1", "2", 1_000 + OPEN_MS));
            assert_eq!(
                windows.open("1", "2", 500),
                1_000,
                "what came late shuts nothing"
            );
            assert_eq!(windows.open("1", "2", 1_500), 1_500);
            windows.set("1", "2", None);
            assert!(!windows.is_open("1", "2", 1_001));
        }
    }
}

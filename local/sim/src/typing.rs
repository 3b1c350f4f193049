//! Where customers see that the business types.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// How long it is shown unless a message ends it (Meta, "Typing indicators").
pub(crate) const SHOWN_MS: i64 = 25_000;

/// The message under which it is shown, by number and customer.
#[derive(Debug, Default)]
pub(crate) struct Typing(Mutex<HashMap<(String, String), String>>);

impl Typing {
    /// Shows it under a message; answers the one where it was shown before.
    pub(crate) fn begin(&self, number: &str, customer: &str, message: &str) -> Option<String> {
        let mut typing = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        typing.insert((number.to_owned(), customer.to_owned()), message.to_owned())
    }

    /// Ends it; answers the message under which it was shown, if it was.
    pub(crate) fn end(&self, number: &str, customer: &str) -> Option<String> {
        let mut typing = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if typing.is_empty() {
            return None;
        }
        typing.remove(&(number.to_owned(), customer.to_owned()))
    }
}

//! The business numbers that exist.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
    time::Instant,
};

use crate::{config::Number, identity, rates::Throughput};

/// A number and the messages a second that it has left.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) number: Number,
    pub(crate) throughput: Throughput,
}

/// All numbers, in the order in which they were added.
#[derive(Debug)]
pub(crate) struct Numbers(RwLock<Registry>);

#[derive(Debug, Default)]
struct Registry {
    lines: Vec<Arc<Line>>,
    by_id: HashMap<String, usize>,
    /// Accounts whose app was unsubscribed.
    unsubscribed: HashSet<String>,
    /// Where an account's callbacks go instead. Addresses are never written to disk.
    overrides: HashMap<String, String>,
}

impl Numbers {
    pub(crate) fn new(numbers: Vec<Number>, unsubscribed: HashSet<String>) -> Self {
        let registry = Registry {
            unsubscribed,
            ..Registry::default()
        };
        let all = Self(RwLock::new(registry));
        for number in numbers {
            all.add(number);
        }
        all
    }

    /// Adds a number, or replaces the one with its id.
    pub(crate) fn add(&self, number: Number) {
        let line = Arc::new(Line {
            throughput: Throughput::new(number.throughput_per_second, Instant::now()),
            number,
        });
        let mut registry = self.write();
        let id = line.number.phone_number_id.clone();
        if let Some(&place) = registry.by_id.get(&id) {
            registry.lines[place] = line;
            return;
        }
        let place = registry.lines.len();
        registry.lines.push(line);
        registry.by_id.insert(id, place);
    }

    pub(crate) fn by_id(&self, phone_number_id: &str) -> Option<Arc<Line>> {
        let registry = self.read();
        let place = registry.by_id.get(phone_number_id)?;
        Some(Arc::clone(&registry.lines[*place]))
    }

    /// The numbers of an account, in order.
    pub(crate) fn of_waba(&self, waba_id: &str) -> Vec<Arc<Line>> {
        let registry = self.read();
        let lines = registry.lines.iter();
        lines
            .filter(|line| line.number.waba_id == waba_id)
            .cloned()
            .collect()
    }

    /// The number that a customer means: by id or by the number itself, else the first.
    pub(crate) fn channel(&self, named: Option<&str>) -> Option<Arc<Line>> {
        let registry = self.read();
        let Some(named) = named else {
            return registry.lines.first().cloned();
        };
        let digits = identity::digits(named);
        let mut lines = registry.lines.iter();
        lines
            .find(|line| {
                let number = &line.number;
                number.phone_number_id == named
                    || digits.as_ref() == Some(&number.display_phone_number)
            })
            .cloned()
    }

    /// Whether some number may be used with this token.
    pub(crate) fn knows_token(&self, token: &str) -> bool {
        let registry = self.read();
        let mut lines = registry.lines.iter();
        lines.any(|line| line.number.access_token == token)
    }

    pub(crate) fn is_subscribed(&self, waba_id: &str) -> bool {
        !self.read().unsubscribed.contains(waba_id)
    }

    pub(crate) fn override_of(&self, waba_id: &str) -> Option<String> {
        self.read().overrides.get(waba_id).cloned()
    }

    /// Subscribes an account's app, with an address of its own or the app's.
    pub(crate) fn subscribe(&self, waba_id: &str, address: Option<String>) {
        let mut registry = self.write();
        registry.unsubscribed.remove(waba_id);
        match address {
            Some(address) => registry.overrides.insert(waba_id.to_owned(), address),
            None => registry.overrides.remove(waba_id),
        };
    }

    pub(crate) fn unsubscribe(&self, waba_id: &str) {
        let mut registry = self.write();
        registry.overrides.remove(waba_id);
        registry.unsubscribed.insert(waba_id.to_owned());
    }

    /// Where a number's callbacks go, and the secret that signs them.
    pub(crate) fn callback_target(&self, phone_number_id: &str) -> Option<(String, String)> {
        let line = self.by_id(phone_number_id)?;
        let number = &line.number;
        let url = self.override_of(&number.waba_id);
        Some((
            url.unwrap_or_else(|| number.callback_url.clone()),
            number.app_secret.clone(),
        ))
    }

    fn read(&self) -> RwLockReadGuard<'_, Registry> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Registry> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

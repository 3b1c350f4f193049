//! The business numbers that exist.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
    time::Instant,
};

use serde_json::{Map, Value};

use crate::{config::Number, identity, rates::Throughput, store::Kept};

/// A number and the messages a second that it has left.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) number: Number,
    pub(crate) throughput: Throughput,
    pub(crate) token: Token,
    /// Members of the number's description that differ from the usual ones.
    pub(crate) fields: Map<String, Value>,
}

/// What a number's access token is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    /// The permissions that were granted to it.
    pub(crate) scopes: Vec<String>,
    /// When it ends, in seconds since 1970; 0 is never.
    pub(crate) expires_at: i64,
}

/// The permissions that a token of the platform's needs.
pub(crate) const SCOPES: [&str; 2] = [MANAGEMENT, MESSAGING];

/// Lets a token manage accounts and their numbers.
pub(crate) const MANAGEMENT: &str = "whatsapp_business_management";

/// Lets a token send and fetch files.
pub(crate) const MESSAGING: &str = "whatsapp_business_messaging";

impl Default for Token {
    fn default() -> Self {
        Self {
            scopes: SCOPES.map(str::to_owned).into(),
            expires_at: 0,
        }
    }
}

/// A token with whose it is.
#[derive(Clone)]
pub(crate) struct Grant {
    pub(crate) token: Token,
    pub(crate) app_id: String,
    pub(crate) app_secret: String,
    /// The accounts that it leads to.
    pub(crate) wabas: Vec<String>,
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
    /// Where an account's callbacks go instead.
    overrides: HashMap<String, String>,
}

impl Numbers {
    pub(crate) fn new(
        numbers: Vec<Number>,
        kept: Vec<Kept>,
        unsubscribed: HashSet<String>,
        overrides: HashMap<String, String>,
    ) -> Self {
        let registry = Registry {
            unsubscribed,
            overrides,
            ..Registry::default()
        };
        let all = Self(RwLock::new(registry));
        for number in numbers {
            all.add(number);
        }
        for kept in kept {
            all.add_kept(kept);
        }
        all
    }

    /// Adds a number whose token may do everything, or replaces the one with its id.
    pub(crate) fn add(&self, number: Number) {
        self.put(number, Token::default(), Map::new());
    }

    /// Adds a number that is on disk.
    pub(crate) fn add_kept(&self, kept: Kept) {
        let (number, token, fields) = kept.into_parts();
        self.put(number, token, fields);
    }

    fn put(&self, number: Number, token: Token, fields: Map<String, Value>) {
        let line = Arc::new(Line {
            throughput: Throughput::new(number.throughput_per_second, Instant::now()),
            number,
            token,
            fields,
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

    /// All numbers, in order.
    pub(crate) fn all(&self) -> Vec<Arc<Line>> {
        self.read().lines.clone()
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

    /// What a token is good for, if some number may be used with it.
    pub(crate) fn grant(&self, token: &str) -> Option<Grant> {
        let registry = self.read();
        let lines = registry.lines.iter();
        let mut lines = lines.filter(|line| line.number.access_token == token);
        let first = lines.next()?;
        let mut wabas = vec![first.number.waba_id.clone()];
        for line in lines {
            if !wabas.contains(&line.number.waba_id) {
                wabas.push(line.number.waba_id.clone());
            }
        }
        Some(Grant {
            token: first.token.clone(),
            app_id: first.number.app_id.clone(),
            app_secret: first.number.app_secret.clone(),
            wabas,
        })
    }

    /// The secret of an app.
    pub(crate) fn app_secret(&self, app_id: &str) -> Option<String> {
        let registry = self.read();
        let mut lines = registry.lines.iter();
        let line = lines.find(|line| line.number.app_id == app_id)?;
        Some(line.number.app_secret.clone())
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

    /// Where a number's callbacks go, and the secret that signs them; nowhere while the app has no address.
    pub(crate) fn callback_target(&self, phone_number_id: &str) -> Option<(String, String)> {
        let line = self.by_id(phone_number_id)?;
        let number = &line.number;
        let url = self.override_of(&number.waba_id);
        let url =
            url.or_else(|| Some(number.callback_url.clone()).filter(|url| !url.is_empty()))?;
        Some((url, number.app_secret.clone()))
    }

    fn read(&self) -> RwLockReadGuard<'_, Registry> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Registry> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

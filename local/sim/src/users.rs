//! The business-scoped user ids of customers: made from their numbers, unless a customer took
//! another one.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
};

use crate::identity;

/// Who took another id.
#[derive(Debug)]
pub(crate) struct Users(RwLock<Taken>);

#[derive(Debug, Default)]
struct Taken {
    ids: HashMap<String, String>,
    customers: HashMap<String, String>,
}

impl Users {
    /// Starts with the ids that customers took, by customer.
    pub(crate) fn new(ids: HashMap<String, String>) -> Self {
        let customers = ids
            .iter()
            .map(|(customer, id)| (id.clone(), customer.clone()));
        let customers = customers.collect();
        Self(RwLock::new(Taken { ids, customers }))
    }

    /// The customer's id.
    pub(crate) fn id_of(&self, customer: &str) -> String {
        let taken = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let id = taken.ids.get(customer).cloned();
        id.unwrap_or_else(|| identity::user_id(customer))
    }

    /// The customer whom an id, or the one of a portfolio, leads to: who took it last, or whose
    /// number it is made from. An id that a customer had before still leads there.
    pub(crate) fn customer_of(&self, id: &str) -> Option<String> {
        let taken = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let customer = taken.customers.get(id).cloned();
        customer.or_else(|| identity::wa_id_of_user(id))
    }

    /// The customer has this id from now on.
    pub(crate) fn take(&self, customer: &str, id: &str) {
        let mut taken = self.0.write().unwrap_or_else(PoisonError::into_inner);
        taken.ids.insert(customer.to_owned(), id.to_owned());
        taken.customers.insert(id.to_owned(), customer.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_was_taken_leads_to_the_customer_who_took_it() {
        let users = Users::new(HashMap::from([("1".to_owned(), "US.5".to_owned())]));
        let own = identity::user_id("923001234567");
        assert_eq!(users.id_of("923001234567"), own);
        assert_eq!(users.customer_of(&own).as_deref(), Some("923001234567"));
        assert_eq!(users.customer_of("US.5").as_deref(), Some("1"));
        users.take("923001234567", "US.5");
        assert_eq!(users.id_of("923001234567"), "US.5");
        assert_eq!(users.customer_of("US.5").as_deref(), Some("923001234567"));
        assert_eq!(users.customer_of("US.6"), None);
    }
}

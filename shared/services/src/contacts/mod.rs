//! Contacts: the people whom a tenant's messages are with, as the tenant keeps them.
//!
//! A contact is unique by number within its tenant. It is made by whoever writes first (see [`inbound`](crate::inbound)),
//! or by the tenant, here. Two contacts that turn out to be one are merged; the id of the one that went leads to the
//! other.

mod change;
mod filter;
mod list;
mod one;
mod remove;
mod save;
mod shown;
mod upsert;

pub use change::{ContactChange, change};
pub use filter::Filter;
pub use list::{Page, list};
pub use one::find;
pub use remove::remove;
pub use save::{Given, NewContacts, Saved, save};
pub use shown::Contact;
pub use upsert::{Outcome, Row, Upserted, upsert};

pub(crate) use one::{current, resolved};
pub(crate) use shown::{existing_lists, show};

use openwati_store::StoreError;

use crate::error::Error;

/// Contacts on one page, and in one request, at the most.
pub const MOST_AT_ONCE: usize = 1_000;

/// How often a change begins anew because somebody else changed the same contact.
pub(crate) const TRIES: usize = 8;

/// There is no such contact in this tenant.
const NO_CONTACT: Error = Error::NotFound { what: "contact" };

/// A value of a contact's that is not what it must be.
pub(crate) fn invalid(error: impl std::fmt::Display) -> Error {
    Error::invalid("invalid_request", error.to_string())
}

/// Others are at the same contacts all the time.
pub(crate) fn contended(operation: &'static str) -> Error {
    Error::Unavailable(StoreError::Unavailable {
        operation,
        reason: "others are at it".to_owned(),
    })
}

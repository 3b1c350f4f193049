//! The customers' phones.

mod attach;
mod customers;
mod inbound;
mod letter;
mod read;
mod sender;
mod show;
mod text;
mod watch;
mod write;

use crate::{http::Bad, identity, simulator::Inner};

pub(crate) use customers::{customers, name};
pub(crate) use read::{read, window};
pub(crate) use show::show;
pub(crate) use watch::watch;
pub(crate) use write::write;

/// The customer whom a path names by number or by business-scoped user id.
fn customer(inner: &Inner, named: &str) -> Result<String, Bad> {
    if let Some(digits) = identity::digits(named) {
        return Ok(identity::wa_id(&digits));
    }
    let customer = inner.users.customer_of(named);
    customer.ok_or_else(|| Bad::field("number", "is neither a phone number nor a known user id"))
}

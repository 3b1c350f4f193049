//! The check of what is sent to `/{phone_number_id}/messages`, by Meta's documents.
//!
//! A missing member is 131008, a value outside its limits 131009, and what Meta's schema does not
//! know at all, a misspelt member or a value of another JSON type, is 100.

mod contacts;
mod content;
mod interactive;
mod message;
mod node;
mod orders;
mod template;

pub(crate) use message::{Outgoing, Recipient, Request, parse};
pub(crate) use node::Problem;

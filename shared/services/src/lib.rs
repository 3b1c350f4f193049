//! The use cases, each used by several dialects.
//!
//! A use case takes the [`Platform`], who calls, and parsed values; it answers a value or an [`Error`] that says what to
//! tell the caller. It knows no HTTP and no key of the store.

pub mod authenticate;
pub mod automate;
pub mod channels;
pub mod deliver;
pub mod error;
pub mod events;
pub mod idempotency;
pub mod inbound;
pub mod media;
pub mod messages;
pub mod platform;
pub mod provision;
pub mod receive;
mod record;
pub mod send;
pub mod statuses;
pub mod timers;
pub mod webhooks;

pub use authenticate::{Caller, Gate};
pub use error::{Error, Waiting};
pub use platform::{Parts, Platform};
pub use record::Record;

//! The use cases, each used by several dialects.
//!
//! A use case takes the [`Platform`], who calls, and parsed values; it answers a value or an [`Error`] that says what to
//! tell the caller. It knows no HTTP and no key of the store.

pub mod accounts;
pub mod admin;
mod admit;
pub mod ai;
pub mod audit;
pub mod authenticate;
pub mod automate;
pub mod channels;
pub mod contact_lists;
pub mod contacts;
pub mod data;
pub mod deliver;
pub mod error;
pub mod events;
pub mod files;
pub mod idempotency;
pub mod imports;
pub mod inbound;
pub mod keys;
pub mod mail;
pub mod mark_read;
pub mod media;
pub mod media_send;
pub mod messages;
pub mod oidc;
pub mod platform;
pub mod provision;
mod reach;
pub mod react;
pub mod receive;
mod record;
pub mod rules;
pub mod send;
pub mod settings;
pub mod smart_reply;
pub mod statuses;
pub mod team;
pub mod templates;
pub mod timers;
pub mod uploads;
pub mod webhooks;

pub use authenticate::{Actor, Caller, Gate};
pub use error::{Error, Waiting};
pub use platform::{Parts, Platform};
pub use record::Record;

//! The rules of the platform, without any input or output.
//!
//! Everything here is a pure function of its arguments: time and randomness come in as values, so that every rule can
//! be tested without waiting. A rule stands here once; the store, the services and the dialects call it.

pub mod address;
pub mod api_key;
pub mod automation;
pub mod consent;
pub mod contact;
pub mod conversation;
pub mod crash;
pub mod dialect;
pub mod digest;
pub mod email;
pub mod entropy;
pub mod event;
pub mod fold;
pub mod graph_error;
pub mod handout;
pub mod id;
pub mod idempotency;
pub mod incoming;
pub mod key_ring;
pub mod language;
pub mod media;
pub mod media_link;
pub mod message;
pub mod pace;
pub mod pacing;
pub mod password;
pub mod phone;
pub mod plan;
pub mod rate;
pub mod retry;
pub mod role;
pub mod scope;
pub mod secret;
pub mod service_window;
pub mod session;
pub mod signature;
pub mod smart_reply;
pub mod state;
pub mod template;
pub mod tenant;
pub mod time;
pub mod webhook;

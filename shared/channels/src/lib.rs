//! How a message leaves: the clients of the providers, that of the AI which writes some, and the [guarded] one for URLs
//! that users give.
//!
//! A provider's client makes one call for one message and says which of three things happened: the provider
//! took it, the provider (or the network before it) refused it, or nobody knows. It keeps no
//! state, tries nothing again and decides nothing: what follows is the business of the services.

pub mod chat;
pub mod cloud_api;
pub mod guarded;

//! The client for URLs that users give: webhook endpoints, media to send.
//!
//! Whoever gives a URL chooses where this platform sends a request, from inside of its own network. So that nobody
//! reaches more through the platform than they reach without it, every such URL goes through [`Guarded`]:
//!
//! - Only `https`, only hosts with public names, only ports that browsers would use; `http`, this machine and its
//!   private networks where [`GuardedConfig::allow_private`] says so, which is for a developer's own machine.
//! - A name is looked up once for a connection. If any of its addresses is not public, nothing is connected: a name
//!   with both kinds is an attack or a mistake, and picking the good ones would let the order of an answer decide what
//!   its owner notices. The connection goes to the very addresses that were checked, so that a name which means
//!   something else a moment later gains nothing. Addresses written in URLs are checked in all their spellings.
//! - A connection that is kept open was checked when it was made, and is only used again for its own host and port.
//! - No proxy, cookie, `Referer` or decompression: an answer is as long as it was on the wire.
//! - Redirects are answers for [`post`](Guarded::post); [`get`](Guarded::get) follows a few, each checked like a first
//!   URL, and hands what the caller said in headers to no other origin.
//! - Everything ends: connecting, waiting for an answer, each pause in it and the whole have their times, and an answer
//!   has a size.
//!
//! Errors and `Debug` never show a URL.

mod caching;
mod client;
mod error;
mod get;
mod headers;
mod lookup;
mod policy;
mod ports;
mod post;
#[cfg(test)]
mod tests;

pub use caching::Validators;
pub use client::{Guarded, GuardedConfig};
pub use error::{FetchError, RedirectError, Waiting};
pub use get::{Download, GetLimits};
pub use policy::GuardError;
pub use post::{Answer, AnswerEnd, PostLimits, Timings};

//! The platform as its users meet it.

#![expect(clippy::unwrap_used, reason = "what a test does not expect fails it")]

mod authentication;
mod aws_faults;
mod bad_input;
mod callbacks;
mod clock;
mod crashes;
mod first_message;
mod idempotency;
mod inbound;
mod limits;
mod listing;
mod media;
mod operations;
mod outcomes;
mod paths;
mod round_trips;
mod webhook_api;
mod webhook_creation;
mod webhook_edges;
mod webhook_neighbours;
mod webhook_retries;
mod webhooks;

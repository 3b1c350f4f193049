//! The platform as its users meet it.

#![expect(clippy::unwrap_used, reason = "what a test does not expect fails it")]

mod accounts;
mod admin;
mod authentication;
mod aws_faults;
mod bad_input;
mod callbacks;
mod channels;
mod clock;
mod crashes;
mod data;
mod every_endpoint;
mod first_message;
mod idempotency;
mod inbound;
mod keys;
mod limits;
mod listing;
mod media;
mod oidc;
mod operations;
mod outcomes;
mod paths;
mod round_trips;
mod secrets;
mod send_media;
mod send_media_hosts;
mod send_media_limits;
mod send_media_many;
mod sends_kinds;
mod sends_reactions;
mod sends_templates;
mod sessions;
mod set_up;
mod settings;
mod smart_reply;
mod team;
mod templates;
mod webhook_api;
mod webhook_creation;
mod webhook_edges;
mod webhook_neighbours;
mod webhook_retries;
mod webhooks;

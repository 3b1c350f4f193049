//! The store against a real DynamoDB server: the embedded one, on loopback.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod accepted;
mod automation;
mod bucket;
mod contact_lists;
mod contact_pages;
mod contacts;
mod counting;
mod deliveries;
mod files;
mod idempotency;
mod listing;
mod media;
mod messages;
mod table;
mod users;
mod wamids;

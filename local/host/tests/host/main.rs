//! The platform as a newcomer and as an operator meet it.

#![expect(clippy::unwrap_used, reason = "a test whose helpers fail has failed")]

mod folder;
mod front;
mod journey;
mod process;
mod super_admin;
mod support;

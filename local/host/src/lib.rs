//! The whole platform on one machine.
//!
//! A [`Host`] reads `template.yaml`, the list of what is deployed on AWS, and does for it what AWS does: it serves the
//! API's routes through real API Gateway events (`gateway`), calls functions for queues and schedules (`triggers`),
//! and brings DynamoDB, SQS and S3 along (`aws`), kept in one folder. Behind it stands a simulated WhatsApp, so that
//! the first message arrives without an account.
//!
//! The functions are the same libraries that run on Lambda, called with the same events. What the template does not
//! name is not served, but for `/health` and `/_sim`.
//!
//! The binary is [`cli::main`]; tests start a [`Host`] in their own process.

mod ai;
mod aws;
mod banner;
pub mod cli;
mod connections;
mod data_dir;
mod functions;
mod gateway;
mod health;
mod host;
pub mod openapi;
mod options;
mod provision;
mod ready;
mod seed;
mod server;
mod sim_guard;
mod simulator;
mod super_admin;
pub mod template;
mod triggers;
mod wiring;
mod worker;

pub use ai::AiOptions;
pub use aws::Endpoints;
pub use data_dir::DataDirError;
pub use host::Host;
pub use options::{Cli, Command, Options, SimOptions, Window};
pub use ready::{Ready, ReadyAws, ReadyChannel};
pub use seed::{AwsKeys, ChannelSeed, Seed};
pub use simulator::SimulatorHost;
pub use super_admin::SuperAdminOptions;
pub use worker::Worker;

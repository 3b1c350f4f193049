//! What the end-to-end tests are written with.
//!
//! A test speaks HTTP to a running platform: a [`Running`] one in its own process, or a [`Process`] that can be killed.
//! It makes [`Tenant`]s of its own, so that tests share a platform without meeting each other, writes as a [`Client`] and
//! looks at customers' [`Phone`]s.

mod ai;
mod answer;
mod automation;
mod callback;
mod client;
mod file_host;
mod issuer;
mod mailbox;
mod odd_host;
mod person;
mod phone;
mod process;
mod proxy;
mod raw;
mod receiver;
mod running;
mod sink;
mod tenant;
mod under_test;
mod visitor;
mod wait;
mod webhooks;

pub use ai::{AiDoes, AiServer, Question};
pub use answer::Answer;
pub use automation::{add_rule, automation_log, texts_of};
pub use callback::{Status, inbound, sign, statuses};
pub use client::Client;
pub use file_host::{FileHost, HostedFile};
pub use issuer::{Issuer, SigningKey};
pub use mailbox::{Letter, Mailbox};
pub use odd_host::{Odd, OddHost};
pub use person::{Person, PersonBuilder};
pub use phone::{Phone, Simulated, someone};
pub use process::{Process, Program};
pub use proxy::{Call, Proxy, in_sequence};
pub use raw::{Raw, raw};
pub use receiver::{Event, Receiver, Reply};
pub use running::Running;
pub use sink::Sink;
pub use tenant::{Channel, KeyBuilder, Tenant, TenantBuilder};
pub use under_test::{Needs, lacks};
pub use visitor::Visitor;
pub use wait::{SOON, eventually, until_the_minute_has_left};
pub use webhooks::Webhook;

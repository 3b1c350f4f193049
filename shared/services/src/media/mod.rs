//! The files of messages: brought from WhatsApp into the bucket, and handed out by links.

mod download;
mod fetch;
mod handout;
mod job;
mod link;
mod revoke;
mod settle;
pub(crate) mod sink;
mod tell;
mod trouble;

pub use download::work;
pub use handout::hand_out;
pub use job::{MediaJob, job};
pub use link::link;
pub(crate) use link::link_path;
pub use openwati_store::blobs::Asked;
pub use revoke::revoke;
pub use settle::settle;

//! The files of messages: brought from WhatsApp into the bucket, and handed out by links.

mod job;
mod link;

pub use job::{MediaJob, job};
pub use link::link;

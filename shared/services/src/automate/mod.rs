//! What answers customers by itself: decided where their messages are kept, sent by jobs of their own.
//!
//! [`begin`] follows a message that was kept, and leaves an entry in the log and a job. [`work`] works the jobs: each sends
//! one answer, and has the next one sent.

mod begin;
mod consent;
mod job;
mod pause;
mod remembered;
mod settle;
mod step;

pub(crate) use begin::{Around, Received, begin};
pub(crate) use consent::{PREFERENCES, hear_preferences, refused};
pub use job::{Purpose, StepJob, What};
pub use pause::human_replied;
pub(crate) use remembered::Remembered;
pub use settle::settle;
pub use step::work;

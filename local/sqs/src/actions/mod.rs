//! The actions of the API, a file for each thing that they are about. An action checks its input, gives the store one
//! piece of work, and words the answer.

use serde::Serialize;

pub(crate) mod batch;
pub(crate) mod delete;
pub(crate) mod queues;
pub(crate) mod receive;
pub(crate) mod send;
pub(crate) mod visibility;

/// The output of actions that only succeed.
#[derive(Debug, Serialize)]
pub(crate) struct Nothing {}

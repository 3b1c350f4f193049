//! The queue server as programs meet it: through AWS's own SDK, over HTTP.
//!
//! With `SQS_TEST_ENDPOINT` the same tests run against another server that speaks SQS, to see that both mean the same;
//! tests of what only this server has are skipped then, and say so.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod batches;
mod durability;
mod errors;
mod fair;
mod faults;
mod fifo;
mod harness;
mod long_poll;
mod messages;
mod queues;
mod redrive;
mod visibility;

//! Tests of the message model.

mod limits;
mod peers;
mod preview;
mod round_trip;
mod samples;

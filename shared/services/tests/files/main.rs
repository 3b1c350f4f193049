//! Files that are sent, against real servers on loopback: DynamoDB, S3, a host of files, and a Graph API.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod bringing;
#[path = "../../../store/tests/store/bucket.rs"]
mod bucket;
mod refusals;
#[path = "../../../store/tests/store/table.rs"]
mod table;
mod uploading;
mod world;

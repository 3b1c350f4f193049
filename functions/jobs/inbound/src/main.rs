//! `inbound` on Lambda.

use mimalloc::MiMalloc;
use openwati_web::{App, Needs, lambda};

/// A seventh of the processor time of a busy function goes into the C library's allocator.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    lambda::log();
    let needs = Needs::table().queues().bucket();
    let app = App::from_environment(needs).await?;
    lambda::run_sqs(async |event| Ok(inbound::handle(&app, event).await)).await
}

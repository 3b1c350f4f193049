//! `webhook-delivery` on Lambda.

use mimalloc::MiMalloc;
use openwati_web::{App, Needs, lambda};

/// A seventh of the processor time of a busy function goes into the C library's allocator.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    lambda::log();
    // Next tries are seldom, and so are events that are too large for a queue.
    let needs = Needs::table().queues_on_use().bucket().key_ring().guarded();
    let app = App::from_environment(needs).await?;
    app.platform().prepare_guarded();
    lambda::run_sqs(async |event| Ok(webhook_delivery::handle(&app, event).await)).await
}

//! `cloud-api-webhook` on Lambda.

use mimalloc::MiMalloc;
use openwati_web::{App, Needs, lambda};

/// A seventh of the processor time of a busy function goes into the C library's allocator.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    lambda::log();
    let app = App::from_environment(Needs::table().queues().bucket().key_ring()).await?;
    lambda::run(cloud_api_webhook::router(app)).await
}

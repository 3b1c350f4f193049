//! `send-media` on Lambda.

use openwati_web::{App, Needs, lambda};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    lambda::log();
    // The tenant, the conversation and the idempotency key are looked up together.
    let needs = Needs::table()
        .at_once(3)
        .queues_on_use()
        .bucket()
        .provider()
        .guarded()
        .key_ring()
        .sessions();
    let app = App::from_environment(needs).await?;
    lambda::run(send_media::router(app)).await
}

//! `automation-step` on Lambda.

use openwati_web::{App, Needs, lambda};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    lambda::log();
    let needs = Needs::table()
        .queues()
        .bucket()
        .provider()
        .guarded()
        .key_ring();
    let app = App::from_environment(needs).await?;
    lambda::run_sqs(async |event| Ok(automation_step::handle(&app, event).await)).await
}

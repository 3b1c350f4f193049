//! `timers` on Lambda.

use openwati_web::{App, Needs, lambda};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    lambda::log();
    // Items of the outbox are swept seldom: when a writer has died.
    let app = App::from_environment(Needs::table().queues_on_use()).await?;
    lambda::run_schedule(async |event| timers::handle(&app, event).await).await
}

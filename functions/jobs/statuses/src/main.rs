//! `statuses` on Lambda.

use openwati_web::{App, Needs, lambda};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    lambda::log();
    // Statuses are put off seldom: those of messages that are not recorded yet.
    let app = App::from_environment(Needs::table().queues_on_use()).await?;
    lambda::run_sqs(async |event| Ok(statuses::handle(&app, event).await)).await
}

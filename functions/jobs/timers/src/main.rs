//! `timers` on Lambda.

use openwati_web::{App, Needs, lambda};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    lambda::log();
    // Queues: dead letters are looked for in each run. Links: of files that are given up. Bucket: files that nobody sent.
    let app = App::from_environment(Needs::table().queues().links().bucket()).await?;
    lambda::run_schedule(async |event| timers::handle(&app, event).await).await
}

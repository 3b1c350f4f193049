//! `settings` on Lambda.

use openwati_web::{App, Needs, lambda};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    lambda::log();
    // What is used is asked for all at once.
    let needs = Needs::table().at_once(5);
    let app = App::from_environment(needs.queues_on_use().bucket().sessions()).await?;
    lambda::run(settings::router(app)).await
}

//! `smart-reply` on Lambda.

use openwati_web::{App, Needs, lambda};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    lambda::log();
    let needs = Needs::table().provider().key_ring().ai();
    let app = App::from_environment(needs).await?;
    lambda::run_sqs(async |event| Ok(smart_reply::handle(&app, event).await)).await
}

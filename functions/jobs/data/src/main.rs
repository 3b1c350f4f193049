//! `data` on Lambda.

use openwati_web::{App, Needs, lambda};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    lambda::log();
    // Key ring: to seal anew, and to read templates. Links: to the files that an export tells of.
    let needs = Needs::table()
        .queues()
        .bucket()
        .provider()
        .key_ring()
        .links();
    let app = App::from_environment(needs).await?;
    lambda::run_sqs(async |event| Ok(data::handle(&app, event).await)).await
}

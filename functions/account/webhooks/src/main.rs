//! `webhooks` on Lambda.

use openwati_web::{App, Needs, lambda};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    lambda::log();
    let needs = Needs::table()
        .sessions()
        .queues_on_use()
        .bucket()
        .key_ring()
        .guarded();
    let app = App::from_environment(needs).await?;
    lambda::run(webhooks::router(app)).await
}

//! `contacts` on Lambda.

use openwati_web::{App, Needs, lambda};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    lambda::log();
    // A page is read from eight partitions at once.
    let needs = Needs::table()
        .at_once(8)
        .queues_on_use()
        .bucket()
        .sessions();
    let app = App::from_environment(needs).await?;
    lambda::run(contacts::router(app)).await
}

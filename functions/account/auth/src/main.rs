//! `auth` on Lambda.

use openwati_web::{App, Needs, lambda};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    lambda::log();
    let needs = Needs::table()
        .at_once(2)
        .sessions()
        .accounts()
        .queues_on_use();
    let app = App::from_environment(needs).await?;
    lambda::run(auth::router(app)).await
}

//! `messages` on Lambda.

use openwati_web::{App, Needs, lambda};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    lambda::log();
    // A list reads all shards of a month together.
    let needs = Needs::table()
        .at_once(openwati_store::MESSAGE_SHARDS.into())
        .links()
        .sessions();
    let app = App::from_environment(needs).await?;
    lambda::run(messages::router(app)).await
}

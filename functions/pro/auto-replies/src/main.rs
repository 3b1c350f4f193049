//! `auto-replies` on Lambda.

use openwati_web::{App, Needs, lambda};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    lambda::log();
    let needs = Needs::table().guarded().sessions();
    let app = App::from_environment(needs).await?;
    lambda::run(auto_replies::router(app)).await
}

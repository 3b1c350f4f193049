//! `keys` on Lambda.

use openwati_web::{App, Needs, lambda};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    lambda::log();
    let app = App::from_environment(Needs::table().sessions().key_ring()).await?;
    lambda::run(keys::router(app)).await
}

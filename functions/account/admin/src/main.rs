//! `admin` on Lambda.

use openwati_web::{App, Needs, lambda};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    lambda::log();
    let app = App::from_environment(Needs::table().queues_on_use().sessions()).await?;
    lambda::run(admin::router(app)).await
}

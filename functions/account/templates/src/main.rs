//! `templates` on Lambda.

use openwati_web::{App, Needs, lambda};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    lambda::log();
    let needs = Needs::table()
        .queues_on_use()
        .bucket()
        .provider()
        .guarded()
        .key_ring()
        .sessions();
    let app = App::from_environment(needs).await?;
    lambda::run(templates::router(app)).await
}

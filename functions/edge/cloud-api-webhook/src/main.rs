//! `cloud-api-webhook` on Lambda.

use openwati_web::{App, Needs, lambda};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    lambda::log();
    let app = App::from_environment(Needs::table().queues().bucket().key_ring()).await?;
    lambda::run(cloud_api_webhook::router(app)).await
}

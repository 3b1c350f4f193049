//! `docs` on Lambda.

use openwati_web::lambda;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    lambda::log();
    lambda::run(docs::router()).await
}

//! `mail` on Lambda.

use std::env;

use mail::Mailer;
use openwati_core::secret::Secret;
use openwati_web::{App, Needs, lambda};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::Error> {
    lambda::log();
    let get = |name| env::var(name).unwrap_or_default();
    let mailer = Mailer::new(&Secret::new(get("SMTP_URL")), &get("MAIL_FROM"))?;
    let app = App::from_environment(Needs::table().sessions()).await?;
    lambda::run_sqs(async |event| Ok(mail::handle(&app, &mailer, event).await)).await
}

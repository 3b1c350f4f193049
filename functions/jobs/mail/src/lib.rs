//! Sends mails to people of teams: invitations, and links to set a password anew.

mod mailer;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use openwati_services::mail::compose;
use openwati_services::{Error, Record};
use openwati_web::{App, sqs};

pub use mailer::{BadMailer, Mailer};

/// Works one batch of the queue and names the messages that have to come again.
pub async fn handle(app: &App, mailer: &Mailer, event: SqsEvent) -> SqsBatchResponse {
    let mut failed = Vec::new();
    // People are few: one after the other holds one connection.
    for record in sqs::records(event) {
        if !work(app, mailer, &record).await {
            failed.push(record.id);
        }
    }
    sqs::response(failed)
}

/// Sends one mail. Says whether its job is done.
async fn work(app: &App, mailer: &Mailer, record: &Record) -> bool {
    match compose(app.platform(), &record.body).await {
        Ok(Some(mail)) => mailer.send(mail, &record.id).await,
        Ok(None) => {
            tracing::info!(job = record.id, "nobody to write to any more");
            true
        }
        Err(error @ Error::Internal(_)) => {
            tracing::error!(%error, job = record.id, "a mail cannot be written");
            false
        }
        Err(error) => {
            tracing::warn!(%error, job = record.id, "a mail has to wait");
            false
        }
    }
}

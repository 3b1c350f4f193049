//! The way to people's mailboxes: the operator's SMTP server.

use std::fmt;
use std::time::Duration;

use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use openwati_core::secret::Secret;
use openwati_services::mail::Mail;

/// How long the server may take for each of its answers.
const PATIENCE: Duration = Duration::from_secs(10);

/// Sends mails, or says why there are none to send.
pub struct Mailer(Option<Way>);

struct Way {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// The operator's settings are none. They are not shown: the URL has a password in it.
#[derive(Debug, thiserror::Error)]
pub enum BadMailer {
    /// The server's URL.
    #[error(
        "SMTP_URL must be smtps://user:password@host or smtp://user:password@host:587?tls=required"
    )]
    Url,
    /// The sender.
    #[error("MAIL_FROM must be an address, or a name with an address: OpenWATI <wati@example.com>")]
    From,
}

impl Mailer {
    /// The mailer of a server's URL and a sender; without either mails are dropped.
    ///
    /// # Errors
    /// If one of them is none.
    pub fn new(url: &Secret<String>, from: &str) -> Result<Self, BadMailer> {
        if url.expose().is_empty() && from.is_empty() {
            return Ok(Self(None));
        }
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose());
        let transport = transport.map_err(|_| BadMailer::Url)?;
        Ok(Self(Some(Way {
            transport: transport.timeout(Some(PATIENCE)).build(),
            from: from.parse().map_err(|_| BadMailer::From)?,
        })))
    }

    /// Sends a mail, whose job has this id. Says whether the job is done.
    pub(crate) async fn send(&self, mail: Mail, job: &str) -> bool {
        let Some(Way { transport, from }) = &self.0 else {
            tracing::warn!(job, "dropped a mail: there is no SMTP server any more");
            return true;
        };
        let Ok(address) = mail.email.parse() else {
            tracing::error!(job, "dropped a mail: SMTP has no such address");
            return true;
        };
        // A job that comes again is the same mail: mailboxes show it once.
        let id = format!("<{job}@{}>", from.email.domain());
        let message = Message::builder()
            .from(from.clone())
            .to(Mailbox::new(mail.name, address))
            .subject(mail.subject)
            .message_id(Some(id))
            .header(ContentType::TEXT_PLAIN)
            .body(mail.text.expose().clone());
        let message = match message {
            Ok(message) => message,
            Err(error) => {
                tracing::error!(%error, job, "a mail cannot be written");
                return false;
            }
        };
        match transport.send(message).await {
            Ok(_) => {
                tracing::info!(job, "sent a mail");
                true
            }
            Err(error) => {
                // Without its text, in which servers quote addresses.
                let status = error.status().map(|status| status.to_string());
                let timed_out = error.is_timeout();
                tracing::warn!(
                    job,
                    status,
                    timed_out,
                    "the SMTP server did not take a mail"
                );
                false
            }
        }
    }
}

/// Without the server's password.
impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Mailer({})",
            if self.0.is_some() { "SMTP" } else { "none" }
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mailer(url: &str, from: &str) -> Result<Mailer, BadMailer> {
        Mailer::new(&Secret::new(url.to_owned()), from)
    }

    #[test]
    fn settings_that_are_none_are_refused_and_not_shown() {
        let from = "OpenWATI <wati@example.com>";
        assert!(mailer("", "").is_ok());
        let url = "smtps://user:hunter2@smtp.example.com";
        let shown = format!("{:?}", mailer(url, from).unwrap());
        assert!(!shown.contains("hunter2"));
        assert!(matches!(
            mailer("https://hunter2@example.com", from),
            Err(BadMailer::Url)
        ));
        assert!(matches!(mailer(url, "nobody"), Err(BadMailer::From)));
        assert!(matches!(mailer(url, ""), Err(BadMailer::From)));
        assert!(matches!(mailer("", from), Err(BadMailer::Url)));
    }
}

//! Mails to people of a team.
//!
//! A job says who is written to and why, and holds neither address nor link: whoever sends it makes the link then. So what
//! waits on a queue lets nobody in.

use openwati_core::id::Id;
use openwati_core::secret::Secret;
use openwati_core::tenant::TenantId;
use openwati_store::queues::{self, Job, QueueName};
use openwati_store::user::{UserRecord, UserState};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::accounts::{invitation_link, reset_link};
use crate::audit;
use crate::error::Error;
use crate::platform::Platform;

/// A mail that is to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "purpose", rename_all = "snake_case")]
pub enum MailJob {
    /// Lets somebody into a team.
    Invitation {
        /// The tenant.
        tenant: TenantId,
        /// Who was invited.
        user: Id,
    },
    /// Lets somebody set their password anew, if the address is somebody's.
    Reset {
        /// The hash of the address.
        mailbox: String,
    },
}

/// A mail as it is sent.
#[derive(Debug)]
pub struct Mail {
    /// To whom, as a name, if it is one to show.
    pub name: Option<String>,
    /// To which address.
    pub email: String,
    /// What it is about.
    pub subject: String,
    /// Its text, with a link that lets somebody in.
    pub text: Secret<String>,
}

pub(crate) fn job(job: &MailJob) -> Result<Job, Error> {
    let body = queues::body(job).map_err(|error| Error::Internal(Box::new(error)))?;
    Ok(Job {
        body,
        group: None,
        deduplication: None,
        delay_seconds: 0,
    })
}

pub(crate) async fn enqueue(platform: &Platform, mail: &MailJob) -> Result<(), Error> {
    let jobs = vec![job(mail)?];
    Ok(platform.queues()?.send(QueueName::Mail, jobs).await?)
}

/// The mail that a job is about; none where there is nobody to write to any more.
///
/// # Errors
/// A job that is none; a store that did not answer.
pub async fn compose(platform: &Platform, body: &str) -> Result<Option<Mail>, Error> {
    let job: MailJob =
        serde_json::from_str(body).map_err(|error| Error::Internal(Box::new(error)))?;
    let base_url = platform.public_base_url()?;
    let store = platform.store();
    match job {
        MailJob::Invitation { tenant, user } => {
            let (user, team) = tokio::try_join!(store.user(&tenant, user), store.tenant(&tenant))?;
            let user = user.filter(|user| user.state == UserState::Invited);
            let (Some(user), Some(team)) = (user, team) else {
                return Ok(None);
            };
            let link = invitation_link(platform, base_url, &tenant, &user)?;
            let team = shown(&team.name).unwrap_or("somebody");
            let text = format!(
                "{},\n\nyou are invited to the team of {team}. Follow this link to choose a password:\n\n{}\n\n\
                 It works once, for 7 days. If you did not expect it, you need not do anything.\n",
                hello(&user),
                link.expose()
            );
            Ok(Some(mail(
                &user,
                format!("Your invitation to the team of {team}"),
                text,
            )))
        }
        MailJob::Reset { mailbox } => {
            let Some(found) = store.find_email_hash(&mailbox).await? else {
                return Ok(None);
            };
            let user = store.user(&found.tenant, found.user).await?;
            let Some(user) = user.filter(|user| user.state == UserState::Active) else {
                return Ok(None);
            };
            let link = reset_link(platform, base_url, &found.tenant, &user)?;
            let actor = "anybody";
            let act = audit::by(
                platform,
                actor,
                "user.password_link_mailed",
                user.id,
                Value::Null,
            );
            audit::keep(platform, &found.tenant, &act).await?;
            let text = format!(
                "{},\n\nsomebody asked for a new password for your account. Follow this link to choose one:\n\n{}\n\n\
                 It works once, for an hour. If it was not you, you need not do anything: your password stays as it is.\n",
                hello(&user),
                link.expose()
            );
            Ok(Some(mail(&user, "A new password".to_owned(), text)))
        }
    }
}

fn hello(user: &UserRecord) -> String {
    shown(&user.name).map_or_else(|| "Hello".to_owned(), |name| format!("Hello {name}"))
}

/// A name as it may stand in a mail. Whoever chose it may be a stranger to whom the mail goes to, and mail programs make
/// links of what looks like one: so a name with an address in it, or with characters that turn the text around, is left
/// out.
fn shown(name: &str) -> Option<&str> {
    let turns = |c: char| matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    let leads = |word: &str| {
        let is_label = |label: &str| label.chars().take_while(|c| c.is_alphanumeric()).count() > 1;
        word.contains(['@', '/', '\\']) || word.split(['.', '。', '．']).skip(1).any(is_label)
    };
    let fits = !name.contains(turns) && !name.split_whitespace().any(leads);
    fits.then_some(name)
}

fn mail(user: &UserRecord, subject: String, text: String) -> Mail {
    Mail {
        name: shown(&user.name).map(ToOwned::to_owned),
        email: user.email.as_str().to_owned(),
        subject,
        text: Secret::new(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_shows_names_and_no_links_of_strangers() {
        for name in [
            "Ada Lovelace",
            "Jörg 🦊",
            "J.R.R. Tolkien",
            "Ada's Bakery 🥐 Inc.",
            "عائشة",
            "👩\u{200d}🚀",
            "می\u{200c}خواهم",
        ] {
            assert_eq!(shown(name), Some(name), "{name}");
        }
        for name in [
            "Your account is locked, see https://evil.example/login",
            "evil.example",
            "Go to www.evil.example.",
            "ask evil@evil.example",
            "evil。example",
            "evil.example:8080",
            "evil/login",
            "\u{202e}live",
            "Ada\u{2028}Bcc: eve",
            "Ada\u{2066}",
        ] {
            assert_eq!(shown(name), None, "{name}");
        }
    }
}

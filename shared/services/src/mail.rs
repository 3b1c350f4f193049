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
    /// To whom, as a name.
    pub name: String,
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
            let text = format!(
                "Hello {},\n\nyou are invited to the team of {}. Follow this link to choose a password:\n\n{}\n\n\
                 It works once, for 7 days. If you did not expect it, you need not do anything.\n",
                user.name,
                team.name,
                link.expose()
            );
            Ok(Some(mail(
                &user,
                format!("Your invitation to {}", team.name),
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
                "Hello {},\n\nsomebody asked for a new password for your account. Follow this link to choose one:\n\n{}\n\n\
                 It works once, for an hour. If it was not you, you need not do anything: your password stays as it is.\n",
                user.name,
                link.expose()
            );
            Ok(Some(mail(&user, "A new password".to_owned(), text)))
        }
    }
}

fn mail(user: &UserRecord, subject: String, text: String) -> Mail {
    Mail {
        name: user.name.clone(),
        email: user.email.as_str().to_owned(),
        subject,
        text: Secret::new(text),
    }
}

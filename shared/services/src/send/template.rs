//! Sending a template: the catalogue is asked in the round trip that reads everything else.

use openwati_core::crash_point;
use openwati_core::id::Id;
use openwati_core::message::template::Template;
use openwati_core::message::{Content, Outgoing, Recipient};
use openwati_core::template::{Category, Given, fit, render};
use openwati_core::tenant::TenantId;
use openwati_store::StoreError;
use openwati_store::template::TemplateRecord;

use super::prepare::{Prepared, Purpose, Ready, prepare, release};
use super::{Request, Sender, Sent, claim, outcome, pause, read_recipient};
use crate::authenticate::Caller;
use crate::error::Error;
use crate::idempotency::Idempotency;
use crate::platform::Platform;
use crate::templates;

/// A template that somebody wants sent.
#[derive(Debug, Clone)]
pub struct TemplateRequest {
    /// To whom, as the caller wrote it: a phone number in any spelling, or a BSUID.
    pub to: String,
    /// The template's name.
    pub name: String,
    /// Its language; the only one that is approved where none is named.
    pub language: Option<String>,
    /// What fills it.
    pub given: Given,
    /// By which channel; the tenant's own choice where none is named.
    pub channel: Option<Id>,
    /// The caller's promise that the same key is the same request.
    pub idempotency: Option<Idempotency>,
}

/// The code of a language that is not known yet, ISO 639's.
const UNDETERMINED: &str = "und";

/// Sends a template that is approved, filled with what fits it.
///
/// # Errors
/// As [`send`](super::send), but that the 24-hour window may be closed; and before anything is claimed, those of
/// [`templates::for_send`], and `invalid_template_parameters` for what does not fit.
pub async fn send_template(
    platform: &Platform,
    caller: &Caller,
    wanted: TemplateRequest,
) -> Result<Sent, Error> {
    crash_point!("send.authenticated");
    let id = Id::new(platform.now(), platform.entropy());
    let sender = Sender::Caller(caller, read_recipient);
    let sent = send_as(platform, &sender, wanted, id).await?;
    sent.ok_or_else(|| Error::Internal("a new message's id was taken".into()))
}

/// Sends a template of the platform's own to a peer that is known, once, as [`send_once`](super::send_once) does.
///
/// # Errors
/// As [`send_template`].
pub(crate) async fn send_template_once(
    platform: &Platform,
    tenant: &TenantId,
    to: &Recipient,
    wanted: TemplateRequest,
    id: Id,
) -> Result<Option<Sent>, Error> {
    send_as(platform, &Sender::automatic(tenant, to), wanted, id).await
}

async fn send_as(
    platform: &Platform,
    sender: &Sender<'_>,
    wanted: TemplateRequest,
    id: Id,
) -> Result<Option<Sent>, Error> {
    let now = platform.now();
    let TemplateRequest {
        to,
        name,
        language,
        given,
        channel,
        idempotency,
    } = wanted;
    // What it says is the catalogue's to tell; that it is a template is all that is judged by now.
    let template = Template::new(&name, language.as_deref().unwrap_or(UNDETERMINED));
    let mut request = Request {
        to,
        message: Content::Template { template }.into(),
        channel,
        idempotency,
    };
    let (prepared, known) = tokio::join!(
        prepare(platform, sender, &request, id, now),
        platform.store().templates_named(sender.tenant(), &name),
    );
    let mut ready = match prepared? {
        Prepared::Ready(ready) => *ready,
        Prepared::Replay(sent) => return Ok(Some(sent)),
        // Only messages with files are taken on to be sent later.
        Prepared::Open(_) => return Err(Error::InProgress),
    };
    crash_point!("send.key_claimed");
    let choice = Choice {
        name: &name,
        language: language.as_deref(),
        given: &given,
    };
    let claimed = async {
        let tenant = sender.tenant();
        (request.message, ready.purpose) = choice.fill(platform, tenant, &ready, known).await?;
        if let Some(conversation) = &ready.conversation {
            sender
                .heeds()
                .check(&conversation.consents, ready.purpose)?;
        }
        // Meta may have been asked meanwhile.
        let now = platform.now();
        claim::claim(platform, sender, &request, ready, None, id, now).await
    };
    let claimed = match claimed.await {
        Ok(Some(claimed)) => claimed,
        Ok(None) => return Ok(None),
        Err(refusal) => {
            release(platform, sender, &request, id).await;
            return Err(refusal);
        }
    };
    crash_point!("send.message_claimed");
    let delivery = outcome::deliver(platform, sender.tenant(), &request.message, &claimed);
    let (sent, ()) = tokio::join!(delivery, pause(platform, sender, &claimed));
    sent.map(Some)
}

/// Which template, and what fills it.
struct Choice<'a> {
    name: &'a str,
    language: Option<&'a str>,
    given: &'a Given,
}

impl Choice<'_> {
    /// The message that the template makes, if the channel's account has it approved and what is given fits.
    async fn fill(
        &self,
        platform: &Platform,
        tenant: &TenantId,
        ready: &Ready,
        known: Result<Vec<TemplateRecord>, StoreError>,
    ) -> Result<(Outgoing, Purpose), Error> {
        let (name, language) = (self.name, self.language);
        let chosen = templates::for_send(platform, tenant, &ready.channel, known?, name, language);
        // Where Meta has to be asked, WhatsApp is to have its own time left afterwards.
        let chosen = tokio::time::timeout(platform.function_timeout() / 4, chosen).await;
        let definition = chosen.map_err(|_| Error::MetaUnreachable)??;
        let does_not_fit = |why: String| Error::invalid("invalid_template_parameters", why);
        let template =
            fit(&definition, self.given).map_err(|misfit| does_not_fit(misfit.to_string()))?;
        let reads = render(&definition, &template).text();
        let message = Outgoing {
            reads: Some(reads),
            ..Content::Template { template }.into()
        };
        message
            .validate()
            .map_err(|invalid| does_not_fit(invalid.to_string()))?;
        let purpose = match definition.category {
            Category::Marketing => Purpose::Marketing,
            _ => Purpose::Other,
        };
        Ok((message, purpose))
    }
}

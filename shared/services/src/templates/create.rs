//! How a template is made. Its place in the catalogue is taken before Meta is asked, and what came of it is kept
//! afterwards: so one that whoever asked for it did not learn of is found again, and none is asked for twice at once.

use openwati_channels::cloud_api::CreatedTemplate;
use openwati_core::crash_point;
use openwati_core::id::Id;
use openwati_core::template::{Definition, Samples, check_send_ttl};
use openwati_store::StoreError;
use openwati_store::channel::ChannelRecord;
use openwati_store::template::TemplateRecord;
use serde_json::{Value, json};

use super::ask::{Trouble, in_time, speaker, token};
use super::record::Told;
use super::samples::{self, Wish};
use super::show::{Template, account, channels};
use super::sync::{TRIES, busy};
use crate::audit;
use crate::authenticate::Caller;
use crate::channels::choose;
use crate::error::Error;
use crate::idempotency::{Creation, Idempotency, Made, once};
use crate::platform::Platform;

/// A template to be.
#[derive(Debug, Clone)]
pub struct NewTemplate {
    /// What it says.
    pub definition: Definition,
    /// Whether Meta may take it for another category than was asked for.
    pub allow_category_change: Option<bool>,
    /// For how many seconds WhatsApp tries to deliver it.
    pub send_ttl_seconds: Option<i64>,
    /// The channel in whose account it is made; the one that sends by default where none is named.
    pub channel: Option<Id>,
    /// The caller's promise that the same key is the same request.
    pub idempotency: Option<Idempotency>,
}

/// The status of a template that Meta was asked for and has not answered.
const ASKED: &str = "PENDING";

/// Has Meta make a template, which is reviewed then.
///
/// # Errors
/// [`Error::Invalid`] with `invalid_template`, naming field and limit; [`Error::Conflict`] where there is one of this name
/// and language; [`Error::MetaRefused`]; [`Error::MetaUnreachable`]. With an idempotency key also what became of its first
/// try.
pub async fn create(
    platform: &Platform,
    caller: &Caller,
    new: NewTemplate,
) -> Result<Made<Template>, Error> {
    let channels = channels(platform, caller).await?;
    let waba_id = match account(&channels, new.channel)? {
        Some(waba_id) => waba_id,
        None => choose(channels.clone(), None)?.waba_id,
    };
    let channel = speaker(&channels, &waba_id).ok_or(Error::NoDevice { reason: None })?;
    let mut new = new;
    let wishes = samples::take(platform, &mut new.definition.components)?;
    check(&new, &wishes)?;
    let creating = Creating {
        platform,
        caller,
        channel,
        new: &new,
        wishes: &wishes,
    };
    once(
        platform,
        &caller.tenant,
        new.idempotency.as_ref(),
        &creating,
    )
    .await
}

fn check(new: &NewTemplate, wishes: &[Wish]) -> Result<(), Error> {
    let samples = match wishes.is_empty() {
        true => Samples::Here,
        false => Samples::Follow,
    };
    let checked = new.definition.check(samples).and_then(|()| {
        let ttl = new.send_ttl_seconds;
        ttl.map_or(Ok(()), |ttl| check_send_ttl(&new.definition.category, ttl))
    });
    checked.map_err(|invalid| Error::invalid("invalid_template", invalid.to_string()))
}

/// A template to be, with everything but its id.
struct Creating<'a> {
    platform: &'a Platform,
    caller: &'a Caller,
    channel: &'a ChannelRecord,
    new: &'a NewTemplate,
    wishes: &'a [Wish],
}

impl Creation for Creating<'_> {
    type Thing = Template;

    async fn find(&self, id: Id) -> Result<Option<Template>, Error> {
        let known = self.known().await?.filter(|known| known.made == Some(id));
        Ok(known.and_then(Template::of))
    }

    async fn make(&self, id: Id) -> Result<Template, Error> {
        let mut components = self.new.definition.components.clone();
        let (tenant, wishes) = (&self.caller.tenant, self.wishes);
        samples::upload(self.platform, tenant, self.channel, wishes, &mut components).await?;
        let (claim, may_be_there) = self.claim(id).await?;
        crash_point!("templates.claimed");
        if may_be_there && let Some(told) = self.there().await? {
            return self.keep(&claim, told).await;
        }
        let at = self.platform.now();
        let token = token(self.platform, &self.caller.tenant, self.channel)?;
        let graph = self.platform.cloud_api()?;
        let body = self.body(&components);
        let asked = graph.create_template(&self.channel.waba_id, token.expose(), &body);
        let answer = in_time(asked).await;
        crash_point!("templates.made");
        match answer {
            Ok(created) => {
                let told = told(body, created);
                let told = Told::read(&told, at).ok_or(Error::MetaUnreachable)?;
                self.keep(&claim, told).await
            }
            Err(Trouble::Lost) => match self.there().await {
                Ok(Some(told)) => self.keep(&claim, told).await,
                Ok(None) => {
                    self.withdraw(&claim).await;
                    Err(Error::MetaUnreachable)
                }
                // It may be made: whoever asks again under the same key finds out.
                Err(_) => Err(StoreError::Unavailable {
                    operation: "making a template at Meta",
                    reason: "Meta did not answer".to_owned(),
                }
                .into()),
            },
            Err(trouble) => {
                self.withdraw(&claim).await;
                Err(trouble.into())
            }
        }
    }
}

impl Creating<'_> {
    async fn known(&self) -> Result<Option<TemplateRecord>, Error> {
        let Definition { name, language, .. } = &self.new.definition;
        let store = self.platform.store();
        let waba_id = &self.channel.waba_id;
        let known = store.template(&self.caller.tenant, name, language, waba_id);
        Ok(known.await?)
    }

    /// Takes the template's place. Says also whether an earlier try may have made it at Meta.
    async fn claim(&self, id: Id) -> Result<(TemplateRecord, bool), Error> {
        for _ in 0..TRIES {
            let known = self.known().await?;
            let now = self.platform.now();
            let mut claim = self.claimed(id);
            let mut may_be_there = false;
            if let Some(known) = known {
                if known.template_id.is_some() {
                    return Err(Error::Conflict {
                        message: format!(
                            "there is a template {:?} in {} already: change it, or take another name",
                            known.name, known.language
                        ),
                        code: "template_exists",
                    });
                }
                let lapsed = self.platform.lease_until(known.written_at) <= now;
                if known.made != Some(id) && !lapsed {
                    return Err(Error::Conflict {
                        message: "this template is being made already: try again in a minute"
                            .to_owned(),
                        code: "in_progress",
                    });
                }
                claim.version = known.version;
                may_be_there = true;
            }
            let store = self.platform.store();
            if store.put_template(&self.caller.tenant, &mut claim).await? {
                return Ok((claim, may_be_there));
            }
        }
        Err(busy())
    }

    fn claimed(&self, id: Id) -> TemplateRecord {
        let now = self.platform.now();
        let Definition {
            name,
            language,
            category,
            ..
        } = &self.new.definition;
        TemplateRecord {
            name: name.clone(),
            language: language.clone(),
            waba_id: self.channel.waba_id.clone(),
            template_id: None,
            category: category.as_str().to_owned(),
            status: ASKED.to_owned(),
            reason: None,
            quality: None,
            told: "{}".to_owned(),
            stale: false,
            status_at: now,
            category_at: now,
            quality_at: now,
            made: Some(id),
            written_at: now,
            version: 0,
        }
    }

    /// What Meta has in the template's place.
    async fn there(&self) -> Result<Option<Told>, Error> {
        let at = self.platform.now();
        let token = token(self.platform, &self.caller.tenant, self.channel)?;
        let graph = self.platform.cloud_api()?;
        let Definition { name, language, .. } = &self.new.definition;
        let asked = graph.templates_named(&self.channel.waba_id, token.expose(), name);
        let listed = in_time(asked).await.map_err(Error::from)?;
        let mut told = listed.iter().filter_map(|one| Told::read(one, at));
        Ok(told.find(|told| told.language == *language))
    }

    /// Keeps what Meta made, although others are told of it meanwhile.
    async fn keep(&self, claim: &TemplateRecord, told: Told) -> Result<Template, Error> {
        let tenant = &self.caller.tenant;
        let store = self.platform.store();
        let mut known = Some(claim.clone());
        for _ in 0..TRIES {
            let now = self.platform.now();
            let mut next = match &known {
                None => told.new_record(&self.channel.waba_id),
                Some(known) => told.over(known, now).unwrap_or_else(|| known.clone()),
            };
            (next.made, next.written_at) = (claim.made, now);
            if store.put_template(tenant, &mut next).await? {
                let details = json!({"waba_id": next.waba_id, "language": next.language,
                    "template_id": next.template_id});
                let act = audit::act(
                    self.platform,
                    self.caller,
                    "template.created",
                    &next.name,
                    details,
                );
                audit::keep(self.platform, tenant, &act).await?;
                return Template::of(next).ok_or(Error::MetaUnreachable);
            }
            known = self.known().await?;
        }
        Err(busy())
    }

    /// Frees the template's place. If that fails, the next reading frees it.
    async fn withdraw(&self, claim: &TemplateRecord) {
        let store = self.platform.store();
        if let Err(error) = store.remove_template(&self.caller.tenant, claim).await {
            tracing::warn!(tenant = %self.caller.tenant, %error, "the place of a template that was refused stays taken");
        }
    }

    /// What Meta is asked for.
    fn body(&self, components: &[Value]) -> Value {
        let NewTemplate {
            definition,
            allow_category_change,
            send_ttl_seconds,
            ..
        } = self.new;
        let mut body = json!({
            "name": definition.name,
            "language": definition.language,
            "category": definition.category,
            "parameter_format": definition.format(),
            "components": components,
        });
        if let Some(allow) = allow_category_change {
            body["allow_category_change"] = json!(allow);
        }
        if let Some(seconds) = send_ttl_seconds {
            body["message_send_ttl_seconds"] = json!(seconds);
        }
        body
    }
}

/// What Meta will tell of what it made as it was asked for.
fn told(mut asked: Value, created: CreatedTemplate) -> Value {
    let status = created.status.unwrap_or_else(|| ASKED.to_owned());
    asked["id"] = created.id.into();
    asked["status"] = status.into();
    if let Some(category) = created.category {
        asked["category"] = category.into();
    }
    if let Some(members) = asked.as_object_mut() {
        members.remove("allow_category_change");
    }
    asked
}

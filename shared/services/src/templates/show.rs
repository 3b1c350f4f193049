//! Templates as they are shown.

use openwati_core::id::Id;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use openwati_store::channel::ChannelRecord;
use openwati_store::template::TemplateRecord;
use serde_json::Value;

use crate::admit::admit;
use crate::authenticate::Caller;
use crate::error::Error;
use crate::platform::Platform;

/// A template in one language.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    /// Meta's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its language, like `en_US`.
    pub language: String,
    /// How its review stands, in Meta's word.
    pub status: String,
    /// Why, in Meta's word.
    pub reason: Option<String>,
    /// What it is for, in Meta's word.
    pub category: String,
    /// What customers think of it, in Meta's word.
    pub quality: Option<String>,
    /// Meta's id of the WhatsApp Business Account.
    pub waba_id: String,
    /// `POSITIONAL` or `NAMED`, where Meta says.
    pub parameter_format: Option<String>,
    /// Its parts, in Meta's form.
    pub components: Vec<Value>,
    /// Since when it is as it is here.
    pub updated_at: Moment,
}

impl Template {
    /// A template as it is shown; nothing where Meta has not taken it yet.
    pub(super) fn of(record: TemplateRecord) -> Option<Self> {
        let mut told: Value = serde_json::from_str(&record.told).unwrap_or_default();
        let components = match told["components"].take() {
            Value::Array(components) => components,
            _ => Vec::new(),
        };
        Some(Self {
            id: record.template_id?,
            name: record.name,
            language: record.language,
            status: record.status,
            reason: record.reason,
            category: record.category,
            quality: record.quality,
            waba_id: record.waba_id,
            parameter_format: told["parameter_format"].as_str().map(ToOwned::to_owned),
            components,
            updated_at: record.written_at,
        })
    }
}

/// A page of templates.
#[derive(Debug)]
pub struct Templates {
    /// By name, language and account.
    pub templates: Vec<Template>,
    /// The place of the last one that was looked at, where more follow.
    pub next: Option<String>,
}

/// Which templates are listed: those that have all of what is named.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Their names hold this.
    pub name: Option<String>,
    /// Meta's word, in any case.
    pub status: Option<String>,
    /// Meta's word, in any case.
    pub category: Option<String>,
    /// Their language.
    pub language: Option<String>,
    /// They can be sent by this channel.
    pub channel: Option<Id>,
}

/// Templates that are looked at for a page at a time, where not all are meant.
const LOOKED_AT: usize = 250;

/// A page of the tenant's templates, after a place that a page before ended at.
///
/// # Errors
/// [`Error::NotFound`] for a channel that is not the tenant's.
pub async fn list(
    platform: &Platform,
    caller: &Caller,
    filter: &Filter,
    limit: usize,
    after: Option<&str>,
) -> Result<Templates, Error> {
    let store = platform.store();
    let at_a_time = match filter.is_all() {
        true => limit + 1,
        false => LOOKED_AT,
    };
    let first = store.template_page(&caller.tenant, after, at_a_time);
    let (channels, first) = tokio::join!(channels(platform, caller), first);
    let waba_id = account(&channels?, filter.channel)?;
    let mut page = first?;
    let mut templates = Vec::new();
    loop {
        for record in page.templates {
            let meant = filter.takes(&record, waba_id.as_deref());
            let Some(template) = Template::of(record).filter(|_| meant) else {
                continue;
            };
            // One more than is shown says that there is more.
            if templates.len() == limit {
                let next = templates.last().map(Template::place);
                return Ok(Templates { templates, next });
            }
            templates.push(template);
        }
        let Some(next) = page.next else {
            let next = None;
            return Ok(Templates { templates, next });
        };
        page = store
            .template_page(&caller.tenant, Some(&next), at_a_time)
            .await?;
    }
}

impl Template {
    /// Where it is kept among the tenant's templates.
    fn place(&self) -> String {
        format!("{}#{}#{}", self.name, self.language, self.waba_id)
    }
}

impl Filter {
    fn is_all(&self) -> bool {
        let Self {
            name,
            status,
            category,
            language,
            channel,
        } = self;
        [name, status, category, language]
            .into_iter()
            .all(Option::is_none)
            && channel.is_none()
    }

    fn takes(&self, record: &TemplateRecord, waba_id: Option<&str>) -> bool {
        let same = |wanted: &Option<String>, is: &str| {
            let wanted = wanted.as_deref();
            wanted.is_none_or(|wanted| wanted.eq_ignore_ascii_case(is))
        };
        let name = self.name.as_deref();
        name.is_none_or(|name| record.name.contains(name))
            && same(&self.status, &record.status)
            && same(&self.category, &record.category)
            && same(&self.language, &record.language)
            && waba_id.is_none_or(|waba_id| record.waba_id == waba_id)
    }
}

/// One template, by Meta's id.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn find(platform: &Platform, caller: &Caller, id: &str) -> Result<Template, Error> {
    let (_, record) = own(platform, caller, id).await?;
    Template::of(record).ok_or(NO_TEMPLATE)
}

/// There is no template of this id.
pub(super) const NO_TEMPLATE: Error = Error::NotFound { what: "template" };

/// The tenant's channels, and its own template of this id.
pub(super) async fn own(
    platform: &Platform,
    caller: &Caller,
    id: &str,
) -> Result<(Vec<ChannelRecord>, TemplateRecord), Error> {
    let found = platform.store().template_of_id(&caller.tenant, id);
    let (channels, record) = tokio::join!(channels(platform, caller), found);
    Ok((channels?, record?.ok_or(NO_TEMPLATE)?))
}

/// The tenant's channels, for whom the tenant lets in.
pub(super) async fn channels(
    platform: &Platform,
    caller: &Caller,
) -> Result<Vec<ChannelRecord>, Error> {
    let tenant: &TenantId = &caller.tenant;
    let found = platform.store().tenant_with_channels(tenant).await?;
    let found = found.ok_or(Error::Unauthorized)?;
    admit(caller, &found.tenant)?;
    Ok(found.channels)
}

/// The account of a channel that is named.
pub(super) fn account(
    channels: &[ChannelRecord],
    named: Option<Id>,
) -> Result<Option<String>, Error> {
    let Some(id) = named else { return Ok(None) };
    let channel = channels.iter().find(|channel| channel.id == id);
    let channel = channel.ok_or(Error::NotFound { what: "device" })?;
    Ok(Some(channel.waba_id.clone()))
}

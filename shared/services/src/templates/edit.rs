//! How a template is changed.

use openwati_core::crash_point;
use openwati_core::template::{Category, Definition, Samples, Status, check_send_ttl};
use openwati_store::template::TemplateRecord;
use serde_json::{Value, json};

use super::ask::{in_time, speaker, token};
use super::known::definition;
use super::record::Told;
use super::samples::{self, Wish};
use super::show::{NO_TEMPLATE, Template, own};
use super::sync::{self, TRIES, busy};
use crate::audit;
use crate::authenticate::Caller;
use crate::error::Error;
use crate::platform::Platform;

/// What changes of a template. What is not named stays.
#[derive(Debug, Clone, Default)]
pub struct TemplateChange {
    /// Its parts, all of them, in Meta's form.
    pub components: Option<Vec<Value>>,
    /// What it is for.
    pub category: Option<Category>,
    /// For how many seconds WhatsApp tries to deliver it.
    pub send_ttl_seconds: Option<i64>,
}

/// Has Meta change a template, which is reviewed anew.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] with `invalid_template`, naming field and limit; [`Error::Conflict`] where its
/// status allows no change; [`Error::MetaRefused`]; [`Error::MetaUnreachable`]: it may be changed then.
pub async fn edit(
    platform: &Platform,
    caller: &Caller,
    id: &str,
    mut change: TemplateChange,
) -> Result<Template, Error> {
    let (channels, record) = own(platform, caller, id).await?;
    let wishes = match &mut change.components {
        Some(components) => samples::take(platform, components)?,
        None => Vec::new(),
    };
    check(&record, &change, &wishes)?;
    let channel = speaker(&channels, &record.waba_id).ok_or(Error::NoDevice { reason: None })?;
    if let Some(components) = &mut change.components {
        samples::upload(platform, &caller.tenant, channel, &wishes, components).await?;
    }
    let access_token = token(platform, &caller.tenant, channel)?;
    let graph = platform.cloud_api()?;
    let body = body(&change);
    in_time(graph.edit_template(id, access_token.expose(), &body))
        .await
        .map_err(Error::from)?;
    crash_point!("templates.edited");
    let at = platform.now();
    let told = in_time(graph.template(id, access_token.expose())).await;
    let told = told.ok().and_then(|told| Told::read(&told, at));
    let tenant = &caller.tenant;
    match told {
        Some(told) => {
            let (waba_id, known) = (&record.waba_id, Some(record.clone()));
            sync::keep(platform, tenant, waba_id, &told, known).await?;
        }
        // Meta takes it, and does not say how it is now: it is asked when it matters.
        None => doubt(platform, caller, &record).await?,
    }
    let changed: Vec<&String> = body
        .as_object()
        .into_iter()
        .flat_map(|b| b.keys())
        .collect();
    let details = json!({"language": record.language, "template_id": id, "changed": changed});
    let act = audit::act(platform, caller, "template.changed", &record.name, details);
    audit::keep(platform, tenant, &act).await?;
    let store = platform.store();
    let now = store.template(tenant, &record.name, &record.language, &record.waba_id);
    now.await?.and_then(Template::of).ok_or(NO_TEMPLATE)
}

fn check(record: &TemplateRecord, change: &TemplateChange, wishes: &[Wish]) -> Result<(), Error> {
    let TemplateChange {
        components,
        category,
        send_ttl_seconds,
    } = change;
    if components.is_none() && category.is_none() && send_ttl_seconds.is_none() {
        let message = "one of components, category, sendTtlSeconds must be there";
        return Err(Error::invalid("invalid_request", message));
    }
    let status = Status::from(record.status.as_str());
    let refused = |message: String| {
        let code = "template_not_editable";
        Err(Error::Conflict { message, code })
    };
    if !status.is_editable() {
        return refused(format!(
            "the template is {}: only one that is APPROVED, REJECTED or PAUSED can be changed",
            record.status
        ));
    }
    let is_other = |category: &Category| category.as_str() != record.category;
    if status == Status::Approved && category.as_ref().is_some_and(is_other) {
        return refused("the category of an approved template can not be changed".to_owned());
    }
    let mut next: Definition = definition(record)?;
    if let Some(category) = category {
        next.category = category.clone();
    }
    let checked = match components {
        Some(components) => {
            next.components.clone_from(components);
            next.check_components(match wishes.is_empty() {
                true => Samples::Here,
                false => Samples::Follow,
            })
        }
        None => Ok(()),
    };
    checked
        .and_then(|()| send_ttl_seconds.map_or(Ok(()), |ttl| check_send_ttl(&next.category, ttl)))
        .map_err(|invalid| Error::invalid("invalid_template", invalid.to_string()))
}

/// What Meta is asked to change.
fn body(change: &TemplateChange) -> Value {
    let mut body = json!({});
    if let Some(components) = &change.components {
        body["components"] = json!(components);
    }
    if let Some(category) = &change.category {
        body["category"] = json!(category);
    }
    if let Some(seconds) = change.send_ttl_seconds {
        body["message_send_ttl_seconds"] = json!(seconds);
    }
    body
}

/// Keeps that a template is reviewed anew, and that what is known of it is out of date.
async fn doubt(platform: &Platform, caller: &Caller, record: &TemplateRecord) -> Result<(), Error> {
    let store = platform.store();
    let mut known = Some(record.clone());
    for _ in 0..TRIES {
        let Some(mut next) = known else { return Ok(()) };
        let now = platform.now();
        (next.stale, next.written_at) = (true, now);
        if next.status_at <= now {
            (next.status, next.status_at) = ("PENDING".to_owned(), now);
        }
        if store.put_template(&caller.tenant, &mut next).await? {
            return Ok(());
        }
        let again = store.template(
            &caller.tenant,
            &record.name,
            &record.language,
            &record.waba_id,
        );
        known = again.await?;
    }
    Err(busy())
}

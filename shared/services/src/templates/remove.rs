//! How templates are deleted: at Meta first, so that what is gone here is gone there.

use std::collections::BTreeMap;

use openwati_channels::cloud_api::GraphError;
use openwati_core::crash_point;
use openwati_core::id::Id;
use openwati_core::tenant::TenantId;
use openwati_store::channel::ChannelRecord;
use openwati_store::template::TemplateRecord;
use serde_json::json;

use super::ask::{Trouble, in_time, speaker, token};
use super::show::{NO_TEMPLATE, account, channels, own};
use super::sync::{TRIES, busy};
use crate::audit;
use crate::authenticate::Caller;
use crate::error::Error;
use crate::platform::Platform;

/// Deletes one template, by Meta's id.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::MetaRefused`]; [`Error::MetaUnreachable`]: it may be gone at Meta then.
pub async fn remove(platform: &Platform, caller: &Caller, id: &str) -> Result<(), Error> {
    let (channels, record) = own(platform, caller, id).await?;
    one(platform, caller, &channels, &record).await
}

/// Deletes the templates of a name: in one language or in all, of one channel's account or of all. Answers how many.
///
/// # Errors
/// As [`remove`].
pub async fn remove_named(
    platform: &Platform,
    caller: &Caller,
    name: &str,
    language: Option<&str>,
    channel: Option<Id>,
) -> Result<usize, Error> {
    let known = platform.store().templates_named(&caller.tenant, name);
    let (channels, known) = tokio::join!(channels(platform, caller), known);
    let (channels, mut known) = (channels?, known?);
    let waba_id = account(&channels, channel)?;
    known.retain(|one| {
        one.template_id.is_some()
            && language.is_none_or(|language| one.language == language)
            && waba_id.as_ref().is_none_or(|id| one.waba_id == *id)
    });
    if known.is_empty() {
        return Err(NO_TEMPLATE);
    }
    if language.is_some() {
        for record in &known {
            one(platform, caller, &channels, record).await?;
        }
        return Ok(known.len());
    }
    let mut accounts: BTreeMap<&str, Vec<&TemplateRecord>> = BTreeMap::new();
    for record in &known {
        accounts.entry(&record.waba_id).or_default().push(record);
    }
    for (waba_id, records) in accounts {
        let deleting = Deleting {
            waba_id,
            name,
            id: None,
        };
        deleting.run(platform, caller, &channels, &records).await?;
    }
    Ok(known.len())
}

async fn one(
    platform: &Platform,
    caller: &Caller,
    channels: &[ChannelRecord],
    record: &TemplateRecord,
) -> Result<(), Error> {
    let deleting = Deleting {
        waba_id: &record.waba_id,
        name: &record.name,
        id: record.template_id.as_deref(),
    };
    deleting.run(platform, caller, channels, &[record]).await
}

/// What Meta is asked to delete.
struct Deleting<'a> {
    waba_id: &'a str,
    name: &'a str,
    /// In this one language.
    id: Option<&'a str>,
}

impl Deleting<'_> {
    async fn run(
        &self,
        platform: &Platform,
        caller: &Caller,
        channels: &[ChannelRecord],
        records: &[&TemplateRecord],
    ) -> Result<(), Error> {
        let tenant = &caller.tenant;
        let channel = speaker(channels, self.waba_id).ok_or(Error::NoDevice { reason: None })?;
        let access_token = token(platform, tenant, channel)?;
        let graph = platform.cloud_api()?;
        let asked = graph.delete_template(self.waba_id, access_token.expose(), self.name, self.id);
        match in_time(asked).await {
            Ok(()) => {}
            // What is gone there, as after a try whose answer got lost, goes here.
            Err(Trouble::Refused(error)) if is_gone(&error) => {}
            Err(trouble) => return Err(trouble.into()),
        }
        crash_point!("templates.deleted");
        for record in records {
            forget(platform, tenant, (*record).clone()).await?;
        }
        let languages: Vec<&str> = records.iter().map(|one| one.language.as_str()).collect();
        let details = json!({"waba_id": self.waba_id, "languages": languages});
        let act = audit::act(platform, caller, "template.deleted", self.name, details);
        audit::keep(platform, tenant, &act).await
    }
}

/// Whether Meta says that there is no such template. It has one code for all that is wrong with a parameter, and a subcode
/// only in some versions.
fn is_gone(error: &GraphError) -> bool {
    let says = error.message.to_ascii_lowercase();
    error.http_status == 404
        || error.subcode == Some(NOT_FOUND)
        || error.code == 100 && says.contains("template not found")
}

/// Graph's subcode for a template that is not there.
const NOT_FOUND: i64 = 2_593_002;

/// Removes what is known of a template, whatever is told of it meanwhile.
async fn forget(
    platform: &Platform,
    tenant: &TenantId,
    mut record: TemplateRecord,
) -> Result<(), Error> {
    let store = platform.store();
    for _ in 0..TRIES {
        if store.remove_template(tenant, &record).await? {
            return Ok(());
        }
        let again = store.template(tenant, &record.name, &record.language, &record.waba_id);
        match again.await? {
            // Another one was made meanwhile.
            Some(now) if now.template_id != record.template_id => return Ok(()),
            Some(now) => record = now,
            None => return Ok(()),
        }
    }
    Err(busy())
}

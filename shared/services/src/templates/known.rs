//! Templates by their name: what is known of them, and what Meta says where nothing is.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use openwati_core::template::Definition;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use openwati_store::channel::ChannelRecord;
use openwati_store::template::TemplateRecord;
use serde_json::{Value, json};

use super::ask::{Trouble, in_time, speaker, token};
use super::record::Told;
use super::sync;
use crate::error::Error;
use crate::platform::Platform;

/// How long it is believed that Meta does not know a template either. Whoever sends by a wrong name does it often.
const BELIEVED: Duration = Duration::from_secs(60);

/// How many of these are remembered.
const MOST: usize = 1_000;

/// The templates that Meta was asked for in vain, and when.
#[derive(Debug, Default)]
pub(crate) struct Asked(Mutex<HashMap<String, Moment>>);

impl Asked {
    /// Whether it is worth asking for this. From now on it was asked for.
    fn may(&self, what: String, now: Moment) -> bool {
        // A panic cannot have left it half-written.
        let mut asked = self.0.lock().unwrap_or_else(|broken| broken.into_inner());
        if asked.len() >= MOST {
            asked.retain(|_, at| at.plus(BELIEVED) > now);
        }
        if asked.len() >= MOST {
            asked.clear();
        }
        match asked.insert(what, now) {
            Some(before) => before.plus(BELIEVED) <= now,
            None => true,
        }
    }

    /// Meta has not said: it is worth asking again.
    fn forget(&self, what: &str) {
        let mut asked = self.0.lock().unwrap_or_else(|broken| broken.into_inner());
        asked.remove(what);
    }
}

/// A template that a channel may send now. `known` are those of the name that the store knows, which
/// [`Store::templates_named`](openwati_store::Store::templates_named) reads beside everything else that a send reads.
///
/// Where none of them is the one, Meta is asked, once a minute at most: it may be newer than the last reading. So it is
/// where one has changed since it was read, which serves as it was while Meta does not answer.
///
/// # Errors
/// [`Error::Unprocessable`] with `template_not_found` or `template_not_approved`, which name what there is;
/// [`Error::Invalid`] where several languages would do and none is named; [`Error::MetaUnreachable`] and
/// [`Error::MetaRefused`] where nothing is known and Meta does not answer, or not that.
pub async fn for_send(
    platform: &Platform,
    tenant: &TenantId,
    channel: &ChannelRecord,
    mut known: Vec<TemplateRecord>,
    name: &str,
    language: Option<&str>,
) -> Result<Definition, Error> {
    known.retain(|template| template.waba_id == channel.waba_id);
    let is_it = |template: &TemplateRecord| {
        let fits = language.is_none_or(|language| template.language == language);
        fits && template.template_id.is_some() && !template.stale
    };
    if !known.iter().any(is_it) {
        let is_stale = known.iter().any(|template| template.stale);
        let why = if is_stale { "stale" } else { "unknown" };
        let what = format!(
            "{why}#{tenant}#{}#{name}#{}",
            channel.waba_id,
            language.unwrap_or("")
        );
        if platform.asked().may(what.clone(), platform.now()) {
            let before = known.clone();
            known = match ask(platform, tenant, channel, name, known).await {
                Ok(told) => {
                    // What changes again is asked for at once.
                    if is_stale {
                        platform.asked().forget(&what);
                    }
                    told
                }
                // What was known before its parts changed serves for a minute, and then Meta is asked again.
                Err(error) if is_stale => {
                    tracing::warn!(%tenant, %error, "Meta does not say what changed of a template");
                    before
                }
                Err(error) => {
                    platform.asked().forget(&what);
                    return Err(error);
                }
            };
        }
    }
    let chosen = choose(&known, name, language)?;
    definition(chosen)
}

/// Asks Meta for the templates of a name, and keeps what it says. A refusal leaves those that were known; where none was, as
/// with a token that has expired, it says more than that there is none.
async fn ask(
    platform: &Platform,
    tenant: &TenantId,
    channel: &ChannelRecord,
    name: &str,
    known: Vec<TemplateRecord>,
) -> Result<Vec<TemplateRecord>, Error> {
    match read_named(platform, tenant, channel, name).await? {
        Ok(()) => {
            let named = platform.store().templates_named(tenant, name).await?;
            let own = named.into_iter();
            Ok(own
                .filter(|template| template.waba_id == channel.waba_id)
                .collect())
        }
        Err(Trouble::Refused(error)) if !known.is_empty() => {
            tracing::warn!(%tenant, %error, "Meta does not say whether there is a template");
            Ok(known)
        }
        Err(trouble) => Err(trouble.into()),
    }
}

/// Reads the templates of a name from Meta, and keeps them; those that it has no more go.
async fn read_named(
    platform: &Platform,
    tenant: &TenantId,
    channel: &ChannelRecord,
    name: &str,
) -> Result<Result<(), Trouble>, Error> {
    let store = platform.store();
    let waba_id = &channel.waba_id;
    let access_token = token(platform, tenant, channel)?;
    let at = platform.now();
    let graph = platform.cloud_api()?;
    let asked = graph.templates_named(waba_id, access_token.expose(), name);
    let (listed, known) = tokio::join!(in_time(asked), store.templates_named(tenant, name));
    let listed = match listed {
        Ok(listed) => listed,
        Err(trouble) => return Ok(Err(trouble)),
    };
    let known = known?.into_iter().filter(|one| one.waba_id == *waba_id);
    let mut known: HashMap<String, TemplateRecord> =
        known.map(|record| (record.place(), record)).collect();
    for told in listed.iter().filter_map(|one| Told::read(one, at)) {
        let record = known.remove(&told.place(waba_id));
        sync::keep(platform, tenant, waba_id, &told, record).await?;
    }
    for gone in known.values().filter(|record| record.written_at < at) {
        store.remove_template(tenant, gone).await?;
    }
    Ok(Ok(()))
}

/// Reads the templates of a name anew, for a job. Where Meta does not say, the next reading of everything will.
///
/// # Errors
/// If the store did not answer.
pub(super) async fn refresh(
    platform: &Platform,
    tenant: &TenantId,
    waba_id: &str,
    name: &str,
) -> Result<(), Error> {
    let found = platform.store().tenant_with_channels(tenant).await?;
    let channels = found.map(|found| found.channels).unwrap_or_default();
    let Some(channel) = speaker(&channels, waba_id) else {
        return Ok(());
    };
    if let Err(trouble) = read_named(platform, tenant, channel, name).await? {
        tracing::warn!(%tenant, waba_id, reason = trouble.words(), "a template could not be read anew");
    }
    Ok(())
}

/// The template that is meant, if it may be sent.
fn choose<'a>(
    known: &'a [TemplateRecord],
    name: &str,
    language: Option<&str>,
) -> Result<&'a TemplateRecord, Error> {
    let there: Vec<&TemplateRecord> = known
        .iter()
        .filter(|template| template.template_id.is_some())
        .collect();
    let languages = |only_approved: bool| {
        let some = there
            .iter()
            .filter(|template| !only_approved || is_approved(template));
        let names: Vec<&str> = some.map(|template| template.language.as_str()).collect();
        names.join(", ")
    };
    if there.is_empty() {
        let message = format!(
            "template: there is no {name:?} in the account of this device: it does not exist, its name is another, or Meta deleted it"
        );
        return Err(not_found(message));
    }
    let Some(language) = language else {
        let approved: Vec<_> = there.iter().filter(|one| is_approved(one)).collect();
        return match approved.as_slice() {
            [one] => Ok(one),
            [] => match there.as_slice() {
                [one] => Err(not_approved(one)),
                _ => Err(unprocessable(
                    "template_not_approved",
                    format!(
                        "template: {name:?} is approved in no language; there are {}",
                        languages(false)
                    ),
                )),
            },
            _ => Err(Error::invalid(
                "invalid_message",
                format!(
                    "language: must be named, because {name:?} is approved in {}",
                    languages(true)
                ),
            )),
        };
    };
    let meant = there.iter().find(|one| one.language == language);
    match meant {
        Some(one) if is_approved(one) => Ok(one),
        Some(one) => Err(not_approved(one)),
        None => Err(not_found(format!(
            "template: there is no {name:?} in the language {language:?}: it exists in {}",
            languages(false)
        ))),
    }
}

fn is_approved(template: &TemplateRecord) -> bool {
    template.status == "APPROVED"
}

fn not_approved(template: &TemplateRecord) -> Error {
    let (name, language, status) = (&template.name, &template.language, &template.status);
    let why = template.reason.as_ref();
    let why = why.map_or_else(String::new, |why| format!(" ({why})"));
    let hint = match status.as_str() {
        "PENDING" | "IN_APPEAL" => "wait until Meta has reviewed it",
        "REJECTED" => "change it and have it reviewed again",
        "PAUSED" => "wait until the pause is over, or improve it",
        _ => "take another one",
    };
    let message =
        format!("template: {name:?} in {language} is {status}{why} and not APPROVED: {hint}");
    unprocessable("template_not_approved", message)
}

fn not_found(message: String) -> Error {
    unprocessable("template_not_found", message)
}

fn unprocessable(code: &'static str, message: String) -> Error {
    Error::Unprocessable { message, code }
}

/// What a template says, for whoever fills it.
pub(super) fn definition(template: &TemplateRecord) -> Result<Definition, Error> {
    let told: Value = serde_json::from_str(&template.told).unwrap_or_default();
    let definition = json!({
        "name": template.name,
        "language": template.language,
        "category": template.category,
        "parameter_format": told["parameter_format"],
        "components": told["components"],
    });
    serde_json::from_value(definition).map_err(|error| Error::Internal(Box::new(error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(language: &str, status: &str) -> TemplateRecord {
        let at = Moment::from_seconds(1);
        let told = json!({"id": "1", "name": "a", "language": language, "status": status,
            "category": "UTILITY", "rejected_reason": "NONE"});
        Told::read(&told, at).unwrap().new_record("215")
    }

    fn chosen(known: &[TemplateRecord], language: Option<&str>) -> Result<String, String> {
        choose(known, "a", language)
            .map(|one| one.language.clone())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn without_a_language_the_only_approved_one_is_meant() {
        let known = [template("de", "PENDING"), template("en", "APPROVED")];
        assert_eq!(chosen(&known, None).unwrap(), "en");
        let both = [template("de", "APPROVED"), template("en", "APPROVED")];
        let error = chosen(&both, None).unwrap_err();
        assert!(error.starts_with("language: "), "{error}");
        assert!(error.ends_with("de, en"), "{error}");
        assert_eq!(chosen(&both, Some("de")).unwrap(), "de");
    }

    #[test]
    fn what_is_missing_or_not_approved_is_said() {
        let known = [template("de", "PAUSED"), template("en", "REJECTED")];
        for (language, words) in [
            (Some("fr"), "exists in de, en"),
            (Some("de"), "is PAUSED and not APPROVED"),
            (None, "approved in no language; there are de, en"),
        ] {
            let error = chosen(&known, language).unwrap_err();
            assert!(error.contains(words), "{error}");
        }
        assert!(chosen(&[], None).unwrap_err().contains("there is no \"a\""));
        // One that Meta has not taken yet.
        let mut new = template("en", "PENDING");
        new.template_id = None;
        assert!(chosen(&[new], None).unwrap_err().contains("there is no"));
    }

    #[test]
    fn meta_is_asked_again_after_a_while() {
        let asked = Asked::default();
        let at = Moment::from_seconds;
        assert!(asked.may("a".to_owned(), at(1)));
        assert!(!asked.may("a".to_owned(), at(2)));
        assert!(asked.may("b".to_owned(), at(2)));
    }
}

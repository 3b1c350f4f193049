//! How a template reads once it is filled.

use openwati_core::id::Id;
use openwati_core::message::template::Component;
use openwati_core::template::{Given, Rendered, fit, render};
use openwati_store::template::TemplateRecord;

use super::known::definition;
use super::show::{NO_TEMPLATE, Template, account, channels, own};
use crate::authenticate::Caller;
use crate::error::Error;
use crate::platform::Platform;

/// Which template is shown.
#[derive(Debug, Clone)]
pub enum Which {
    /// The one of this id of Meta's.
    Id(String),
    /// The one of this name.
    Name {
        /// Its name.
        name: String,
        /// Its language; the only one, or the only approved one, where none is named.
        language: Option<String>,
        /// The channel that it is for.
        channel: Option<Id>,
    },
}

/// A filled template.
#[derive(Debug)]
pub struct Preview {
    /// The template.
    pub template: Template,
    /// As the customer reads it.
    pub rendered: Rendered,
    /// What fills it, as WhatsApp takes it.
    pub components: Vec<Component>,
}

/// Fills a template, whatever its status, and sends nothing.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] with `invalid_template_parameters`, which says what is expected.
pub async fn preview(
    platform: &Platform,
    caller: &Caller,
    which: &Which,
    given: &Given,
) -> Result<Preview, Error> {
    let record = match which {
        Which::Id(id) => own(platform, caller, id).await?.1,
        Which::Name {
            name,
            language,
            channel,
        } => {
            let known = platform.store().templates_named(&caller.tenant, name);
            let (channels, known) = tokio::join!(channels(platform, caller), known);
            let waba_id = account(&channels?, *channel)?;
            let mut known = known?;
            known.retain(|one| waba_id.as_ref().is_none_or(|id| one.waba_id == *id));
            chosen(known, language.as_deref())?
        }
    };
    let definition = definition(&record)?;
    let filled = fit(&definition, given)
        .map_err(|misfit| Error::invalid("invalid_template_parameters", misfit.to_string()))?;
    Ok(Preview {
        rendered: render(&definition, &filled),
        components: filled.components,
        template: Template::of(record).ok_or(NO_TEMPLATE)?,
    })
}

fn chosen(known: Vec<TemplateRecord>, language: Option<&str>) -> Result<TemplateRecord, Error> {
    let fits = |one: &TemplateRecord| language.is_none_or(|language| one.language == language);
    let mut some: Vec<_> = known.into_iter().filter(fits).collect();
    if some.len() > 1 && some.iter().any(|one| one.status == "APPROVED") {
        some.retain(|one| one.status == "APPROVED");
    }
    let mut languages: Vec<&str> = some.iter().map(|one| one.language.as_str()).collect();
    languages.dedup();
    if languages.len() > 1 {
        let message = format!(
            "language: must be named, because there are {}",
            languages.join(", ")
        );
        return Err(Error::invalid("invalid_request", message));
    }
    some.into_iter().next().ok_or(NO_TEMPLATE)
}

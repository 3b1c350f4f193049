//! Whether a send brings what its template wants, and what the customer then reads.

mod buttons;
mod given;
mod header;
mod words;

use serde_json::{Value, json};

use self::given::Given;
use super::{Category, Status, Template, part};

/// Characters of a body with values, where anything stands beside it, and where nothing does
/// (Meta, "Template messages").
const LONGEST_BODY: usize = 1_024;
const LONGEST_LONE_BODY: usize = 32_768;

/// Characters of a one-time code.
const LONGEST_CODE: usize = 15;

/// Why a send is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Misfit {
    /// Meta's code.
    pub(crate) code: u32,
    pub(crate) details: String,
}

impl Misfit {
    fn new(code: u32, details: impl Into<String>) -> Self {
        Self {
            code,
            details: details.into(),
        }
    }

    /// The wrong number of parameters.
    fn count(part: &str, given: usize, expected: usize) -> Self {
        Self::new(
            132_000,
            format!(
                "{part}: number of localizable_params ({given}) does not match the expected \
                 number of params ({expected})"
            ),
        )
    }

    /// Parameters of the wrong kind.
    fn format(part: &str, why: &str) -> Self {
        Self::new(132_012, format!("{part}: {why}"))
    }
}

/// The template that a send names, if it may be sent, and what the customer reads. `sent` is the member
/// `template` of a message whose shape is right.
pub(crate) fn fit(languages: &[std::sync::Arc<Template>], sent: &Value) -> Result<Value, Misfit> {
    let name = sent["name"].as_str().unwrap_or_default();
    let language = sent["language"]["code"].as_str().unwrap_or_default();
    let mut languages = languages.iter();
    let template = languages.find(|template| template.language == language);
    let template = match template.map(|template| (template, template.status)) {
        Some((template, Status::Approved)) => template,
        Some((_, Status::Paused)) => {
            let details = format!("template name ({name}) is paused in {language}");
            return Err(Misfit::new(132_015, details));
        }
        Some((_, Status::Disabled)) => {
            let details = format!("template name ({name}) is disabled in {language}");
            return Err(Misfit::new(132_016, details));
        }
        _ => {
            let details = format!("template name ({name}) does not exist in {language}");
            return Err(Misfit::new(132_001, details));
        }
    };
    render(template, sent)
}

/// What the customer reads.
fn render(template: &Template, sent: &Value) -> Result<Value, Misfit> {
    let given = Given::read(&sent["components"])?;
    let mut shown = rendered(&template.components, template.named, &given)?;
    let alone = template.components.len() == 1;
    let limit = if alone {
        LONGEST_LONE_BODY
    } else {
        LONGEST_BODY
    };
    let body = shown["body"].as_str().unwrap_or_default();
    if body.chars().count() > limit {
        let details = format!("body: the text with its parameters exceeds {limit} characters");
        return Err(Misfit::new(132_005, details));
    }
    if template.category == Category::Authentication {
        authentication(&given)?;
    }
    shown["name"] = json!(template.name);
    shown["language"] = json!(template.language);
    shown["category"] = json!(template.category.as_str());
    if let Some(offer) = offer(template.component("LIMITED_TIME_OFFER"), &given)? {
        shown["limited_time_offer"] = offer;
    }
    if let Some(cards) = cards(template, &given)? {
        shown["cards"] = cards;
    }
    Ok(shown)
}

/// Header, body, footer and buttons: of a template or of a card.
fn rendered(components: &[Value], named: bool, given: &Given<'_>) -> Result<Value, Misfit> {
    let header = header::render(part(components, "HEADER"), named, given.header)?;
    let body = part(components, "BODY").and_then(|body| body["text"].as_str());
    let body = match body {
        Some(text) => Some(words::fill("body", text, named, given.body)?),
        None if given.body.is_empty() => None,
        None => return Err(Misfit::count("body", given.body.len(), 0)),
    };
    let footer = part(components, "FOOTER").and_then(|footer| footer["text"].as_str());
    let buttons = part(components, "BUTTONS").and_then(|part| part["buttons"].as_array());
    let buttons = buttons.map_or(&[][..], |buttons| buttons);
    Ok(json!({
        "header": header,
        "body": body,
        "footer": footer,
        "buttons": buttons::render(buttons, &given.buttons)?,
    }))
}

/// The code stands in the body and in the button.
fn authentication(given: &Given<'_>) -> Result<(), Misfit> {
    let in_body = given.body.first().map(|parameter| &parameter["text"]);
    let in_button = given.buttons.first().and_then(|button| button.parameter);
    let code = in_body.and_then(Value::as_str).unwrap_or_default();
    if in_body != in_button.map(|parameter| &parameter["text"]) {
        let why = "the code must be the same as in the body";
        return Err(Misfit::format("buttons", why));
    }
    if code.chars().count() > LONGEST_CODE {
        return Err(Misfit::format("body", "the code exceeds 15 characters"));
    }
    Ok(())
}

fn offer(defined: Option<&Value>, given: &Given<'_>) -> Result<Option<Value>, Misfit> {
    let part = "limited_time_offer";
    let Some(defined) = defined else {
        return match given.expires_ms {
            Some(_) => Err(Misfit::format(part, "the template has no offer")),
            None => Ok(None),
        };
    };
    let defined = &defined["limited_time_offer"];
    if defined["has_expiration"] == true && given.expires_ms.is_none() {
        return Err(Misfit::format(
            part,
            "the template wants the time of its end",
        ));
    }
    Ok(Some(json!({
        "text": defined["text"],
        "expiration_time_ms": given.expires_ms,
    })))
}

fn cards(template: &Template, given: &Given<'_>) -> Result<Option<Value>, Misfit> {
    let part = "carousel";
    let defined = template.component("CAROUSEL");
    let defined = defined.and_then(|carousel| carousel["cards"].as_array());
    let (defined, given) = match (defined, given.cards) {
        (None, None) => return Ok(None),
        (None, Some(_)) => return Err(Misfit::format(part, "the template has no cards")),
        (Some(_), None) => return Err(Misfit::format(part, "the template wants cards")),
        (Some(defined), Some(given)) => (defined, given),
    };
    if defined.len() != given.len() {
        return Err(Misfit::count(part, given.len(), defined.len()));
    }
    let mut shown = Vec::with_capacity(defined.len());
    for (index, card) in defined.iter().enumerate() {
        let its = |given: &&Value| given::integer(&given["card_index"]) == Some(index);
        let Some(given) = given.iter().find(its) else {
            let why = format!("there is no card with the card_index {index}");
            return Err(Misfit::format(part, &why));
        };
        let given = Given::read(&given["components"])?;
        let components = card["components"].as_array();
        let components = components.map_or(&[][..], |components| components);
        let mut card = rendered(components, template.named, &given)?;
        card["index"] = json!(index);
        shown.push(card);
    }
    Ok(Some(Value::Array(shown)))
}

//! A template's components with their meaning, borrowed from Meta's objects.
//!
//! Reading never fails: what is not understood is left out, and [`check`](super::check) says what a new template lacks.

use std::borrow::Cow;

use serde_json::Value;

use super::{
    definition::{Category, Definition, ParameterFormat},
    variable,
};

/// The parts of a template, or of one card of it.
#[derive(Debug, Default)]
pub(super) struct View<'a> {
    pub(super) format: ParameterFormat,
    pub(super) header: Option<Header<'a>>,
    pub(super) body: Option<Cow<'a, str>>,
    pub(super) footer: Option<Cow<'a, str>>,
    pub(super) offer: Option<Offer<'a>>,
    pub(super) buttons: Vec<Button<'a>>,
    pub(super) cards: Vec<View<'a>>,
}

/// A header by what it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Header<'a> {
    Text(&'a str),
    Image,
    Video,
    Gif,
    Document,
    Location,
    Product,
    Other(String),
}

/// A limited-time offer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Offer<'a> {
    pub(super) text: &'a str,
    pub(super) expires: bool,
}

/// A button.
#[derive(Debug)]
pub(super) struct Button<'a> {
    pub(super) kind: ButtonKind,
    pub(super) text: &'a str,
    pub(super) url: Option<&'a str>,
    pub(super) phone_number: Option<&'a str>,
}

/// What a button does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ButtonKind {
    QuickReply,
    Url,
    PhoneNumber,
    CopyCode,
    /// Hands over a one-time password. Meta lists it as a button with an address.
    Otp,
    Flow,
    Catalog,
    MultiProduct,
    SingleProduct,
    VoiceCall,
    /// As Meta writes it, in lower case.
    Other(String),
}

impl<'a> View<'a> {
    pub(super) fn of(definition: &'a Definition) -> Self {
        let authentication = definition.category == Category::Authentication;
        Self::of_components(&definition.components, definition.format(), authentication)
    }

    /// Numbered, unless a text has a variable with a name and none with a number.
    pub(super) fn format_of(components: &'a [Value]) -> ParameterFormat {
        let named = Self::of_components(components, ParameterFormat::Named, false);
        let cards = named.cards.iter().flat_map(View::texts);
        let names: Vec<_> = named
            .texts()
            .chain(cards)
            .flat_map(|text| variable::variables(text, ParameterFormat::Named))
            .collect();
        let numbered = names.iter().any(|name| variable::number(name).is_some());
        if names.is_empty() || numbered {
            ParameterFormat::Positional
        } else {
            ParameterFormat::Named
        }
    }

    /// The texts in which variables stand: those of the header and of the body.
    fn texts(&self) -> impl Iterator<Item = &str> {
        let header = match &self.header {
            Some(Header::Text(text)) => Some(*text),
            _ => None,
        };
        header.into_iter().chain(self.body.as_deref())
    }

    fn of_components(
        components: &'a [Value],
        format: ParameterFormat,
        authentication: bool,
    ) -> Self {
        let mut view = Self {
            format,
            ..Self::default()
        };
        for component in components {
            match upper(component, "type").as_deref() {
                Some("HEADER") => view.header = Some(header(component)),
                Some("BODY") => view.body = body(component, authentication),
                Some("FOOTER") => view.footer = footer(component),
                Some("BUTTONS") => {
                    let buttons = list(component, "buttons");
                    view.buttons = buttons.map(|of| button(of, authentication)).collect();
                }
                Some("CAROUSEL") => {
                    let cards = list(component, "cards").map(|card| {
                        let components = card.get("components").and_then(Value::as_array);
                        let components = components.map_or(&[][..], Vec::as_slice);
                        Self::of_components(components, format, authentication)
                    });
                    view.cards = cards.collect();
                }
                Some("LIMITED_TIME_OFFER") => view.offer = Some(offer(component)),
                _ => {}
            }
        }
        view
    }

    /// The variable of the header, where it is a text with one.
    pub(super) fn header_variable(&self) -> Option<&'a str> {
        match self.header {
            Some(Header::Text(text)) => variable::variables(text, self.format).first().copied(),
            _ => None,
        }
    }

    pub(super) fn body_variables(&self) -> Vec<&str> {
        let body = self.body.as_deref().unwrap_or_default();
        variable::variables(body, self.format)
    }

    /// Whether the cards show products, whose number a message may choose.
    pub(super) fn has_product_cards(&self) -> bool {
        self.cards
            .iter()
            .any(|card| card.header == Some(Header::Product))
    }
}

impl Header<'_> {
    /// The kind, as a message's parameter names it.
    pub(super) fn kind(&self) -> &str {
        match self {
            Self::Text(_) => "text",
            Self::Image => "image",
            Self::Video => "video",
            Self::Gif => "gif",
            Self::Document => "document",
            Self::Location => "location",
            Self::Product => "product",
            Self::Other(other) => other,
        }
    }
}

impl Button<'_> {
    /// Whether the end of its address comes with the message.
    pub(super) fn has_suffix(&self) -> bool {
        self.kind == ButtonKind::Url
            && self
                .url
                .is_some_and(|url| !variable::variables(url, ParameterFormat::Named).is_empty())
    }

    /// The kind as a message's `sub_type` has it.
    pub(super) fn sub_type(&self) -> &str {
        match &self.kind {
            ButtonKind::QuickReply => "quick_reply",
            ButtonKind::Url | ButtonKind::Otp => "url",
            ButtonKind::PhoneNumber => "phone_number",
            ButtonKind::CopyCode => "copy_code",
            ButtonKind::Flow => "flow",
            ButtonKind::Catalog => "catalog",
            ButtonKind::MultiProduct => "mpm",
            ButtonKind::SingleProduct => "spm",
            ButtonKind::VoiceCall => "voice_call",
            ButtonKind::Other(other) => other,
        }
    }
}

fn text<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    object.get(key).and_then(Value::as_str)
}

/// Meta lists its words in capitals and takes them in any case.
pub(super) fn upper(object: &Value, key: &str) -> Option<String> {
    text(object, key).map(str::to_ascii_uppercase)
}

pub(super) fn list<'a>(object: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    object
        .get(key)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

fn header(component: &Value) -> Header<'_> {
    let format = upper(component, "format");
    match format.as_deref() {
        Some("TEXT") | None => Header::Text(text(component, "text").unwrap_or_default()),
        Some("IMAGE") => Header::Image,
        Some("VIDEO") => Header::Video,
        Some("GIF") => Header::Gif,
        Some("DOCUMENT") => Header::Document,
        Some("LOCATION") => Header::Location,
        Some("PRODUCT") => Header::Product,
        Some(other) => Header::Other(other.to_ascii_lowercase()),
    }
}

/// The text of a one-time password is Meta's own; where it is not listed, it is the English one.
fn body(component: &Value, authentication: bool) -> Option<Cow<'_, str>> {
    if let Some(text) = text(component, "text") {
        return Some(text.into());
    }
    let warns = component.get("add_security_recommendation") == Some(&Value::Bool(true));
    authentication.then(|| {
        let warning = " For your security, do not share this code.";
        let warning = if warns { warning } else { "" };
        format!("*{{{{1}}}}* is your verification code.{warning}").into()
    })
}

fn footer(component: &Value) -> Option<Cow<'_, str>> {
    if let Some(text) = text(component, "text") {
        return Some(text.into());
    }
    let minutes = component.get("code_expiration_minutes")?.as_u64()?;
    let unit = if minutes == 1 { "minute" } else { "minutes" };
    Some(format!("This code expires in {minutes} {unit}.").into())
}

fn offer(component: &Value) -> Offer<'_> {
    let offer = component.get("limited_time_offer").unwrap_or(component);
    let expires = offer.get("has_expiration").and_then(Value::as_bool);
    Offer {
        text: text(offer, "text").unwrap_or_default(),
        expires: expires.unwrap_or_default(),
    }
}

fn button(button: &Value, authentication: bool) -> Button<'_> {
    let url = text(button, "url");
    let kind = upper(button, "type").unwrap_or_default();
    let kind = match kind.as_str() {
        "QUICK_REPLY" => ButtonKind::QuickReply,
        "URL" if authentication => ButtonKind::Otp,
        "URL" => ButtonKind::Url,
        "PHONE_NUMBER" => ButtonKind::PhoneNumber,
        "COPY_CODE" => ButtonKind::CopyCode,
        "OTP" => ButtonKind::Otp,
        "FLOW" => ButtonKind::Flow,
        "CATALOG" => ButtonKind::Catalog,
        "MPM" => ButtonKind::MultiProduct,
        "SPM" => ButtonKind::SingleProduct,
        "VOICE_CALL" => ButtonKind::VoiceCall,
        other => ButtonKind::Other(other.to_ascii_lowercase()),
    };
    Button {
        kind,
        text: text(button, "text").unwrap_or_default(),
        url,
        phone_number: text(button, "phone_number"),
    }
}

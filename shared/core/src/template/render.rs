//! What the customer sees of a filled template.

use serde::Serialize;

use super::{
    definition::{Definition, ParameterFormat},
    variable::{replaced, variables},
    view::{Button, ButtonKind, Header, View},
};
use crate::message::{
    Document, Location, MediaSource, Visual,
    template::{Component, Parameter, ParameterValue, ProductReference, Template, TemplateCard},
};

/// A filled template as the customer sees it. Variables without a value stay as they are written.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Rendered {
    /// What stands above the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<RenderedHeader>,
    /// The text.
    pub body: String,
    /// The small text below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub footer: Option<String>,
    /// A limited-time offer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offer: Option<RenderedOffer>,
    /// The buttons, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<RenderedButton>,
    /// The cards of a carousel, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cards: Vec<Rendered>,
}

/// What stands above the body of a filled template.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(missing_docs, reason = "each field bears the name of its variant")]
pub enum RenderedHeader {
    /// A text.
    Text { text: String },
    /// A picture; nothing where the message does not have it.
    Image { image: Option<Visual> },
    /// A film.
    Video { video: Option<Visual> },
    /// An animation.
    Gif { gif: Option<MediaSource> },
    /// A file.
    Document { document: Option<Document> },
    /// A place.
    Location { location: Option<Location> },
    /// A product.
    Product { product: Option<ProductReference> },
    /// One that came later.
    Other { format: String },
}

/// A limited-time offer of a filled template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RenderedOffer {
    /// What the offer is.
    pub text: String,
    /// When it ends, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expiration_time_ms: Option<i64>,
}

/// A button of a filled template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RenderedButton {
    /// What it does: `quick_reply`, `url`, `phone_number`, `copy_code`, `otp`, `flow`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// What stands on it.
    pub text: String,
    /// The address that it opens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The number that it calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
    /// The code that it copies or hands over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What comes back when it is tapped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload: Option<String>,
}

impl Rendered {
    /// Header, body and footer as one text, a line each: what a person reads of the message where only text is shown.
    pub fn text(&self) -> String {
        let header = match &self.header {
            Some(RenderedHeader::Text { text }) => Some(text.as_str()),
            _ => None,
        };
        let parts = [header, Some(&self.body), self.footer.as_deref()];
        let parts = parts.into_iter().flatten().filter(|part| !part.is_empty());
        parts.collect::<Vec<_>>().join("\n")
    }
}

/// Fills the texts of a template with what a message has for them.
///
/// It takes what [`fit`](super::fit) made as well as a message that does not fit: then variables are left as they are.
pub fn render(definition: &Definition, template: &Template) -> Rendered {
    let view = View::of(definition);
    let mut rendered = part(&view, &template.components);
    let cards = template
        .components
        .iter()
        .find_map(|component| match component {
            Component::Carousel { cards } => Some(cards.as_slice()),
            _ => None,
        });
    rendered.cards = carousel(&view, cards.unwrap_or_default());
    rendered
}

fn carousel(view: &View<'_>, filled: &[TemplateCard]) -> Vec<Rendered> {
    // A message may show more products than its template has cards, which are all alike.
    let count = view.cards.len().max(filled.len());
    let cards = (0..count).filter_map(|i| {
        let card = view.cards.get(i).or(view.cards.last())?;
        let components = filled.get(i).map(|card| card.components.as_slice());
        Some(part(card, components.unwrap_or_default()))
    });
    cards.collect()
}

fn part(view: &View<'_>, components: &[Component]) -> Rendered {
    let header_values = of_header(components);
    let body = view.body.as_deref().unwrap_or_default();
    let offer = view.offer.map(|offer| RenderedOffer {
        text: offer.text.to_owned(),
        expiration_time_ms: offer_ends(components),
    });
    let buttons = view.buttons.iter().enumerate();
    Rendered {
        header: view
            .header
            .as_ref()
            .map(|shown| header(shown, view.format, header_values)),
        body: filled(body, view.format, of_body(components)),
        footer: view.footer.as_deref().map(str::to_owned),
        offer,
        buttons: buttons
            .map(|(i, shown)| button(shown, of_button(components, i)))
            .collect(),
        cards: Vec::new(),
    }
}

fn header(header: &Header<'_>, format: ParameterFormat, values: &[Parameter]) -> RenderedHeader {
    let value = values.first().map(|parameter| parameter.value.clone());
    match header {
        Header::Text(text) => RenderedHeader::Text {
            text: filled(text, format, values),
        },
        Header::Image => RenderedHeader::Image {
            image: match value {
                Some(ParameterValue::Image { image }) => Some(image),
                _ => None,
            },
        },
        Header::Video => RenderedHeader::Video {
            video: match value {
                Some(ParameterValue::Video { video }) => Some(video),
                _ => None,
            },
        },
        Header::Gif => RenderedHeader::Gif {
            gif: match value {
                Some(ParameterValue::Gif { gif }) => Some(gif),
                _ => None,
            },
        },
        Header::Document => RenderedHeader::Document {
            document: match value {
                Some(ParameterValue::Document { document }) => Some(document),
                _ => None,
            },
        },
        Header::Location => RenderedHeader::Location {
            location: match value {
                Some(ParameterValue::Location { location }) => Some(location),
                _ => None,
            },
        },
        Header::Product => RenderedHeader::Product {
            product: match value {
                Some(ParameterValue::Product { product }) => Some(product),
                _ => None,
            },
        },
        Header::Other(format) => RenderedHeader::Other {
            format: format.clone(),
        },
    }
}

fn button(button: &Button<'_>, values: &[Parameter]) -> RenderedButton {
    let (mut code, mut payload, mut end) = (None, None, None);
    for parameter in values {
        match &parameter.value {
            ParameterValue::Text { text } if button.kind == ButtonKind::Otp => {
                code = Some(text.clone());
            }
            ParameterValue::Text { text } => end = Some(text.as_str()),
            ParameterValue::CouponCode { coupon_code } => code = Some(coupon_code.clone()),
            ParameterValue::Payload { payload: given } => payload = Some(given.clone()),
            _ => {}
        }
    }
    let opens = button.url.filter(|_| button.kind == ButtonKind::Url);
    RenderedButton {
        kind: match button.kind {
            ButtonKind::Otp => "otp".to_owned(),
            _ => button.sub_type().to_owned(),
        },
        text: button.text.to_owned(),
        url: opens.map(|url| replaced(url, ParameterFormat::Named, |_| end)),
        phone_number: button.phone_number.map(str::to_owned),
        code,
        payload,
    }
}

/// Named values fill their variables, others the next one.
fn filled(text: &str, format: ParameterFormat, values: &[Parameter]) -> String {
    let names = variables(text, format);
    replaced(text, format, |name| {
        let parameter = match format {
            ParameterFormat::Named => values
                .iter()
                .find(|parameter| parameter.parameter_name.as_deref() == Some(name)),
            ParameterFormat::Positional => {
                let place = names.iter().position(|at| *at == name);
                place.and_then(|place| values.get(place))
            }
        };
        match &parameter?.value {
            ParameterValue::Text { text } => Some(text),
            ParameterValue::Currency { currency } => Some(&currency.fallback_value),
            ParameterValue::DateTime { date_time } => Some(&date_time.fallback_value),
            _ => None,
        }
    })
}

fn of_header(components: &[Component]) -> &[Parameter] {
    let mut found = components.iter();
    let found = found.find_map(|component| match component {
        Component::Header { parameters } => Some(parameters.as_slice()),
        _ => None,
    });
    found.unwrap_or_default()
}

fn of_body(components: &[Component]) -> &[Parameter] {
    let mut found = components.iter();
    let found = found.find_map(|component| match component {
        Component::Body { parameters } => Some(parameters.as_slice()),
        _ => None,
    });
    found.unwrap_or_default()
}

fn of_button(components: &[Component], place: usize) -> &[Parameter] {
    let mut found = components.iter();
    let found = found.find_map(|component| match component {
        Component::Button {
            index, parameters, ..
        } if usize::from(*index) == place => Some(parameters.as_slice()),
        _ => None,
    });
    found.unwrap_or_default()
}

fn offer_ends(components: &[Component]) -> Option<i64> {
    components.iter().find_map(|component| match component {
        Component::LimitedTimeOffer { parameters } => {
            parameters
                .iter()
                .find_map(|parameter| match parameter.value {
                    ParameterValue::LimitedTimeOffer { limited_time_offer } => {
                        Some(limited_time_offer.expiration_time_ms)
                    }
                    _ => None,
                })
        }
        _ => None,
    })
}

//! The words of a message that stand for it in lists.

use super::{
    content::{Content, Kind},
    interactive::{Header, Interactive},
    template::{ParameterValue, Template},
};

impl Content {
    pub(super) fn preview(&self) -> String {
        let words = match self {
            Self::Text { text } => Some(text.body.clone()),
            Self::Image { image } => image.caption.clone(),
            Self::Video { video } => video.caption.clone(),
            Self::Audio { audio } => audio.voice.then(|| "[voice note]".to_owned()),
            Self::Document { document } => filled(&document.caption)
                .or_else(|| filled(&document.filename))
                .map(str::to_owned),
            Self::Sticker { .. } => None,
            Self::Location { location } => filled(&location.name)
                .or_else(|| filled(&location.address))
                .map(|place| format!("[location] {place}")),
            Self::Contacts { contacts } => {
                let names = contacts
                    .iter()
                    .map(|card| card.name.formatted_name.as_str());
                Some(format!(
                    "[contacts] {}",
                    names.collect::<Vec<_>>().join(", ")
                ))
            }
            Self::Interactive { interactive } => of_interactive(interactive),
            Self::Template { template } => Some(of_template(template)),
            Self::Reaction { reaction } if reaction.emoji.is_empty() => {
                Some("[reaction removed]".to_owned())
            }
            Self::Reaction { reaction } => Some(reaction.emoji.clone()),
        };
        words
            .filter(|words| !words.is_empty())
            .unwrap_or_else(|| bracketed(self.kind()))
    }
}

fn bracketed(kind: Kind) -> String {
    format!("[{kind}]")
}

fn filled(text: &Option<String>) -> Option<&str> {
    text.as_deref().filter(|text| !text.is_empty())
}

fn of_interactive(interactive: &Interactive) -> Option<String> {
    let body = interactive.body.as_ref().map(|body| body.text.clone());
    body.or_else(|| match &interactive.header {
        Some(Header::Text { text }) => Some(text.clone()),
        _ => None,
    })
}

/// The approved text is not at hand, so that the name and the values must do.
fn of_template(template: &Template) -> String {
    let values: Vec<_> = template
        .body_parameters()
        .filter_map(|parameter| match &parameter.value {
            ParameterValue::Text { text } => Some(text.as_str()),
            ParameterValue::Currency { currency } => Some(currency.fallback_value.as_str()),
            ParameterValue::DateTime { date_time } => Some(date_time.fallback_value.as_str()),
            _ => None,
        })
        .collect();
    let name = &template.name;
    if values.is_empty() {
        format!("[template] {name}")
    } else {
        format!("[template] {name}: {}", values.join(", "))
    }
}

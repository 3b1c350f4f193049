use std::fmt::Display;

use serde::{Deserialize, Serialize};

use super::parameter::Parameter;
use crate::message::{
    check,
    invalid::{Invalid, Problem},
    limits,
};

/// What fills one part of a template.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Component {
    /// The header: a text or a file.
    Header {
        /// Its one value.
        #[serde(default)]
        parameters: Vec<Parameter>,
    },
    /// The body.
    Body {
        /// Its values, in order or by name.
        #[serde(default)]
        parameters: Vec<Parameter>,
    },
    /// One button.
    Button {
        /// What the button does: `quick_reply`, `url`, `copy_code`, `flow`, `catalog`, `mpm`, `spm`, …
        sub_type: String,
        /// Its place, see [`limits::TEMPLATE_BUTTON_INDEX`].
        #[serde(with = "index")]
        index: u8,
        /// Its value.
        #[serde(default)]
        parameters: Vec<Parameter>,
    },
    /// Cards side by side.
    Carousel {
        /// One for each card of the template.
        cards: Vec<TemplateCard>,
    },
    /// The end of an offer.
    LimitedTimeOffer {
        /// One value of the same name.
        parameters: Vec<Parameter>,
    },
    /// What a tap on the header's picture opens.
    TapTargetConfiguration {
        /// One value of the same name.
        parameters: Vec<Parameter>,
    },
}

/// What fills one card of a template.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TemplateCard {
    /// Its place, counted from 0.
    pub card_index: u8,
    /// What fills its header, body and buttons.
    pub components: Vec<Component>,
}

impl Component {
    pub(crate) fn validate(&self, at: impl Display) -> Result<(), Invalid> {
        self.validate_within(&at, Nesting::Message)
    }

    fn validate_within(&self, at: &dyn Display, nesting: Nesting) -> Result<(), Invalid> {
        let parameters = match self {
            Self::Header { parameters }
            | Self::Body { parameters }
            | Self::LimitedTimeOffer { parameters }
            | Self::TapTargetConfiguration { parameters } => parameters,
            Self::Button {
                sub_type,
                index,
                parameters,
            } => {
                check::present(format_args!("{at}.sub_type"), sub_type)?;
                let range = limits::TEMPLATE_BUTTON_INDEX;
                if !range.contains(index) {
                    let (min, max) = (i64::from(*range.start()), i64::from(*range.end()));
                    let field = format!("{at}.index");
                    return Err(Invalid::new(field, Problem::Range { min, max }));
                }
                parameters
            }
            Self::Carousel { .. } if nesting == Nesting::Card => {
                return Err(Invalid::new(at, Problem::NotAllowed));
            }
            Self::Carousel { cards } => return validate_cards(at, cards),
        };
        for (i, parameter) in parameters.iter().enumerate() {
            parameter.validate(format_args!("{at}.parameters[{i}]"))?;
        }
        Ok(())
    }
}

/// Where a component stands; a card holds no cards.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Nesting {
    Message,
    Card,
}

fn validate_cards(at: &dyn Display, cards: &[TemplateCard]) -> Result<(), Invalid> {
    check::count(format_args!("{at}.cards"), cards.len(), limits::CARDS)?;
    for (c, card) in cards.iter().enumerate() {
        check::form(
            format_args!("{at}.cards[{c}].card_index"),
            usize::from(card.card_index) == c,
            "its place in the list, counted from 0",
        )?;
        for (i, component) in card.components.iter().enumerate() {
            let field = format!("{at}.cards[{c}].components[{i}]");
            component.validate_within(&field, Nesting::Card)?;
        }
    }
    Ok(())
}

/// Meta's OpenAPI document asks for a string, its examples show both: we say the one and read
/// both.
mod index {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(index: &u8, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(index)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Number(u8),
            Text(String),
        }

        match Written::deserialize(deserializer)? {
            Written::Number(index) => Ok(index),
            Written::Text(text) => text
                .trim()
                .parse()
                .map_err(|_| Error::custom("a button's index is a small number")),
        }
    }
}

//! Messages whose text Meta approved beforehand; only these may open a conversation.

mod component;
mod parameter;

use std::fmt::Display;

use serde::{Deserialize, Serialize};

pub use self::component::{Component, TemplateCard};
pub use self::parameter::{
    Currency, DateTime, LimitedTimeOffer, Parameter, ParameterValue, ProductReference,
};
use super::{
    check,
    invalid::{Invalid, Problem},
    limits,
};

/// A template and what fills it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Template {
    /// Its name, see [`limits::TEMPLATE_NAME`].
    pub name: String,
    /// Its language; WhatsApp falls back to no other.
    pub language: Language,
    /// What fills its parts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<Component>,
}

/// The language of a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Language {
    /// For example `en_US`.
    pub code: String,
    /// That no other language will do, which is the one thing that can be said here.
    #[serde(default)]
    pub policy: LanguagePolicy,
}

/// What happens when the template does not exist in the language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LanguagePolicy {
    /// The message is refused.
    #[default]
    Deterministic,
}

impl Template {
    /// The template `name` in the language `code`, without anything to fill.
    pub fn new(name: impl Into<String>, code: impl Into<String>) -> Self {
        let policy = LanguagePolicy::Deterministic;
        let code = code.into();
        Self {
            name: name.into(),
            language: Language { code, policy },
            components: Vec::new(),
        }
    }

    /// What fills the header and the body, in this order.
    pub fn text_parameters(&self) -> impl Iterator<Item = &Parameter> {
        self.components
            .iter()
            .flat_map(|component| match component {
                Component::Header { parameters } | Component::Body { parameters } => {
                    parameters.as_slice()
                }
                _ => &[],
            })
    }

    /// What fills the body.
    pub fn body_parameters(&self) -> impl Iterator<Item = &Parameter> {
        self.components
            .iter()
            .flat_map(|component| match component {
                Component::Body { parameters } => parameters.as_slice(),
                _ => &[],
            })
    }

    pub(super) fn validate(&self, at: impl Display) -> Result<(), Invalid> {
        let name = format!("{at}.name");
        check::length(&name, &self.name, limits::TEMPLATE_NAME)?;
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let fits = self.name.chars().all(allowed);
        check::form(name, fits, "lower-case letters, digits and '_'")?;
        check::present(format_args!("{at}.language.code"), &self.language.code)?;
        for (i, component) in self.components.iter().enumerate() {
            component.validate(format_args!("{at}.components[{i}]"))?;
        }
        self.validate_names(format_args!("{at}.components"))
    }

    /// A template has numbered or named variables, never both.
    fn validate_names(&self, at: impl Display) -> Result<(), Invalid> {
        let values = || {
            self.text_parameters()
                .filter(|parameter| parameter.value.is_text())
        };
        let named = values().filter(|parameter| parameter.parameter_name.is_some());
        let named = named.count();
        if named == 0 || named == values().count() {
            return Ok(());
        }
        let problem = Problem::Form("all with a parameter_name or all without");
        Err(Invalid::new(at, problem))
    }
}

//! What Meta takes as a new or an edited template.
//!
//! Only what its documentation states is checked: what it does not state, it judges itself, and parts that came later
//! pass.

mod buttons;
mod cards;
mod texts;

use std::{collections::HashSet, ops::RangeInclusive};

use serde_json::Value;

use super::{
    definition::{Category, Definition, ParameterFormat},
    limits,
    view::upper,
};
use crate::message::{Invalid, Problem, check, limits as message_limits};

/// Whether the samples of headers with files are in `example.header_handle` already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Samples {
    /// They have to be there.
    Here,
    /// They are uploaded once the rest is known to be right.
    Follow,
}

impl Definition {
    /// Checks a new template by Meta's limits.
    ///
    /// # Errors
    /// The first field that breaks a rule, and the rule; for example `components[0].text must have 1 to 60 characters,
    /// not 75`.
    pub fn check(&self, samples: Samples) -> Result<(), Invalid> {
        check::length("name", &self.name, message_limits::TEMPLATE_NAME)?;
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let fits = self.name.chars().all(allowed);
        check::form("name", fits, "lower-case letters, digits and '_'")?;
        check::present("language", &self.language)?;
        let fits = is_language(&self.language);
        check::form("language", fits, "a code of Meta's, like en or en_US")?;
        let known = !matches!(self.category, Category::Other(_));
        check::form("category", known, "MARKETING, UTILITY or AUTHENTICATION")?;
        self.check_components(samples)
    }

    /// Checks the parts of a new template, or of an edited one, by Meta's limits.
    ///
    /// # Errors
    /// The first field that breaks a rule, and the rule.
    pub fn check_components(&self, samples: Samples) -> Result<(), Invalid> {
        let part = Part {
            format: self.format(),
            category: &self.category,
            samples,
            place: Place::of(&self.components),
        };
        part.check("components", &self.components)
    }
}

/// Checks `message_send_ttl_seconds` of a template of this category, see [`limits::send_ttl_seconds`].
///
/// # Errors
/// If it is out of the category's range.
pub fn check_send_ttl(category: &Category, seconds: i64) -> Result<(), Invalid> {
    let (range, field) = (
        limits::send_ttl_seconds(category),
        "message_send_ttl_seconds",
    );
    if range.contains(&seconds) || (seconds == -1 && *category != Category::Marketing) {
        return Ok(());
    }
    let (min, max) = range.into_inner();
    Err(Invalid::new(field, Problem::Range { min, max }))
}

/// Two or three letters of the language, and those of a country or of a script.
fn is_language(code: &str) -> bool {
    let letters = |text: &str, lengths: RangeInclusive<usize>| {
        lengths.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphabetic())
    };
    match code.split_once('_') {
        Some((language, country)) => letters(language, 2..=3) && letters(country, 2..=4),
        None => letters(code, 2..=3),
    }
}

/// What the rules for a template's parts, or for a card's, depend on.
#[derive(Clone, Copy)]
struct Part<'a> {
    format: ParameterFormat,
    category: &'a Category,
    samples: Samples,
    place: Place,
}

/// Where a part stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Message,
    /// In a template with a limited-time offer.
    Offer,
    Card,
}

impl Place {
    fn of(components: &[Value]) -> Self {
        let is_offer = |component: &Value| is(component, "LIMITED_TIME_OFFER");
        if components.iter().any(is_offer) {
            Self::Offer
        } else {
            Self::Message
        }
    }
}

fn is(component: &Value, kind: &str) -> bool {
    upper(component, "type").as_deref() == Some(kind)
}

impl Part<'_> {
    fn check(&self, at: &str, components: &[Value]) -> Result<(), Invalid> {
        let mut seen = HashSet::new();
        for (i, component) in components.iter().enumerate() {
            let at = format!("{at}[{i}]");
            let Some(kind) = upper(component, "type") else {
                return Err(Invalid::new(format!("{at}.type"), Problem::Missing));
            };
            if !seen.insert(kind.clone()) {
                return Err(Invalid::new(format!("{at}.type"), Problem::Duplicate));
            }
            match kind.as_str() {
                "HEADER" => self.header(&at, component)?,
                "BODY" => self.body(&at, component)?,
                "FOOTER" => self.footer(&at, component)?,
                "BUTTONS" => self.buttons(&at, component)?,
                "CAROUSEL" => self.carousel(&at, component)?,
                "LIMITED_TIME_OFFER" => self.offer(&at, component)?,
                _ => {}
            }
        }
        let needed: &[(&str, &str)] = match (self.place, self.category) {
            (Place::Card, _) => &[("HEADER", "header"), ("BUTTONS", "buttons")],
            (_, Category::Authentication) => &[("BODY", "body"), ("BUTTONS", "buttons")],
            _ => &[("BODY", "body")],
        };
        for (kind, name) in needed {
            if !seen.contains(*kind) {
                return Err(Invalid::new(format!("{at}.{name}"), Problem::Missing));
            }
        }
        Ok(())
    }

    fn is_authentication(&self) -> bool {
        *self.category == Category::Authentication
    }
}

/// The member of this name that is a text.
fn text<'a>(at: &str, object: &'a Value, member: &str) -> Result<&'a str, Invalid> {
    let field = format_args!("{at}.{member}").to_string();
    match object.get(member) {
        Some(Value::String(text)) => Ok(text),
        None | Some(Value::Null) => Err(Invalid::new(field, Problem::Missing)),
        Some(_) => Err(Invalid::new(field, Problem::Form("a text"))),
    }
}

/// The member of this name that is a list.
fn list<'a>(at: &str, object: &'a Value, member: &str) -> Result<&'a [Value], Invalid> {
    let field = format_args!("{at}.{member}").to_string();
    match object.get(member) {
        Some(Value::Array(list)) => Ok(list),
        None | Some(Value::Null) => Err(Invalid::new(field, Problem::Missing)),
        Some(_) => Err(Invalid::new(field, Problem::Form("a list"))),
    }
}

fn not_allowed(at: &str, object: &Value, member: &str) -> Result<(), Invalid> {
    match object.get(member) {
        None | Some(Value::Null) => Ok(()),
        Some(_) => Err(Invalid::new(format!("{at}.{member}"), Problem::NotAllowed)),
    }
}

//! Header, body, footer and offer.

use serde_json::Value;

use super::{Part, Place, Samples, list, not_allowed, text};
use crate::{
    message::{Invalid, Problem, check},
    template::{
        Category, ParameterFormat, limits,
        variable::{Piece, number, pieces, variables},
        view::upper,
    },
};

impl Part<'_> {
    pub(super) fn header(&self, at: &str, header: &Value) -> Result<(), Invalid> {
        if self.is_authentication() {
            return Err(Invalid::new(at, Problem::NotAllowed));
        }
        let format = upper(header, "format");
        let Some(format) = format else {
            return Err(Invalid::new(format!("{at}.format"), Problem::Missing));
        };
        let (allowed, words): (&[&str], _) = match self.place {
            Place::Message => (
                &[
                    "TEXT", "IMAGE", "VIDEO", "GIF", "DOCUMENT", "LOCATION", "PRODUCT",
                ],
                "TEXT, IMAGE, VIDEO, GIF, DOCUMENT, LOCATION or PRODUCT",
            ),
            Place::Offer => (&["IMAGE", "VIDEO"], "IMAGE or VIDEO"),
            Place::Card => (&["IMAGE", "VIDEO", "PRODUCT"], "IMAGE, VIDEO or PRODUCT"),
        };
        let known = allowed.contains(&format.as_str());
        check::form(format_args!("{at}.format"), known, words)?;
        match format.as_str() {
            "TEXT" => self.header_text(at, header),
            "IMAGE" | "VIDEO" | "GIF" | "DOCUMENT" => self.header_sample(at, header),
            _ => not_allowed(at, header, "text"),
        }
    }

    fn header_text(&self, at: &str, header: &Value) -> Result<(), Invalid> {
        let field = format!("{at}.text");
        let words = text(at, header, "text")?;
        check::length(&field, words, limits::HEADER)?;
        let plain = literals(words).all(|text| !text.contains(['\n', '\r', '*']));
        check::form(&field, plain, "without line breaks and asterisks")?;
        self.variables(&field, words)?;
        let names = variables(words, self.format);
        if names.len() > *limits::HEADER_VARIABLES.end() {
            let form = "a text with one variable at most";
            return Err(Invalid::new(field, Problem::Form(form)));
        }
        self.example(at, header, "header_text", &names)
    }

    fn header_sample(&self, at: &str, header: &Value) -> Result<(), Invalid> {
        not_allowed(at, header, "text")?;
        if self.samples == Samples::Follow {
            return Ok(());
        }
        let at = format!("{at}.example");
        let example = header.get("example").unwrap_or(&Value::Null);
        let handles = list(&at, example, "header_handle")?;
        let has_one = handles
            .iter()
            .any(|handle| handle.as_str().is_some_and(|handle| !handle.is_empty()));
        let form = "the handle of an uploaded sample";
        check::form(format_args!("{at}.header_handle"), has_one, form)
    }

    pub(super) fn body(&self, at: &str, body: &Value) -> Result<(), Invalid> {
        if self.is_authentication() {
            return not_allowed(at, body, "text");
        }
        let field = format!("{at}.text");
        let words = text(at, body, "text")?;
        let limits = match self.place {
            Place::Message => limits::BODY,
            Place::Offer => limits::OFFER_BODY,
            Place::Card => limits::CARD_BODY,
        };
        check::length(&field, words, limits)?;
        self.variables(&field, words)?;
        let trimmed = pieces(words.trim());
        let is_variable = |piece: Option<&Piece<'_>>| matches!(piece, Some(Piece::Variable(_)));
        let inside = !is_variable(trimmed.first()) && !is_variable(trimmed.last());
        let form = "a text that neither begins nor ends with a variable";
        check::form(&field, inside, form)?;
        self.example(at, body, "body_text", &variables(words, self.format))
    }

    pub(super) fn footer(&self, at: &str, footer: &Value) -> Result<(), Invalid> {
        if self.place != Place::Message {
            return Err(Invalid::new(at, Problem::NotAllowed));
        }
        if self.is_authentication() {
            return code_expiration(at, footer);
        }
        let field = format!("{at}.text");
        let words = text(at, footer, "text")?;
        check::length(&field, words, limits::FOOTER)?;
        check::form(field, !words.contains("{{"), "without variables")
    }

    pub(super) fn offer(&self, at: &str, offer: &Value) -> Result<(), Invalid> {
        let marketing = *self.category == Category::Marketing;
        if self.place == Place::Card || !marketing {
            return Err(Invalid::new(at, Problem::NotAllowed));
        }
        let field = format!("{at}.limited_time_offer");
        let Some(offer) = offer.get("limited_time_offer") else {
            return Err(Invalid::new(field, Problem::Missing));
        };
        let words = text(&field, offer, "text")?;
        check::length(format_args!("{field}.text"), words, limits::OFFER_TEXT)?;
        match offer.get("has_expiration") {
            None | Some(Value::Null | Value::Bool(_)) => Ok(()),
            Some(_) => {
                let field = format!("{field}.has_expiration");
                Err(Invalid::new(field, Problem::Form("true or false")))
            }
        }
    }

    /// Whether every pair of braces is a variable of the template's format, and numbers have no gaps.
    fn variables(&self, field: &str, words: &str) -> Result<(), Invalid> {
        let form = match self.format {
            ParameterFormat::Positional => "a text with variables like {{1}} alone",
            ParameterFormat::Named => {
                "a text with variables like {{first_name}} alone: lower-case letters, digits and '_'"
            }
        };
        let closed = literals(words).all(|text| !text.contains("{{") && !text.contains("}}"));
        check::form(field, closed, form)?;
        for piece in pieces(words) {
            let Piece::Variable(name) = piece else {
                continue;
            };
            let fits = match self.format {
                ParameterFormat::Positional => number(name).is_some(),
                ParameterFormat::Named => {
                    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
                    let begins = name.starts_with(|c: char| c.is_ascii_lowercase());
                    begins && name.bytes().all(allowed)
                }
            };
            // Blanks within the braces are read, but are none of Meta's form.
            let exact = words.contains(&format!("{{{{{name}}}}}"));
            check::form(field, fits && exact, form)?;
        }
        if self.format == ParameterFormat::Named {
            return Ok(());
        }
        let numbers = variables(words, self.format);
        let numbers = numbers.into_iter().filter_map(number);
        let gapless = numbers.zip(1..).all(|(number, place)| number == place);
        let form = "a text with variables numbered from {{1}} without gaps";
        check::form(field, gapless, form)
    }

    /// Meta judges a template by an example for every variable.
    fn example(
        &self,
        at: &str,
        component: &Value,
        member: &str,
        names: &[&str],
    ) -> Result<(), Invalid> {
        if names.is_empty() {
            return Ok(());
        }
        let at = format!("{at}.example");
        let Some(example) = component.get("example") else {
            return Err(Invalid::new(at, Problem::Missing));
        };
        if self.format == ParameterFormat::Named {
            let member = format!("{member}_named_params");
            let given = list(&at, example, &member)?;
            let has = |name: &&str| {
                given.iter().any(|given| {
                    given.get("param_name").and_then(Value::as_str) == Some(name)
                        && given.get("example").and_then(Value::as_str).is_some()
                })
            };
            let form = "a list of {param_name, example} with every variable";
            return check::form(format_args!("{at}.{member}"), names.iter().all(has), form);
        }
        let mut given = list(&at, example, member)?;
        // The body's examples are sets: a list of lists.
        if let Some(Value::Array(first)) = given.first() {
            given = first;
        }
        let exactly = names.len()..=names.len();
        let field = format!("{at}.{member}");
        check::count(&field, given.len(), exactly)?;
        check::form(field, given.iter().all(Value::is_string), "texts")
    }
}

fn literals(text: &str) -> impl Iterator<Item = &str> {
    pieces(text).into_iter().filter_map(|piece| match piece {
        Piece::Text(text) => Some(text),
        Piece::Variable(_) => None,
    })
}

fn code_expiration(at: &str, footer: &Value) -> Result<(), Invalid> {
    not_allowed(at, footer, "text")?;
    let field = format!("{at}.code_expiration_minutes");
    let Some(minutes) = footer.get("code_expiration_minutes") else {
        return Err(Invalid::new(field, Problem::Missing));
    };
    let range = limits::CODE_EXPIRATION_MINUTES;
    if minutes
        .as_i64()
        .is_some_and(|minutes| range.contains(&minutes))
    {
        return Ok(());
    }
    let (min, max) = range.into_inner();
    Err(Invalid::new(field, Problem::Range { min, max }))
}

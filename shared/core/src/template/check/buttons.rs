//! Buttons.

use serde_json::Value;

use super::{Part, Place, list, text};
use crate::{
    message::{Invalid, Problem, check},
    template::{ParameterFormat, limits, variable::variables, view::upper},
};

impl Part<'_> {
    pub(super) fn buttons(&self, at: &str, component: &Value) -> Result<(), Invalid> {
        let buttons = list(at, component, "buttons")?;
        let at = format!("{at}.buttons");
        let limits = match self.place {
            Place::Card => limits::CARD_BUTTONS,
            Place::Message if self.is_authentication() => 1..=1,
            Place::Message | Place::Offer => limits::BUTTONS,
        };
        check::count(&at, buttons.len(), limits)?;
        let mut kinds = Vec::new();
        for (i, button) in buttons.iter().enumerate() {
            let at = format!("{at}[{i}]");
            let Some(kind) = upper(button, "type") else {
                return Err(Invalid::new(format!("{at}.type"), Problem::Missing));
            };
            if self.is_authentication() || kind == "OTP" {
                let fits = self.is_authentication() && kind == "OTP";
                let form = "OTP in a template of category AUTHENTICATION, and only there";
                check::form(format_args!("{at}.type"), fits, form)?;
            }
            self.button(&at, &kind, button)?;
            kinds.push(kind);
        }
        counts(&at, &kinds)?;
        groups(&at, &kinds)?;
        // Customers and callbacks tell quick replies by their text.
        let replies = buttons.iter().enumerate().filter_map(|(i, button)| {
            let reply = kinds[i] == "QUICK_REPLY";
            let words = button.get("text").and_then(Value::as_str)?;
            reply.then(|| (format!("{at}[{i}].text"), words))
        });
        check::unique(replies)
    }

    fn button(&self, at: &str, kind: &str, button: &Value) -> Result<(), Invalid> {
        match kind {
            "URL" => {
                words(at, button)?;
                url(at, button)
            }
            "PHONE_NUMBER" => {
                words(at, button)?;
                let number = text(at, button, "phone_number")?;
                check::length(
                    format_args!("{at}.phone_number"),
                    number,
                    limits::PHONE_NUMBER,
                )
            }
            "COPY_CODE" => self.copy_code(at, button),
            "OTP" => {
                if button.get("text").is_some() {
                    words(at, button)?;
                }
                let kind = upper(button, "otp_type").unwrap_or_default();
                let known = ["COPY_CODE", "ONE_TAP", "ZERO_TAP"].contains(&kind.as_str());
                let form = "COPY_CODE, ONE_TAP or ZERO_TAP";
                check::form(format_args!("{at}.otp_type"), known, form)
            }
            "QUICK_REPLY" | "FLOW" | "CATALOG" | "MPM" => words(at, button),
            _ if button.get("text").is_some() => words(at, button),
            _ => Ok(()),
        }
    }

    /// What stands on it is Meta's.
    fn copy_code(&self, at: &str, button: &Value) -> Result<(), Invalid> {
        let field = format!("{at}.example");
        let example = match button.get("example") {
            Some(Value::Array(examples)) => examples.first(),
            example => example,
        };
        let Some(example) = example.and_then(Value::as_str) else {
            return Err(Invalid::new(field, Problem::Missing));
        };
        let limits = match self.place {
            Place::Offer => limits::CODE,
            Place::Message | Place::Card => limits::COUPON_CODE,
        };
        check::length(field, example, limits)
    }
}

/// What stands on a button.
fn words(at: &str, button: &Value) -> Result<(), Invalid> {
    let words = text(at, button, "text")?;
    let field = format!("{at}.text");
    check::length(&field, words, limits::BUTTON_TEXT)?;
    let plain = !words.contains(['\n', '\r', '\t']) && !words.contains("{{");
    check::form(field, plain, "without variables and line breaks")
}

/// An address, whose end may be a variable.
fn url(at: &str, button: &Value) -> Result<(), Invalid> {
    let url = text(at, button, "url")?;
    let field = format!("{at}.url");
    check::length(&field, url, limits::URL)?;
    check::web_link(&field, url)?;
    let fixed = url.strip_suffix("{{1}}");
    let end = fixed.unwrap_or(url);
    let plain = variables(end, ParameterFormat::Named).is_empty() && !end.contains("{{");
    check::form(
        field,
        plain,
        "an address with no variable but {{1}} at its end",
    )?;
    if fixed.is_none() {
        return Ok(());
    }
    let examples = list(at, button, "example")?;
    let field = format!("{at}.example");
    check::count(&field, examples.len(), 1..=1)?;
    check::form(field, examples.iter().all(Value::is_string), "texts")
}

fn counts(at: &str, kinds: &[String]) -> Result<(), Invalid> {
    let single = [
        "PHONE_NUMBER",
        "COPY_CODE",
        "OTP",
        "FLOW",
        "CATALOG",
        "MPM",
        "SPM",
        "VOICE_CALL",
    ];
    for (i, kind) in kinds.iter().enumerate() {
        let most = match kind.as_str() {
            "URL" => *limits::URL_BUTTONS.end(),
            kind if single.contains(&kind) => *limits::SINGLE_BUTTONS.end(),
            _ => continue,
        };
        let so_far = kinds[..=i].iter().filter(|other| *other == kind).count();
        if so_far > most {
            let form = match kind.as_str() {
                "URL" => "a type of which there are no more than 2 buttons",
                _ => "a type of which there is no more than 1 button",
            };
            return Err(Invalid::new(format!("{at}[{i}].type"), Problem::Form(form)));
        }
    }
    Ok(())
}

/// Quick replies stand together, before or after all others.
fn groups(at: &str, kinds: &[String]) -> Result<(), Invalid> {
    let is_reply = |i: usize| kinds[i] == "QUICK_REPLY";
    let mut turns = (1..kinds.len()).filter(|i| is_reply(*i) != is_reply(*i - 1));
    match turns.nth(1) {
        Some(second) => {
            let form = "beside its like: quick replies stand together, before or after all others";
            Err(Invalid::new(format!("{at}[{second}]"), Problem::Form(form)))
        }
        None => Ok(()),
    }
}

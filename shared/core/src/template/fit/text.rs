//! The values themselves.

use std::fmt::Display;

use crate::{
    message::{Problem, check, limits as message_limits, template::Parameter},
    template::{
        Given, Misfit, ParameterFormat, Rendered, RenderedHeader, Wrong, limits, view::View,
    },
};

/// The parameter that fills the variable `name`.
pub(super) fn parameter(format: ParameterFormat, name: &str, text: &str) -> Parameter {
    let mut parameter = Parameter::text(text);
    if format == ParameterFormat::Named {
        parameter.parameter_name = Some(name.to_owned());
    }
    parameter
}

/// WhatsApp refuses empty values, and those with line breaks, tabs or more than four spaces in a row.
pub(super) fn value(field: impl Display, text: &str) -> Result<(), Misfit> {
    check::present(&field, text)?;
    let mut spaces = 0;
    for c in text.chars() {
        spaces = if c == ' ' { spaces + 1 } else { 0 };
        if matches!(c, '\n' | '\r' | '\t') || spaces > limits::SPACES_IN_A_ROW {
            return Err(Misfit::new(field, Wrong::Blanks));
        }
    }
    Ok(())
}

/// The end of an address.
pub(super) fn suffix(field: impl Display, text: &str) -> Result<(), Misfit> {
    check::length(&field, text, limits::URL)?;
    let plain = !text.chars().any(|c| c.is_whitespace() || c.is_control());
    Ok(check::form(
        field,
        plain,
        "an address's end without blanks",
    )?)
}

/// A code to copy, which is shorter in a limited-time offer.
pub(super) fn coupon(view: &View<'_>, field: impl Display, text: &str) -> Result<(), Misfit> {
    let limits = match view.offer {
        Some(_) => limits::CODE,
        None => limits::COUPON_CODE,
    };
    check::length(&field, text, limits)?;
    value(field, text)
}

/// A one-time password.
pub(super) fn code(field: impl Display, text: &str) -> Result<(), Misfit> {
    check::length(&field, text, limits::CODE)?;
    value(field, text)
}

/// Minutes for which a call button works.
pub(super) fn ttl_minutes(field: impl Display, minutes: u32) -> Result<(), Misfit> {
    let limits = message_limits::VOICE_CALL_TTL_MINUTES;
    if limits.contains(&minutes) {
        return Ok(());
    }
    let (min, max) = (i64::from(*limits.start()), i64::from(*limits.end()));
    Err(Misfit::new(field, Problem::Range { min, max }))
}

/// What comes back with a call.
pub(super) fn call_payload(field: impl Display, text: &str) -> Result<(), Misfit> {
    Ok(check::length(
        field,
        text,
        message_limits::VOICE_CALL_PAYLOAD,
    )?)
}

/// Filled texts have limits of their own.
pub(super) fn lengths(view: &View<'_>, rendered: &Rendered, given: &Given) -> Result<(), Misfit> {
    let field = if given.components.is_some() {
        "components"
    } else {
        "parameters"
    };
    if let Some(RenderedHeader::Text { text }) = &rendered.header
        && view.header_variable().is_some()
    {
        fits(field, "the header", text, *limits::HEADER.end())?;
    }
    let alone = view.header.is_none()
        && view.footer.is_none()
        && view.offer.is_none()
        && view.buttons.is_empty()
        && view.cards.is_empty();
    let limits = if alone {
        limits::LONE_BODY
    } else {
        limits::BODY
    };
    if !view.body_variables().is_empty() {
        fits(field, "the body", &rendered.body, *limits.end())?;
    }
    addresses(field, "", rendered)?;
    for (i, card) in rendered.cards.iter().enumerate() {
        let field = format!("cards[{i}].{field}");
        let field = if given.components.is_some() {
            "components"
        } else {
            &field
        };
        let part = format!("the body of card {i}");
        fits(field, &part, &card.body, *limits::BODY.end())?;
        addresses(field, &format!(" of card {i}"), card)?;
    }
    Ok(())
}

fn addresses(field: &str, of: &str, rendered: &Rendered) -> Result<(), Misfit> {
    for (i, button) in rendered.buttons.iter().enumerate() {
        let part = format!("the address of button {i}{of}");
        let url = button.url.as_deref().unwrap_or_default();
        fits(field, &part, url, *limits::URL.end())?;
    }
    Ok(())
}

fn fits(field: &str, part: &str, text: &str, max: usize) -> Result<(), Misfit> {
    let actual = text.chars().count();
    if actual <= max {
        return Ok(());
    }
    let part = part.to_owned();
    Err(Misfit::new(field, Wrong::TooLong { part, max, actual }))
}

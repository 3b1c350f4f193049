//! The checks that every kind of message is made of. Each names the field that failed.

use std::{collections::HashSet, fmt::Display, ops::RangeInclusive};

use super::{
    invalid::{Invalid, Problem},
    limits,
};

pub(crate) fn length(
    field: impl Display,
    text: &str,
    limits: RangeInclusive<usize>,
) -> Result<(), Invalid> {
    let actual = text.chars().count();
    if limits.contains(&actual) {
        return Ok(());
    }
    let (min, max) = limits.into_inner();
    Err(Invalid::new(field, Problem::Length { min, max, actual }))
}

pub(crate) fn optional_length(
    field: impl Display,
    text: Option<&str>,
    limits: RangeInclusive<usize>,
) -> Result<(), Invalid> {
    text.map_or(Ok(()), |text| length(field, text, limits))
}

pub(crate) fn present(field: impl Display, text: &str) -> Result<(), Invalid> {
    length(field, text, limits::PRESENT)
}

pub(crate) fn count(
    field: impl Display,
    actual: usize,
    limits: RangeInclusive<usize>,
) -> Result<(), Invalid> {
    if limits.contains(&actual) {
        return Ok(());
    }
    let (min, max) = limits.into_inner();
    Err(Invalid::new(field, Problem::Count { min, max, actual }))
}

/// The first repeated value is told by the place that repeats it.
pub(crate) fn unique<'a, F: Display>(
    values: impl IntoIterator<Item = (F, &'a str)>,
) -> Result<(), Invalid> {
    let mut seen = HashSet::new();
    for (field, value) in values {
        if !seen.insert(value) {
            return Err(Invalid::new(field, Problem::Duplicate));
        }
    }
    Ok(())
}

pub(crate) fn form(
    field: impl Display,
    holds: bool,
    expected: &'static str,
) -> Result<(), Invalid> {
    if holds {
        return Ok(());
    }
    Err(Invalid::new(field, Problem::Form(expected)))
}

/// A link that WhatsApp's servers or the customer's phone will open.
pub(crate) fn web_link(field: impl Display, link: &str) -> Result<(), Invalid> {
    form(field, is_web_link(link), "an http or https URL")
}

fn is_web_link(link: &str) -> bool {
    let Some((scheme, rest)) = link.split_once("://") else {
        return false;
    };
    let host_begins = rest
        .chars()
        .next()
        .is_some_and(|first| first.is_alphanumeric() || first == '[');
    let scheme_fits = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    scheme_fits && host_begins && !link.chars().any(|c| c.is_whitespace() || c.is_control())
}

/// An order's reference, as `order_details` and `order_status` share it.
pub(crate) fn order_reference(field: impl Display, reference: &str) -> Result<(), Invalid> {
    length(&field, reference, limits::ORDER_REFERENCE)?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    form(
        field,
        reference.chars().all(allowed),
        "letters, digits, '_', '.' and '-'",
    )
}

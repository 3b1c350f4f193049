//! The rules for texts with variables.

use serde_json::{Map, Value};

use super::{Context, Rejection};
use crate::templates::variables::{Piece, pieces, variables};

/// A member that must be a text of 1 to `limit` characters.
pub(super) fn text<'v>(
    component: &'v Map<String, Value>,
    kind: &str,
    name: &str,
    limit: usize,
) -> Result<&'v str, Rejection> {
    let text = component
        .get(name)
        .and_then(Value::as_str)
        .ok_or_else(|| Rejection::lacks(kind, name))?;
    if text.trim().is_empty() {
        return Err(Rejection::lacks(kind, name));
    }
    if text.chars().count() > limit {
        return Err(Rejection::too_long(&format!("{name} of the {kind}"), limit));
    }
    Ok(text)
}

/// The variables of a text, which have numbers from 1 on, or names.
pub(super) fn checked<'t>(
    context: Context<'_>,
    text: &'t str,
    wrong: impl Fn(String) -> Rejection,
) -> Result<Vec<&'t str>, Rejection> {
    let names = variables(text);
    if context.named {
        let right = |name: &&str| {
            let first = name.bytes().next().unwrap_or_default();
            let rest =
                |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
            (first.is_ascii_lowercase() || first == b'_') && name.bytes().all(rest)
        };
        if let Some(name) = names.iter().find(|name| !right(name)) {
            let why = "is no name: small letters, digits and underscores make one";
            return Err(wrong(format!("The variable {{{{{name}}}}} {why}.")));
        }
        return Ok(names);
    }
    let numbers: Option<Vec<usize>> = names.iter().map(|name| name.parse().ok()).collect();
    let Some(mut numbers) = numbers else {
        let why = "Variables of the parameter format POSITIONAL are numbers";
        return Err(wrong(format!("{why}, such as {{{{1}}}}.")));
    };
    numbers.sort_unstable();
    if !numbers.iter().copied().eq(1..=numbers.len()) {
        return Err(wrong("Variables are numbered from 1 without gaps.".into()));
    }
    Ok(names)
}

/// What a body may not be: a text that begins or ends with a variable, or has too many for its length.
pub(super) fn carries(text: &str, count: usize) -> Result<(), Rejection> {
    let pieces = pieces(text.trim());
    let is_variable = |piece: Option<&Piece<'_>>| matches!(piece, Some(Piece::Variable(_)));
    if is_variable(pieces.first()) || is_variable(pieces.last()) {
        return Err(Rejection {
            subcode: Some(2_388_299),
            title: "Leading or trailing params not allowed",
            message: "Variables can't be at the start or the end of the template.".into(),
        });
    }
    let words: usize = pieces
        .iter()
        .map(|piece| match piece {
            Piece::Plain(plain) => plain
                .split_whitespace()
                .filter(|word| word.chars().any(char::is_alphanumeric))
                .count(),
            Piece::Variable(_) => 0,
        })
        .sum();
    // Meta does not publish the ratio; twice as many words as variables and one more is what its
    // own examples keep to.
    if count > 0 && words < 2 * count + 1 {
        return Err(Rejection {
            subcode: Some(2_388_293),
            title: "Params words ratio exceeds limit",
            message: "The template has too many variables for its length. Use fewer, or say more."
                .into(),
        });
    }
    Ok(())
}

/// Refuses a text without examples for its variables: `<prefix>` holds those by number (in a list of
/// their own where `nested`), `<prefix>_named_params` those by name.
pub(super) fn exemplified(
    context: Context<'_>,
    component: &Map<String, Value>,
    kind: &str,
    names: &[&str],
    prefix: &str,
) -> Result<(), Rejection> {
    if names.is_empty() {
        return Ok(());
    }
    let example = component.get("example");
    let lacking = || Rejection::lacks(kind, "example");
    let filled = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
    if context.named {
        let all = example
            .and_then(|example| example.get(format!("{prefix}_named_params")))
            .and_then(Value::as_array)
            .ok_or_else(lacking)?;
        let has = |name: &&str| {
            let mut all = all.iter();
            all.any(|one| one["param_name"] == **name && filled(&one["example"]))
        };
        return names.iter().all(has).then_some(()).ok_or_else(lacking);
    }
    let given = example
        .and_then(|example| example.get(prefix))
        .and_then(Value::as_array)
        .ok_or_else(lacking)?;
    // A body has a list of such lists, of which the first counts.
    let given = match given.first() {
        Some(Value::Array(inner)) => inner,
        _ => given,
    };
    let right = given.len() == names.len() && given.iter().all(filled);
    right.then_some(()).ok_or_else(lacking)
}

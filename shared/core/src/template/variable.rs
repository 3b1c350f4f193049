//! The variables in a template's text: `{{1}}`, `{{name}}`.

use std::collections::HashSet;

use super::definition::ParameterFormat;

/// A stretch of a template's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Text that stays as it is, single and lone braces included.
    Text(&'a str),
    /// What stands between two pairs of braces, without them.
    Variable(&'a str),
}

/// Cuts a text into its pieces, from left to right, in time linear in its length.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut kept, mut at) = (0, 0);
    while let Some(found) = text[at..].find("{{") {
        let open = at + found;
        let inside = open + 2;
        let Some((name, length)) = name(&text[inside..]) else {
            // The second brace may open a variable with a third one: `{{{1}}`.
            at = open + 1;
            continue;
        };
        if kept < open {
            pieces.push(Piece::Text(&text[kept..open]));
        }
        pieces.push(Piece::Variable(name));
        kept = inside + length;
        at = kept;
    }
    if kept < text.len() {
        pieces.push(Piece::Text(&text[kept..]));
    }
    pieces
}

/// The name at the beginning of `rest`, and how much of it the name takes with its closing braces. Blanks around the
/// name are Meta's habit to overlook.
fn name(rest: &str) -> Option<(&str, usize)> {
    let trimmed = rest.trim_start_matches(' ');
    let named = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let end = trimmed.find(|c| !named(c))?;
    let closing = trimmed[end..].trim_start_matches(' ').strip_prefix("}}")?;
    (end > 0).then(|| (&trimmed[..end], rest.len() - closing.len()))
}

/// Whether `name` is a variable in a template of this format: in a numbered one a name is a text like any other.
pub(super) fn is_variable(name: &str, format: ParameterFormat) -> bool {
    match format {
        ParameterFormat::Positional => number(name).is_some(),
        ParameterFormat::Named => true,
    }
}

/// The number that `name` writes, counted from 1.
pub(super) fn number(name: &str) -> Option<u32> {
    let number: u32 = name.parse().ok()?;
    (number > 0 && number.to_string() == name).then_some(number)
}

/// The variables of a text, each once: numbered ones by number, named ones as they appear.
pub(super) fn variables(text: &str, format: ParameterFormat) -> Vec<&str> {
    let mut seen = HashSet::new();
    let mut names: Vec<_> = pieces(text)
        .into_iter()
        .filter_map(|piece| match piece {
            Piece::Variable(name) => Some(name),
            Piece::Text(_) => None,
        })
        .filter(|name| is_variable(name, format) && seen.insert(*name))
        .collect();
    if format == ParameterFormat::Positional {
        names.sort_by_key(|name| number(name));
    }
    names
}

/// The text with each variable replaced by what `value` has for it, once: a value that looks like a variable stays as
/// it is, and so does a variable without a value.
pub(super) fn replaced<'v>(
    text: &str,
    format: ParameterFormat,
    value: impl Fn(&str) -> Option<&'v str>,
) -> String {
    let mut out = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Variable(name) => match value(name).filter(|_| is_variable(name, format)) {
                Some(value) => out.push_str(value),
                None => {
                    out.push_str("{{");
                    out.push_str(name);
                    out.push_str("}}");
                }
            },
        }
    }
    out
}

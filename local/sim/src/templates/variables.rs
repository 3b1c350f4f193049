//! Variables in a template's texts: `{{1}}` or `{{first_name}}`.

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    Plain(&'t str),
    /// The name or number between the braces.
    Variable(&'t str),
}

/// The pieces of a text. Braces that enclose neither a name nor a number are plain.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut plain_from = 0;
    let mut at = 0;
    while let Some(open) = text[at..].find("{{").map(|found| at + found) {
        let inside = open + 2;
        let Some(close) = text[inside..].find("}}").map(|found| inside + found) else {
            break;
        };
        let name = text[inside..close].trim();
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if name.is_empty() || !name.bytes().all(is_name) {
            at = inside;
            continue;
        }
        if plain_from < open {
            pieces.push(Piece::Plain(&text[plain_from..open]));
        }
        pieces.push(Piece::Variable(name));
        plain_from = close + 2;
        at = plain_from;
    }
    if plain_from < text.len() {
        pieces.push(Piece::Plain(&text[plain_from..]));
    }
    pieces
}

/// The variables of a text, each once, in the order in which they first come.
pub(super) fn variables(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for piece in pieces(text) {
        if let Piece::Variable(name) = piece
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    names
}

/// The text with values in place of its variables; a variable without one stays.
pub(super) fn fill<'v>(text: &str, value: impl Fn(&str) -> Option<&'v str>) -> String {
    let mut filled = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Plain(plain) => filled.push_str(plain),
            Piece::Variable(name) => match value(name) {
                Some(value) => filled.push_str(value),
                None => filled.extend(["{{", name, "}}"]),
            },
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_falls_into_pieces() {
        assert_eq!(
            pieces("Hi {{1}}, {{ name }}!{{}} {{a b}} {{x"),
            [
                Piece::Plain("Hi "),
                Piece::Variable("1"),
                Piece::Plain(", "),
                Piece::Variable("name"),
                Piece::Plain("!{{}} {{a b}} {{x"),
            ]
        );
        assert_eq!(variables("{{b}}{{a}}{{b}}"), ["b", "a"]);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic_and_without_values_it_stays(text in "[{} a1é]{0,40}") {
            let filled = fill(&text, |_| None);
            prop_assert_eq!(filled.replace(' ', ""), text.replace(' ', ""));
        }
    }
}

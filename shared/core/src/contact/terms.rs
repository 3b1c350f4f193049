//! By what contacts are found.

use std::collections::BTreeSet;
use std::fmt;

use crate::fold::fold;
use crate::id::Id;

/// Words of a name by which it is found.
const MOST_WORDS: usize = 5;

/// The longest of them, in characters; of a longer one its beginning.
const LONGEST_WORD: usize = 40;

/// The longest term, in characters: of a whole name or a tag its beginning. A key takes 1,024 bytes.
pub const LONGEST_TERM: usize = 100;

/// What a contact is found by. Its text is the beginning of a key, in which `#` ends it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContactTerm(String);

impl ContactTerm {
    /// A tag, however it is spelled.
    pub fn tag(tag: &str) -> Self {
        Self(format!("tag:{}", ended(&cut(&fold(tag), LONGEST_TERM))))
    }

    /// A list.
    pub fn list(list: Id) -> Self {
        Self(format!("list:{list}"))
    }

    /// How a name, or one of its words, begins.
    pub fn name(beginning: &str) -> Self {
        let folded = fold(beginning);
        match is_word(&folded) {
            true => Self::word(&folded),
            false => Self::whole_name(&folded),
        }
    }

    fn word(folded: &str) -> Self {
        Self(format!("name:{}", ended(&cut(folded, LONGEST_WORD))))
    }

    fn whole_name(folded: &str) -> Self {
        Self(format!("full:{}", ended(&cut(folded, LONGEST_TERM))))
    }

    /// The term as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ContactTerm {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// What a name is found by: each of its first words and, where it is more than one, all of it, so that `ali kh` finds
/// `Ali Khan`.
pub fn name_terms(name: &str) -> BTreeSet<ContactTerm> {
    let folded = fold(name);
    let words = folded.split(' ').filter(|word| !word.is_empty());
    let words = words.take(MOST_WORDS).map(ContactTerm::word);
    let whole = (!is_word(&folded)).then(|| ContactTerm::whole_name(&folded));
    words.chain(whole).collect()
}

/// Whether a folded text can be found among words.
fn is_word(folded: &str) -> bool {
    !folded.contains(' ') && folded.chars().count() <= LONGEST_WORD
}

fn cut(text: &str, longest: usize) -> String {
    text.chars().take(longest).collect()
}

/// The text without `#`, such that what begins alike still does.
fn ended(text: &str) -> String {
    text.replace('%', "%25").replace('#', "%23")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(name: &str) -> Vec<String> {
        let terms = name_terms(name);
        terms.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_name_is_found_by_its_words_and_as_a_whole() {
        assert_eq!(
            texts("Ali  KHAN"),
            ["full:ali khan", "name:ali", "name:khan"]
        );
        assert_eq!(texts("Sara"), ["name:sara"]);
        assert_eq!(texts(" "), [""; 0]);
        assert_eq!(texts("a b c d e f g").len(), MOST_WORDS + 1);
        assert_eq!(
            texts("#1 100%"),
            ["full:%231 100%25", "name:%231", "name:100%25"]
        );
    }

    #[test]
    fn a_tag_is_found_however_it_is_spelled() {
        assert_eq!(ContactTerm::tag("STRASSE"), ContactTerm::tag("straße"));
        assert_eq!(ContactTerm::tag("a#b").as_str(), "tag:a%23b");
    }

    proptest! {
        #[test]
        fn a_name_is_found_by_how_it_begins(name in "\\PC{1,60}", length in 1_usize..60) {
            let beginning: String = fold(&name).chars().take(length).collect();
            let wanted = ContactTerm::name(&beginning);
            // What is cut within a letter and its mark is another letter once it is folded.
            prop_assume!(fold(&name).starts_with(&fold(&beginning)));
            let found = name_terms(&name).iter().any(|term| term.as_str().starts_with(wanted.as_str()));
            prop_assert!(found || fold(&name).is_empty());
        }

        #[test]
        fn a_term_fits_a_key(text in "\\PC{0,300}") {
            for term in name_terms(&text).into_iter().chain([ContactTerm::tag(&text)]) {
                prop_assert!(term.as_str().len() < 1_000);
                prop_assert!(!term.as_str().contains('#'));
            }
        }
    }
}

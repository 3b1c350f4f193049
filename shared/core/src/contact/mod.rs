//! What a business may write down of a contact, and by what words a contact is found.

mod terms;

use std::collections::{BTreeMap, BTreeSet};

use crate::fold::fold;

pub use terms::{ContactTerm, LONGEST_TERM, name_terms};

/// Most tags of a contact.
pub const MOST_TAGS: usize = 100;

/// The longest tag, in characters.
pub const LONGEST_TAG: usize = 64;

/// Most attributes of a contact.
pub const MOST_ATTRIBUTES: usize = 100;

/// The longest name of an attribute, in characters.
pub const LONGEST_ATTRIBUTE_NAME: usize = 64;

/// The longest value of an attribute, in characters.
pub const LONGEST_ATTRIBUTE: usize = 1_024;

/// Most bytes of all attributes of a contact, their names counted in: a page of contacts has to fit an answer.
pub const MOST_ATTRIBUTE_BYTES: usize = 32 * 1_024;

/// Most lists that a contact is on.
pub const MOST_LISTS: usize = 100;

/// The longest name of a contact, in characters.
pub const LONGEST_NAME: usize = 200;

/// The longest name of a list of contacts, in characters.
pub const LONGEST_LIST_NAME: usize = 100;

/// What cannot be written down of a contact, and why, as a caller is told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidContact {
    /// The name is empty or too long.
    #[error("name: must have 1 to {LONGEST_NAME} characters")]
    Name,
    /// The name of a list is empty or too long.
    #[error("name: must have 1 to {LONGEST_LIST_NAME} characters")]
    ListName,
    /// A tag is empty or too long.
    #[error("tags: each must have 1 to {LONGEST_TAG} characters")]
    Tag,
    /// There are too many tags.
    #[error("tags: there may be at most {MOST_TAGS}")]
    Tags,
    /// The name of an attribute is empty or too long.
    #[error("attributes: each name must have 1 to {LONGEST_ATTRIBUTE_NAME} characters")]
    AttributeName,
    /// The value of an attribute is too long.
    #[error("attributes: each value may have at most {LONGEST_ATTRIBUTE} characters")]
    Attribute,
    /// There are too many attributes.
    #[error("attributes: there may be at most {MOST_ATTRIBUTES}")]
    Attributes,
    /// The attributes are too long together.
    #[error("attributes: all together may have at most {MOST_ATTRIBUTE_BYTES} bytes")]
    AttributeBytes,
    /// There are too many lists.
    #[error("lists: a contact may be on at most {MOST_LISTS}")]
    Lists,
}

/// The name that a business gives a contact, without the blanks around it.
///
/// # Errors
/// If it is empty or longer than [`LONGEST_NAME`].
pub fn name(text: &str) -> Result<String, InvalidContact> {
    within(text, LONGEST_NAME).ok_or(InvalidContact::Name)
}

/// The name of a list of contacts, without the blanks around it.
///
/// # Errors
/// If it is empty or longer than [`LONGEST_LIST_NAME`].
pub fn list_name(text: &str) -> Result<String, InvalidContact> {
    within(text, LONGEST_LIST_NAME).ok_or(InvalidContact::ListName)
}

/// The tags as they are kept: without the blanks around them, each once however it is spelled, and in order. Of several
/// spellings of one the first stays, so that what a contact has is given before what is added.
///
/// # Errors
/// If one is empty or too long, or there are too many.
pub fn tags<T: AsRef<str>>(
    given: impl IntoIterator<Item = T>,
) -> Result<Vec<String>, InvalidContact> {
    let mut known = BTreeSet::new();
    let mut tags = Vec::new();
    for tag in given {
        let tag = within(tag.as_ref(), LONGEST_TAG).ok_or(InvalidContact::Tag)?;
        let folded = fold(&tag);
        if folded.is_empty() {
            return Err(InvalidContact::Tag);
        }
        if known.insert(folded) {
            tags.push(tag);
        }
        if tags.len() > MOST_TAGS {
            return Err(InvalidContact::Tags);
        }
    }
    tags.sort_unstable();
    Ok(tags)
}

/// The tags of two contacts who are one: the first one's, and as many of the other's as there may be.
pub fn join_tags(first: Vec<String>, second: Vec<String>) -> Vec<String> {
    let mut known: BTreeSet<String> = first.iter().map(|tag| fold(tag)).collect();
    let mut tags = first;
    for tag in second {
        if tags.len() < MOST_TAGS && known.insert(fold(&tag)) {
            tags.push(tag);
        }
    }
    tags.sort_unstable();
    tags
}

/// The attributes of two contacts who are one: the first one's, and of the other's what there may be besides.
pub fn join_attributes(
    first: BTreeMap<String, String>,
    second: BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let mut attributes = first;
    for (name, value) in second {
        let mut more = attributes.clone();
        more.entry(name).or_insert(value);
        if check_attributes(&more).is_ok() {
            attributes = more;
        }
    }
    attributes
}

/// Whether these attributes may be kept.
///
/// # Errors
/// If there are too many, or one of them or all together are too long.
pub fn check_attributes(attributes: &BTreeMap<String, String>) -> Result<(), InvalidContact> {
    if attributes.len() > MOST_ATTRIBUTES {
        return Err(InvalidContact::Attributes);
    }
    for (name, value) in attributes {
        if within(name, LONGEST_ATTRIBUTE_NAME).is_none() {
            return Err(InvalidContact::AttributeName);
        }
        if value.chars().count() > LONGEST_ATTRIBUTE {
            return Err(InvalidContact::Attribute);
        }
    }
    let bytes: usize = attributes
        .iter()
        .map(|(name, value)| name.len() + value.len())
        .sum();
    match bytes > MOST_ATTRIBUTE_BYTES {
        true => Err(InvalidContact::AttributeBytes),
        false => Ok(()),
    }
}

/// The text without the blanks around it, if it has as many characters as it may have.
fn within(text: &str, longest: usize) -> Option<String> {
    let text = text.trim();
    let length = text.chars().count();
    (1..=longest).contains(&length).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_there_once_however_it_is_spelled() {
        let given = [" vip ", "VIP", "Straße", "STRASSE", "b"];
        assert_eq!(
            tags(given),
            Ok(vec!["Straße".into(), "b".into(), "vip".into()])
        );
        assert_eq!(tags([" "]), Err(InvalidContact::Tag));
        assert_eq!(tags(["\u{200b}"]), Err(InvalidContact::Tag));
        assert_eq!(tags(["a".repeat(65)]), Err(InvalidContact::Tag));
        let many = (0..101).map(|n| n.to_string());
        assert_eq!(tags(many), Err(InvalidContact::Tags));
        assert_eq!(tags(std::iter::repeat_n("a", 500)).map(|t| t.len()), Ok(1));
    }

    #[test]
    fn a_name_has_1_to_200_characters() {
        assert_eq!(name("  Ali Khan "), Ok("Ali Khan".to_owned()));
        assert_eq!(name(" \n"), Err(InvalidContact::Name));
        assert_eq!(name(&"ü".repeat(200)).map(|n| n.len()), Ok(400));
        assert_eq!(name(&"ü".repeat(201)), Err(InvalidContact::Name));
    }

    #[test]
    fn attributes_are_held_to_their_limits() {
        let one = |name: &str, value: &str| BTreeMap::from([(name.to_owned(), value.to_owned())]);
        assert_eq!(check_attributes(&one("city", "")), Ok(()));
        let long = "x".repeat(LONGEST_ATTRIBUTE + 1);
        assert_eq!(
            check_attributes(&one("city", &long)),
            Err(InvalidContact::Attribute)
        );
        assert_eq!(
            check_attributes(&one(" ", "x")),
            Err(InvalidContact::AttributeName)
        );
        let all = |count: usize, value: &str| -> BTreeMap<String, String> {
            let names = (0..count).map(|n| n.to_string());
            names.map(|name| (name, value.to_owned())).collect()
        };
        assert_eq!(check_attributes(&all(100, "x")), Ok(()));
        assert_eq!(
            check_attributes(&all(101, "x")),
            Err(InvalidContact::Attributes)
        );
        assert_eq!(
            check_attributes(&all(40, &"x".repeat(1_000))),
            Err(InvalidContact::AttributeBytes)
        );
    }
}

//! Which contacts a list shows.

use openwati_core::fold::fold;
use openwati_core::id::Id;
use openwati_core::message::Recipient;
use openwati_core::phone::PhoneNumber;
use openwati_store::contact::{ContactRecord, ContactsBy};

use super::invalid;
use crate::error::Error;

/// Which contacts a list shows: those that all of this is true of.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// How their name begins, or a word of it; or how their number begins, where it is one.
    pub search: Option<String>,
    /// How their name begins, or a word of it.
    pub name: Option<String>,
    /// How their number begins.
    pub phone: Option<String>,
    /// A tag that they have.
    pub tag: Option<String>,
    /// A list that they are on.
    pub list: Option<Id>,
    /// Attributes that they have, by name and value.
    pub attributes: Vec<(String, String)>,
    /// Whether they opted out.
    pub opted_out: Option<bool>,
    /// How many, at least 1.
    pub limit: usize,
    /// Where the last page ended.
    pub cursor: Option<String>,
}

/// How a list is read: by an index, and what else is asked of each contact that it leads to.
#[derive(Debug)]
pub(super) struct Way {
    by: By,
    rest: Vec<Condition>,
    pub(super) opted_out: Option<bool>,
}

/// The index that leads.
#[derive(Debug, Clone, PartialEq, Eq)]
enum By {
    Number(String),
    Name(String),
    List(Id),
    Tag(String),
    All,
}

/// What is asked of a contact.
#[derive(Debug, PartialEq, Eq)]
enum Condition {
    By(By),
    Attribute(String, String),
}

impl Filter {
    /// Whether it names a number as it is dialled at home, which depends on the tenant's country.
    pub(super) fn is_local(&self) -> bool {
        let numbers = [&self.phone, &self.search].into_iter().flatten();
        let mut numbers = numbers.filter_map(|text| digits(text));
        numbers.any(|digits| digits.starts_with('0') && !digits.starts_with("00"))
    }

    /// How the list is read, for a tenant of this country.
    pub(super) fn way(&self, country: Option<&str>) -> Result<Way, Error> {
        let mut all = Vec::new();
        if let Some(phone) = &self.phone {
            let number = number(phone, country);
            all.push(By::Number(number.ok_or_else(|| {
                invalid("phone: must be a number, or how one begins")
            })?));
        }
        if let Some(search) = &self.search {
            all.push(match number(search, country) {
                Some(number) => By::Number(number),
                None => By::Name(fold(search)),
            });
        }
        all.extend(self.name.as_deref().map(|name| By::Name(fold(name))));
        all.extend(self.list.map(By::List));
        all.extend(self.tag.as_deref().map(|tag| By::Tag(fold(tag))));
        all.retain(|by| !matches!(by, By::Name(name) if name.is_empty()));
        let leads = all.iter().position(|by| matches!(by, By::Number(_)));
        let by = match all.is_empty() {
            true => By::All,
            false => all.remove(leads.unwrap_or_default()),
        };
        let rest = all.into_iter().map(Condition::By);
        let attributes = self.attributes.iter();
        let attributes =
            attributes.map(|(name, value)| Condition::Attribute(name.clone(), fold(value)));
        Ok(Way {
            by,
            rest: rest.chain(attributes).collect(),
            opted_out: self.opted_out,
        })
    }
}

impl Way {
    /// The index that leads.
    pub(super) fn by(&self) -> ContactsBy<'_> {
        match &self.by {
            By::Number(digits) => ContactsBy::Number(digits),
            By::Name(name) => ContactsBy::Name(name),
            By::List(list) => ContactsBy::List(*list),
            By::Tag(tag) => ContactsBy::Tag(tag),
            By::All => ContactsBy::All,
        }
    }

    /// A letter for the index that leads: the places of one are none of another.
    pub(super) fn letter(&self) -> char {
        match &self.by {
            By::Number(_) => 'p',
            By::Name(_) => 'n',
            By::List(_) => 'l',
            By::Tag(_) => 't',
            By::All => 'a',
        }
    }

    /// Whether every contact that the index leads to is to be shown.
    pub(super) fn is_whole(&self) -> bool {
        self.rest.is_empty() && self.opted_out.is_none()
    }

    /// Whether all that is asked of a contact is true of this one, but for whether they opted out.
    pub(super) fn fits(&self, contact: &ContactRecord) -> bool {
        self.rest.iter().all(|condition| match condition {
            Condition::By(by) => by.fits(contact),
            Condition::Attribute(name, value) => {
                let own = contact.attributes.get(name);
                own.is_some_and(|own| fold(own) == *value)
            }
        })
    }
}

impl By {
    fn fits(&self, contact: &ContactRecord) -> bool {
        match self {
            Self::Number(digits) => contact.keys.iter().any(|key| match key {
                Recipient::Phone(number) => number.as_str().starts_with(digits),
                Recipient::UserId(_) => false,
            }),
            Self::Name(wanted) => contact.shown_name().is_some_and(|name| {
                let name = fold(name);
                let mut words = name.split(' ');
                name.starts_with(wanted) || words.any(|word| word.starts_with(wanted))
            }),
            Self::List(list) => contact.lists.contains(list),
            Self::Tag(wanted) => contact.tags.iter().any(|tag| fold(tag) == *wanted),
            Self::All => true,
        }
    }
}

/// The digits of a text that is a number, or how one begins. A `+` may have become a blank on its way in a query.
fn digits(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text.strip_prefix('+').unwrap_or(text);
    let plain = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '-' | '.' | '(' | ')' | '/');
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    (!digits.is_empty() && text.chars().all(plain)).then_some(digits)
}

/// How a number begins, with its country code. A whole number as it is dialled at home is taken as one of the tenant's
/// country.
fn number(text: &str, country: Option<&str>) -> Option<String> {
    let digits = digits(text)?;
    if let Some(rest) = digits.strip_prefix("00") {
        return Some(rest.to_owned());
    }
    if digits.starts_with('0')
        && let Ok(number) = PhoneNumber::parse(&digits, country)
    {
        return Some(number.as_str().to_owned());
    }
    Some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by(filter: &Filter) -> By {
        filter.way(Some("PK")).unwrap().by
    }

    fn search(text: &str) -> By {
        by(&Filter {
            search: Some(text.to_owned()),
            ..Filter::default()
        })
    }

    #[test]
    fn a_search_is_a_number_where_it_is_one_and_else_a_name() {
        let number = |digits: &str| By::Number(digits.to_owned());
        for text in ["92300", "+92300", " 92300", "+92 (300)", "0092300"] {
            assert_eq!(search(text), number("92300"), "{text}");
        }
        assert_eq!(search("0300 1234567"), number("923001234567"));
        assert_eq!(search("0300"), number("0300"));
        assert_eq!(search("Ali  KHAN"), By::Name("ali khan".to_owned()));
        assert_eq!(search("24 Shop"), By::Name("24 shop".to_owned()));
        assert_eq!(search("+"), By::Name("+".to_owned()));
        assert_eq!(search(" "), By::All);
    }

    #[test]
    fn a_number_leads_before_a_name_and_a_name_before_lists_and_tags() {
        let filter = Filter {
            name: Some("Ali".to_owned()),
            phone: Some("+92".to_owned()),
            tag: Some("VIP".to_owned()),
            ..Filter::default()
        };
        let way = filter.way(None).unwrap();
        assert_eq!(way.by, By::Number("92".to_owned()));
        assert!(!way.is_whole());
        let way = Filter {
            phone: None,
            ..filter
        };
        assert_eq!(by(&way), By::Name("ali".to_owned()));
    }

    #[test]
    fn a_phone_that_is_none_is_refused() {
        let filter = Filter {
            phone: Some("Ali".to_owned()),
            ..Filter::default()
        };
        assert!(filter.way(None).is_err());
    }
}

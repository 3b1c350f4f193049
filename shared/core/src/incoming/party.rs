//! The customer of a message.

use serde_json::Value;

use super::read::text;
use crate::message::{Bsuid, Recipient};
use crate::phone::PhoneNumber;

/// A customer, by whatever WhatsApp says of them: a number, an id, or both.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Party {
    /// The number, as WhatsApp's id of it.
    pub phone: Option<PhoneNumber>,
    /// The business-scoped user id.
    pub user_id: Option<Bsuid>,
    /// The id that the business's whole portfolio knows them by.
    pub parent_user_id: Option<Bsuid>,
}

/// How a customer presents themselves.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Profile {
    /// The name that they gave themselves.
    pub name: Option<String>,
    /// The name that they are found by.
    pub username: Option<String>,
}

/// The longest name that is kept, in characters. WhatsApp's own limit is 25; who knows what comes.
const LONGEST_NAME: usize = 256;

impl Party {
    /// The peer of the messages with them: the number where it is known, else the id.
    pub fn peer(&self) -> Option<Recipient> {
        let phone = self.phone.clone().map(Recipient::Phone);
        phone.or_else(|| self.user_id.clone().map(Recipient::UserId))
    }

    /// Everything that leads to them: the number in either of its spellings, and the id.
    pub fn keys(&self) -> Vec<Recipient> {
        let other = self.phone.as_ref().and_then(PhoneNumber::other_spelling);
        let phones = self.phone.iter().cloned().chain(other);
        let user_ids = self.user_id.iter().cloned().map(Recipient::UserId);
        phones.map(Recipient::Phone).chain(user_ids).collect()
    }

    /// From the members of these names.
    pub(super) fn of(node: &Value, phone: &str, user_id: &str, parent: &str) -> Self {
        let bsuid = |name| Bsuid::parse(&text(node, name)?);
        Self {
            phone: text(node, phone).and_then(|digits| PhoneNumber::from_digits(&digits)),
            user_id: bsuid(user_id),
            parent_user_id: bsuid(parent),
        }
    }

    /// What is not known yet, from the contact that came along.
    pub(super) fn or(mut self, contact: &Value) -> Self {
        let other = Self::of(contact, "wa_id", "user_id", "parent_user_id");
        self.user_id = self.user_id.or(other.user_id);
        self.parent_user_id = self.parent_user_id.or(other.parent_user_id);
        // Only of a message that names nobody by number: a group's contacts may be several.
        self.phone = self.phone.or(other.phone);
        self
    }
}

impl Profile {
    pub(super) fn of(contact: &Value) -> Self {
        let profile = contact.get("profile").unwrap_or(&Value::Null);
        let named = |name| {
            let text: String = text(profile, name)?.chars().take(LONGEST_NAME).collect();
            Some(text).filter(|text| !text.trim().is_empty())
        };
        Self {
            name: named("name"),
            username: named("username"),
        }
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::phone::PhoneNumber;

/// A business-scoped user id: what WhatsApp calls a person whose phone number the business does
/// not know.
///
/// Two capital letters of a country and a point, `ENT.` where the id is that of a whole business
/// portfolio, then 1 to 128 letters and digits: `US.13491208655302741918`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Bsuid(String);

/// Most letters and digits behind the last point of a [`Bsuid`].
const BSUID_LONGEST: usize = 128;

impl Bsuid {
    /// Reads the id; `None` where the text has not its form.
    pub fn parse(text: &str) -> Option<Self> {
        let (country, rest) = text.split_once('.')?;
        let id = rest.strip_prefix("ENT.").unwrap_or(rest);
        let fits = country.len() == 2
            && country.bytes().all(|b| b.is_ascii_uppercase())
            && (1..=BSUID_LONGEST).contains(&id.len())
            && id.bytes().all(|b| b.is_ascii_alphanumeric());
        fits.then(|| Self(text.to_owned()))
    }

    /// The id as WhatsApp writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Bsuid {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// To whom a message goes: the peer of a conversation.
///
/// It is written as one string, the peer: digits or a BSUID, which can not be taken for each other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Recipient {
    /// A phone number.
    Phone(PhoneNumber),
    /// A person known by id alone.
    UserId(Bsuid),
}

/// The text is neither the digits of a phone number nor a business-scoped user id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("neither the digits of a phone number nor a business-scoped user id")]
pub struct NotAPeer;

impl Recipient {
    /// Reads a peer as it is stored: digits without `+`, or a BSUID.
    pub fn parse_peer(peer: &str) -> Option<Self> {
        PhoneNumber::from_digits(peer)
            .map(Self::Phone)
            .or_else(|| Bsuid::parse(peer).map(Self::UserId))
    }

    /// The peer as it is stored.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Phone(number) => number.as_str(),
            Self::UserId(id) => id.as_str(),
        }
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl TryFrom<String> for Bsuid {
    type Error = NotAPeer;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or(NotAPeer)
    }
}

impl From<Bsuid> for String {
    fn from(id: Bsuid) -> Self {
        id.0
    }
}

impl TryFrom<String> for Recipient {
    type Error = NotAPeer;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse_peer(&text).ok_or(NotAPeer)
    }
}

impl From<Recipient> for String {
    fn from(recipient: Recipient) -> Self {
        recipient.as_str().to_owned()
    }
}

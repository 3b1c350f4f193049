//! What comes in: one message of Meta's callback, read once and for every kind.
//!
//! The wire grows: a kind that is not known keeps its node as it came, what goes along with a message and is not known
//! is kept beside it, and nothing is refused for its content. Shapes are those of Meta's "Messages webhook reference"
//! for the WhatsApp Cloud API.

mod act;
mod file;
mod party;
mod read;
#[cfg(test)]
mod tests;
mod words;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use self::act::{Act, Amendment, NewIdentity};
pub use self::file::File;
pub use self::party::{Party, Profile};
pub use self::read::{Arrived, Unreadable};

use crate::message::Object;

/// What a message from outside holds, as it is kept: `{"kind": "location", "text": "…", "payload": {…}}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Incoming {
    /// WhatsApp's word for its kind: `text`, `sticker`, `interactive`, …. Any word may come.
    pub kind: String,
    /// What a person reads: its own words where it has some, else a word in brackets, like `[sticker]`.
    pub text: String,
    /// The kind's own node as it came; none where the text says it all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload: Option<Value>,
    /// WhatsApp's id of the message that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// Whether it was written for somebody else first.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub forwarded: bool,
    /// What else came along, as it came: the quoted message and product, the advertisement that was tapped, errors, and
    /// whatever is not known.
    #[serde(default, skip_serializing_if = "Object::is_empty")]
    pub more: Object,
    /// The number of the business that it came to, or was sent by, as digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business: Option<String>,
    /// Where the whole message lies in the bucket, where it is too large for an item; text and payload are cut then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whole: Option<String>,
}

//! What a message does besides being there.

use serde_json::Value;

use super::party::Party;
use super::read::{id, text};
use super::words;

/// What a message does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// It tells something: it is new to its reader.
    Tells,
    /// It changes another message.
    Amends {
        /// WhatsApp's id of that message.
        target: String,
        /// How.
        amendment: Amendment,
    },
    /// WhatsApp says that the customer is known by something else from now on.
    Moves(NewIdentity),
    /// WhatsApp says something else about the customer.
    Notes,
}

/// How a message is changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Amendment {
    /// An emoji on it; none takes the reaction back.
    Reaction(Option<String>),
    /// Other words; what a person reads from now on.
    Edit(String),
    /// It is taken back.
    Revoke,
}

/// The longest emoji that is kept, in characters: a family of eight with skin tones has fewer.
const LONGEST_EMOJI: usize = 64;

/// The longest text that replaces another's, in characters. WhatsApp's own limit is 4,096; an item holds this one in any
/// alphabet.
const LONGEST_EDIT: usize = 16 * 1024;

/// What a customer is known by from now on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewIdentity(pub Party);

impl Act {
    /// What a message of this kind with this node does.
    pub(super) fn of(kind: &str, node: &Value) -> Self {
        let amends = |target: &str, amendment| match id(node, target) {
            Some(target) => Self::Amends { target, amendment },
            None => Self::Notes,
        };
        let cut = |text: String, longest| text.chars().take(longest).collect::<String>();
        match kind {
            "reaction" => {
                let emoji = text(node, "emoji").filter(|emoji| !emoji.is_empty());
                let emoji = emoji.map(|emoji| cut(emoji, LONGEST_EMOJI));
                amends("message_id", Amendment::Reaction(emoji))
            }
            "edit" => {
                let words = words::of_message(node.get("message").unwrap_or(&Value::Null));
                amends(
                    "original_message_id",
                    Amendment::Edit(cut(words, LONGEST_EDIT)),
                )
            }
            "revoke" => amends("original_message_id", Amendment::Revoke),
            "system" => moves(node),
            _ => Self::Tells,
        }
    }
}

fn moves(node: &Value) -> Act {
    const CHANGES: [&str; 3] = [
        "user_changed_number",
        "customer_changed_number",
        "user_changed_user_id",
    ];
    let kind = text(node, "type").unwrap_or_default();
    // Older callbacks name the new number otherwise.
    let phone = if node.get("wa_id").is_some() {
        "wa_id"
    } else {
        "new_wa_id"
    };
    let identity = Party::of(node, phone, "user_id", "parent_user_id");
    if CHANGES.contains(&kind.as_str()) && identity.peer().is_some() {
        return Act::Moves(NewIdentity(identity));
    }
    Act::Notes
}

use serde::{Deserialize, Serialize};

/// Tells a customer that their message was read, and perhaps that an answer is being written.
///
/// It is no message: nothing is delivered, there is no id and no status. Meta marks the earlier
/// messages of the conversation as read with it, and shows the typing bubble until the next
/// message or for 25 seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadReceipt {
    /// WhatsApp's id of the customer's message.
    pub message_id: String,
    /// Whether the customer sees that somebody is typing.
    #[serde(default)]
    pub typing: bool,
}

//! The request, as OpenAI's API reference has it under "Create chat completion".

use serde::Serialize;

/// Who says something in a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Whoever set the AI up.
    System,
    /// Whoever it talks with.
    User,
    /// The AI, or whoever it speaks for.
    Assistant,
}

/// What somebody said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChatMessage {
    /// Who.
    pub role: Role,
    /// What.
    pub content: String,
}

impl ChatMessage {
    /// What `role` said.
    pub fn new(role: Role, content: impl Into<String>) -> Self {
        Self {
            role,
            content: content.into(),
        }
    }
}

/// The body of a request.
#[derive(Serialize)]
pub(super) struct Body<'a> {
    pub(super) model: &'a str,
    pub(super) messages: &'a [ChatMessage],
    /// The whole answer at once. It is the default of the API, but not of every endpoint that follows it.
    pub(super) stream: bool,
}

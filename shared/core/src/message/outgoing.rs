use serde::{Deserialize, Serialize};

use super::{
    check,
    content::{Content, Kind, Text},
    invalid::{Invalid, Problem},
};

/// A message to send: what it holds and what it answers.
///
/// It is stored as `{"type": "text", "text": {"body": "…"}, "reply_to": "wamid…"}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outgoing {
    /// What it holds.
    #[serde(flatten)]
    pub content: Content,
    /// WhatsApp's id of the message that it quotes. It travels as `context.message_id`; WhatsApp
    /// leaves the quote out where it does not know the id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// What a person reads of it, where the content alone does not tell: the approved text of a template, filled. It is
    /// stored and not sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reads: Option<String>,
}

impl From<Content> for Outgoing {
    fn from(content: Content) -> Self {
        Self {
            content,
            reply_to: None,
            reads: None,
        }
    }
}

impl Outgoing {
    /// A plain text without link previews.
    pub fn text(body: impl Into<String>) -> Self {
        let body = body.into();
        let preview_url = false;
        let text = Text { body, preview_url };
        Content::Text { text }.into()
    }

    /// The kind of the message.
    pub fn kind(&self) -> Kind {
        self.content.kind()
    }

    /// What a person reads of the message in a list: its own words where it has some, else a word
    /// in brackets, like `[image]`.
    pub fn preview(&self) -> String {
        let reads = self.reads.clone().filter(|reads| !reads.is_empty());
        reads.unwrap_or_else(|| self.content.preview())
    }

    /// Checks Meta's limits, so that what passes is refused by WhatsApp only for reasons that
    /// can not be known here (an unknown template, a closed 24-hour window, …).
    ///
    /// # Errors
    /// The first field that breaks a rule, and the rule.
    pub fn validate(&self) -> Result<(), Invalid> {
        if let Some(id) = &self.reply_to {
            if self.kind() == Kind::Reaction {
                return Err(Invalid::new("reply_to", Problem::NotAllowed));
            }
            check::present("reply_to", id)?;
        }
        self.content.validate()
    }
}

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::message::written::{AskedAnswer, Wrong};

/// One answer of a rule, kept and shown as it was written: a text, or an object with exactly one of `text`, `media`,
/// `template` and `interactive`, which hold what the endpoint takes that sends such a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Answer(Value);

impl Answer {
    /// An answer that can be sent, as far as that can be told without looking at anything.
    ///
    /// # Errors
    /// The first field that is not what it must be.
    pub fn new(written: Value) -> Result<Self, Wrong> {
        AskedAnswer::read(&written)?;
        Ok(Self(written))
    }

    /// As it was written.
    pub fn written(&self) -> &Value {
        &self.0
    }

    /// What is to be sent.
    ///
    /// # Errors
    /// If it was kept by a version that took what this one does not.
    pub fn asked(&self) -> Result<AskedAnswer, Wrong> {
        AskedAnswer::read(&self.0)
    }

    /// What it says, if it is a plain text.
    pub fn text(&self) -> Option<&str> {
        self.0.as_str().or_else(|| self.0.get("text")?.as_str())
    }
}

impl From<String> for Answer {
    fn from(text: String) -> Self {
        Self(Value::String(text))
    }
}

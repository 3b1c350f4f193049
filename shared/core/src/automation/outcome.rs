use serde::{Deserialize, Serialize};

/// What became of a customer's message, as the log shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A rule answered.
    Keyword,
    /// The AI answered.
    Ai,
    /// The AI would have answered, and its day is used up.
    QuotaExceeded,
    /// The AI was asked, and nothing came of it that could be sent.
    AiFailed,
    /// The away message was sent.
    Away,
    /// The customer wrote a word to opt out with.
    OptedOut,
    /// The customer wrote a word to opt in again with.
    OptedIn,
    /// Something would have answered, and the conversation has had its automatic answers of the hour.
    Braked,
    /// Something would have answered, and the customer has opted out.
    Suppressed,
    /// A rule was answering, and was removed or switched off between its steps.
    Stopped,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Keyword,
        Self::Ai,
        Self::QuotaExceeded,
        Self::AiFailed,
        Self::Away,
        Self::OptedOut,
        Self::OptedIn,
        Self::Braked,
        Self::Suppressed,
        Self::Stopped,
    ];

    /// The name in the API and in the store.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Keyword => "keyword",
            Self::Ai => "ai",
            Self::QuotaExceeded => "quota_exceeded",
            Self::AiFailed => "ai_failed",
            Self::Away => "away",
            Self::OptedOut => "opted_out",
            Self::OptedIn => "opted_in",
            Self::Braked => "braked",
            Self::Suppressed => "suppressed",
            Self::Stopped => "stopped",
        }
    }

    /// The outcome of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.name() == name)
    }
}

/// What the AI answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatAnswer {
    /// Its text without white space around it; never empty.
    pub text: String,
    /// The model that answered, as the endpoint tells it: it may name a version more exactly than was asked for.
    pub model: Option<String>,
    /// The tokens of question and answer together, where the endpoint counts them.
    pub tokens: Option<u64>,
}

/// Why there is no answer. None of it holds a word of the endpoint's or of the conversation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChatFailure {
    /// It was not complete when the time was over.
    #[error("no answer in time")]
    TimedOut,
    /// The endpoint wants to be asked less often.
    #[error("the AI is asked too often")]
    TooBusy,
    /// The model refused to answer, or a filter withheld what it said.
    #[error("the model refused to answer")]
    Refused,
    /// There is no text in the answer.
    #[error("the answer is empty")]
    Empty,
    /// The endpoint answered another status than a success.
    #[error("the endpoint answered {http_status}")]
    Status {
        /// The status.
        http_status: u16,
    },
    /// What came is no chat completion.
    #[error("the answer is no chat completion")]
    Garbage,
    /// The answer is longer than any answer to a customer.
    #[error("the answer is too long")]
    TooLong,
    /// The connection ended before the answer was complete.
    #[error("the connection was lost")]
    ConnectionLost,
    /// No connection was made.
    #[error("the endpoint can not be reached: {detail}")]
    Unreachable {
        /// What failed, for logs; without the URL.
        detail: String,
    },
}

impl ChatFailure {
    /// A name of it that stays, for the tenant's log.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TimedOut => "timed_out",
            Self::TooBusy => "too_busy",
            Self::Refused => "refused",
            Self::Empty => "empty",
            Self::Status { .. } => "http_error",
            Self::Garbage => "garbage",
            Self::TooLong => "too_long",
            Self::ConnectionLost => "connection_lost",
            Self::Unreachable { .. } => "unreachable",
        }
    }
}

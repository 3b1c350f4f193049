use std::{fmt, time::Duration};

use openwati_core::graph_error::Class;

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// WhatsApp took it; whether it arrives, statuses will tell.
    Accepted {
        /// WhatsApp's id of the message.
        wamid: String,
        /// The recipient's number as WhatsApp writes it, which may differ from the one that was
        /// sent to (Brazil, Mexico, Argentina). Absent for recipients known by user id alone.
        wa_id: Option<String>,
        /// The recipient's business-scoped user id.
        user_id: Option<String>,
        /// For templates: `accepted`, `held_for_quality_assessment` or `paused`.
        message_status: Option<String>,
    },
    /// It certainly was not sent.
    Refused(Refusal),
    /// It may have been sent: it must not be sent again by itself.
    Unknown {
        /// What kept the answer away.
        reason: UnknownReason,
    },
}

/// Why a call other than the sending of a message failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// It certainly had no effect.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It may have had its effect.
    #[error("the outcome is unknown: {0}")]
    Unknown(UnknownReason),
}

/// Why a call certainly had no effect.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No connection was made, or none could be used.
    #[error("WhatsApp can not be reached: {detail}")]
    Unreachable {
        /// What failed, for logs; it holds no secret and no address of the call.
        detail: String,
    },
    /// The stored token can not be written into a request.
    #[error("the stored access token is malformed")]
    MalformedToken,
    /// Meta said no.
    #[error(transparent)]
    Graph(#[from] Box<GraphError>),
}

/// An error as Graph tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphError {
    /// Status of the answer, which decides nothing.
    pub http_status: u16,
    /// Meta's code.
    pub code: i64,
    /// A finer code, seldom given.
    pub subcode: Option<i64>,
    /// The code's name in Meta's words, without the code.
    pub title: String,
    /// Meta's whole message, like `(#131030) Recipient phone number not in allowed list`.
    pub message: String,
    /// What exactly was wrong, in Meta's words.
    pub details: Option<String>,
    /// What Meta's support asks for.
    pub fbtrace_id: Option<String>,
    /// How long Meta asks to wait, where it does; a day at most.
    pub retry_after: Option<Duration>,
    /// What the code means.
    pub class: &'static Class,
}

impl fmt::Display for GraphError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "WhatsApp refused: {} ({})",
            self.class.meaning, self.code
        )
    }
}

impl std::error::Error for GraphError {}

/// What kept Graph's answer away after the request may have been sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnknownReason {
    /// The answer was not complete when the time was over.
    #[error("no answer in time")]
    TimedOut,
    /// The connection ended before the answer was complete.
    #[error("the connection was lost")]
    ConnectionLost,
    /// An answer came that is not Graph's: from a proxy, cut, too long, or without what it should hold.
    #[error("an answer that is not Graph's (status {http_status})")]
    NotGraph {
        /// Status of the answer.
        http_status: u16,
    },
}

//! What Meta's error codes mean, as data: what to tell people, whether to try again, and what it
//! says about the sending number.
//!
//! The same code may come as the answer to a call, in a `failed` status, and in a callback's
//! `errors`; it means the same everywhere. Codes, never titles, are decided on. Codes and their
//! meaning are those of Meta's "Error codes" page for the WhatsApp Cloud API.

mod otherwise;
mod row;
mod table;
#[cfg(test)]
mod tests;

/// What a code means for the message, the sending number and the recipient.
#[derive(Debug, PartialEq, Eq)]
pub struct Class {
    /// What happened, in a few words: stable, unique, and fit for logs.
    pub meaning: &'static str,
    /// What happened and what to do, for people who know no codes.
    pub plain: &'static str,
    /// Whether the same message may be sent again without a person.
    pub retry: Retry,
    /// Whether somebody who runs the platform or the account must act before it can work.
    pub needs_operator: bool,
    /// Whether the number sends too fast, or is about to be punished for it: lower its rate.
    pub slows_channel: bool,
    /// Whether too much goes to this one recipient: wait before the next message to them.
    pub slows_peer: bool,
    /// Whether every further send of the number fails until an operator acts. Codes that may be
    /// about one message, one recipient or one kind of message never disconnect: a number that is
    /// switched off by mistake harms more than a few refused sends.
    pub disconnects_channel: bool,
    /// Whether the recipient asked not to get marketing any more.
    pub opted_out: bool,
}

/// Whether, and when, the same message may be sent again by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Not unchanged.
    Never,
    /// Soon, a few times.
    Soon {
        /// Most tries after the first.
        times: u8,
    },
    /// After waits that grow: `first_seconds`, then each `factor` times the one before.
    BackOff {
        /// The first wait.
        first_seconds: u32,
        /// What each further wait is multiplied by.
        factor: u32,
    },
    /// Not before this time has passed.
    AfterSeconds(u32),
}

impl Class {
    /// Refused for good, and nothing else.
    const fn refusal(meaning: &'static str, plain: &'static str) -> Self {
        Self {
            meaning,
            plain,
            retry: Retry::Never,
            needs_operator: false,
            slows_channel: false,
            slows_peer: false,
            disconnects_channel: false,
            opted_out: false,
        }
    }

    /// Whether the message was refused only because too much is sent, so that the sender should
    /// be told to come back later.
    pub fn is_throttle(&self) -> bool {
        (self.slows_channel || self.slows_peer) && self.retry != Retry::Never
    }

    /// Whether the same message may be sent again without a person.
    pub fn is_retryable(&self) -> bool {
        self.retry != Retry::Never
    }
}

/// Looks a code up.
///
/// `http_status` is that of the answer and decides for codes that are not in the table; pass 0
/// where the code came in a callback.
pub fn classify(code: i64, subcode: Option<i64>, http_status: u16) -> &'static Class {
    table::rows()
        .find(|row| row.covers(code, subcode))
        .map_or_else(|| otherwise::by_status(http_status), |row| &row.class)
}

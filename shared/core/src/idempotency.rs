//! The rule of `Idempotency-Key`.
//!
//! A key's item holds the hash of its request and the id of what the first try makes; everything else follows from what
//! stands under that id, which is the one truth of what became of the try.

use std::time::Duration;

use crate::digest;
use crate::state::{MessageState, Stages};
use crate::time::Moment;

/// The longest key, in bytes.
pub const MAX_KEY_LENGTH: usize = 255;

/// How long a key is kept.
pub const KEPT: Duration = Duration::from_secs(24 * 3600);

/// The hash of what a key stands for: method, path and body.
pub fn request_hash(method: &str, path: &str, body: &[u8]) -> String {
    digest::hex_of_parts(&[method.as_bytes(), path.as_bytes(), body])
}

/// What the first try left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstTry<'a> {
    /// The hash of its request.
    pub request_hash: &'a str,
    /// Until when it may still be running.
    pub lease_until: Moment,
    /// Its message, if it came to claim one.
    pub message: Option<FirstMessage>,
}

/// The first try's message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstMessage {
    /// How far it came.
    pub stages: Stages,
    /// What the caller was told, if the try lived to tell.
    pub answer: Option<Answer>,
}

/// What a try's caller was told of a message that was claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// 200: WhatsApp took it.
    Accepted,
    /// 422: WhatsApp refused it for good.
    Refused,
    /// 503 or 429: it never reached WhatsApp, or WhatsApp was busy.
    NotTaken,
}

/// What becomes of the same key when it is used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// Send: the first try came to nothing.
    Send,
    /// Give the first try's success again.
    ReplayAccepted,
    /// Give the first try's refusal again.
    ReplayRefused,
    /// The first try took the message on, and it is still to be sent: say so again.
    ReplayOpen,
    /// The first try still runs.
    InProgress,
    /// It may have reached WhatsApp. If the message is still claimed, its lease has lapsed and it is to be settled.
    OutcomeUnknown,
    /// The key stood for another request.
    Reused,
}

/// Decides what becomes of a key that is used again at `now` for a request with `request_hash`.
pub fn again(first: &FirstTry<'_>, request_hash: &str, now: Moment) -> Again {
    if first.request_hash != request_hash {
        return Again::Reused;
    }
    let Some(message) = first.message else {
        // Nothing was claimed: either it is about to be, or the try died before.
        return if now < first.lease_until {
            Again::InProgress
        } else {
            Again::Send
        };
    };
    match message.answer {
        Some(Answer::Accepted) => Again::ReplayAccepted,
        Some(Answer::Refused) => Again::ReplayRefused,
        Some(Answer::NotTaken) => Again::Send,
        None => match message.stages.state() {
            MessageState::Sending if message.stages.lapsed(now) => Again::OutcomeUnknown,
            MessageState::Accepted | MessageState::Sending
                if message.stages.accepted_at.is_some() =>
            {
                Again::ReplayOpen
            }
            MessageState::Accepted => Again::InProgress,
            MessageState::Sending => Again::InProgress,
            MessageState::Unknown => Again::OutcomeUnknown,
            MessageState::Sent | MessageState::Delivered | MessageState::Read => {
                Again::ReplayAccepted
            }
            MessageState::Failed => Again::ReplayRefused,
        },
    }
}

/// What the first try to make something left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstCreation<'a> {
    /// The hash of its request.
    pub request_hash: &'a str,
    /// Until when it may still be running.
    pub lease_until: Moment,
    /// Whether it is known to have come to its end.
    pub done: bool,
    /// Whether what it makes is there.
    pub exists: bool,
}

/// What becomes of the key of a creation when it is used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CreateAgain {
    /// Make it, under the id that the key holds: the first try may have died at any point, or be late.
    Create,
    /// Give the first try's answer again.
    Replay,
    /// The first try still runs.
    InProgress,
    /// What the first try made was deleted since, and is not to come back.
    Deleted,
    /// The key stood for another request.
    Reused,
}

/// Decides what becomes of a creation's key that is used again at `now` for a request with `request_hash`.
pub fn create_again(first: &FirstCreation<'_>, request_hash: &str, now: Moment) -> CreateAgain {
    if first.request_hash != request_hash {
        CreateAgain::Reused
    } else if first.exists {
        CreateAgain::Replay
    } else if first.done {
        CreateAgain::Deleted
    } else if now < first.lease_until {
        CreateAgain::InProgress
    } else {
        CreateAgain::Create
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THEN: Moment = Moment::from_seconds(1_000);
    const NOW: Moment = Moment::from_seconds(2_000);
    const LATER: Moment = Moment::from_seconds(3_000);

    fn with(stages: Stages, answer: Option<Answer>) -> Again {
        let first = FirstTry {
            request_hash: "h",
            lease_until: THEN,
            message: Some(FirstMessage { stages, answer }),
        };
        again(&first, "h", NOW)
    }

    #[test]
    fn every_row_of_the_table_holds() {
        let sending = |until| Stages {
            lease_until: Some(until),
            ..Stages::default()
        };
        let at = Some(THEN);
        let rows = [
            (sending(LATER), None, Again::InProgress),
            (sending(THEN), None, Again::OutcomeUnknown),
            (
                Stages {
                    unknown_at: at,
                    ..sending(THEN)
                },
                None,
                Again::OutcomeUnknown,
            ),
            (
                Stages {
                    unknown_at: at,
                    sent_at: at,
                    ..sending(THEN)
                },
                None,
                Again::ReplayAccepted,
            ),
            (
                Stages {
                    unknown_at: at,
                    failed_at: at,
                    ..sending(THEN)
                },
                None,
                Again::ReplayRefused,
            ),
            (
                Stages {
                    sent_at: at,
                    ..Stages::default()
                },
                Some(Answer::Accepted),
                Again::ReplayAccepted,
            ),
            // It failed later: the first answer was a success, and the same key gives the same answer.
            (
                Stages {
                    sent_at: at,
                    failed_at: at,
                    ..Stages::default()
                },
                Some(Answer::Accepted),
                Again::ReplayAccepted,
            ),
            (
                Stages {
                    failed_at: at,
                    ..Stages::default()
                },
                Some(Answer::Refused),
                Again::ReplayRefused,
            ),
            (
                Stages {
                    failed_at: at,
                    ..Stages::default()
                },
                Some(Answer::NotTaken),
                Again::Send,
            ),
        ];
        for (stages, answer, expected) in rows {
            assert_eq!(with(stages, answer), expected, "{stages:?} {answer:?}");
        }
    }

    #[test]
    fn what_was_taken_on_is_open_until_it_has_an_outcome() {
        let accepted = Stages {
            accepted_at: Some(THEN),
            ..Stages::default()
        };
        let sending = |until| Stages {
            lease_until: Some(until),
            ..accepted
        };
        let sent = Stages {
            sent_at: Some(THEN),
            ..accepted
        };
        let failed = Stages {
            failed_at: Some(THEN),
            ..accepted
        };
        for (stages, answer, expected) in [
            (accepted, None, Again::ReplayOpen),
            (sending(LATER), None, Again::ReplayOpen),
            (sending(THEN), None, Again::OutcomeUnknown),
            (sent, Some(Answer::Accepted), Again::ReplayAccepted),
            (failed, Some(Answer::Refused), Again::ReplayRefused),
        ] {
            assert_eq!(with(stages, answer), expected, "{stages:?}");
        }
    }

    #[test]
    fn a_try_that_died_before_its_claim_is_taken_over_once_its_lease_ended() {
        let first = FirstTry {
            request_hash: "h",
            lease_until: NOW,
            message: None,
        };
        assert_eq!(again(&first, "h", THEN), Again::InProgress);
        assert_eq!(again(&first, "h", NOW), Again::Send);
        assert_eq!(again(&first, "other", NOW), Again::Reused);
    }

    #[test]
    fn what_was_made_is_shown_and_what_was_not_is_made_once_nobody_is_at_it() {
        let first = |done, exists| FirstCreation {
            request_hash: "h",
            lease_until: NOW,
            done,
            exists,
        };
        let rows = [
            (first(false, false), THEN, CreateAgain::InProgress),
            (first(false, false), NOW, CreateAgain::Create),
            (first(false, true), THEN, CreateAgain::Replay),
            (first(false, true), NOW, CreateAgain::Replay),
            (first(true, true), NOW, CreateAgain::Replay),
            (first(true, false), NOW, CreateAgain::Deleted),
        ];
        for (first, now, expected) in rows {
            assert_eq!(create_again(&first, "h", now), expected, "{first:?}");
            assert_eq!(create_again(&first, "other", now), CreateAgain::Reused);
        }
    }

    #[test]
    fn the_hash_covers_method_path_and_body_each_for_itself() {
        let hash = request_hash("POST", "/a", b"b");
        assert_eq!(hash, request_hash("POST", "/a", b"b"));
        for other in [
            request_hash("PUT", "/a", b"b"),
            request_hash("POST", "/ab", b""),
            request_hash("POST", "/a", b"c"),
        ] {
            assert_ne!(hash, other);
        }
    }
}

//! The life of a message to a customer.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::time::Moment;

/// How far a message has come, from least to most. A message only moves forward in this order, which is the order of
/// the variants: by rank and not by the clock, because WhatsApp's stages share seconds and arrive in any order.
///
/// `Failed` stands between `Sent` and `Delivered`: a message that was delivered cannot fail any more, and one that was
/// said to have failed and is delivered after all was delivered. So the order of arrival never matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MessageState {
    /// Taken on and not yet handed to WhatsApp.
    Accepted,
    /// Claimed by a sender, until its lease ends.
    Sending,
    /// Handed to WhatsApp, which did not say what became of it. It is never sent again by itself.
    Unknown,
    /// Taken by WhatsApp.
    Sent,
    /// Refused by WhatsApp, or not deliverable.
    Failed,
    /// On the customer's phone.
    Delivered,
    /// Read by the customer.
    Read,
}

impl MessageState {
    /// The state's name in WATI Pro's answers. It has no word for [`MessageState::Sending`].
    pub const fn public_name(self) -> &'static str {
        match self {
            Self::Accepted | Self::Sending => "accepted",
            Self::Unknown => "unknown",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Delivered => "delivered",
            Self::Read => "read",
        }
    }
}

/// When a message reached which stage, as far as we were told. Its state follows from the stages that are there, so
/// that recording one is the same whatever is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stages {
    /// When it was taken on to be sent later, by nobody yet. Absent of messages that whoever took them on sends.
    pub accepted_at: Option<Moment>,
    /// Until when the sender that claimed it may work on it. Present while nobody knows the outcome.
    pub lease_until: Option<Moment>,
    /// When its outcome was found to be unknown.
    pub unknown_at: Option<Moment>,
    /// When WhatsApp took it.
    pub sent_at: Option<Moment>,
    /// When WhatsApp refused it or gave up.
    pub failed_at: Option<Moment>,
    /// When it came to the customer's phone.
    pub delivered_at: Option<Moment>,
    /// When the customer read it.
    pub read_at: Option<Moment>,
}

impl Stages {
    /// The furthest stage.
    pub fn state(&self) -> MessageState {
        if self.read_at.is_some() {
            MessageState::Read
        } else if self.delivered_at.is_some() {
            MessageState::Delivered
        } else if self.failed_at.is_some() {
            MessageState::Failed
        } else if self.sent_at.is_some() {
            MessageState::Sent
        } else if self.unknown_at.is_some() {
            MessageState::Unknown
        } else if self.lease_until.is_some() {
            MessageState::Sending
        } else {
            MessageState::Accepted
        }
    }

    /// Records a stage. The first report of a stage holds.
    pub fn record(&mut self, stage: Reported, at: Moment) {
        let slot = match stage {
            Reported::Sent => &mut self.sent_at,
            Reported::Failed => &mut self.failed_at,
            Reported::Delivered => &mut self.delivered_at,
            Reported::Read => &mut self.read_at,
        };
        slot.get_or_insert(at);
    }

    /// Whether its sender must be dead: it is claimed, and the claim has lapsed.
    pub fn lapsed(&self, now: Moment) -> bool {
        self.state() == MessageState::Sending && self.lease_until.is_some_and(|until| until <= now)
    }
}

/// A stage that WhatsApp reports of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reported {
    /// WhatsApp took it.
    Sent,
    /// It will not be delivered.
    Failed,
    /// On the phone.
    Delivered,
    /// Read, or played.
    Read,
}

impl Reported {
    /// The state of a message whose furthest stage this is.
    pub const fn state(self) -> MessageState {
        match self {
            Self::Sent => MessageState::Sent,
            Self::Failed => MessageState::Failed,
            Self::Delivered => MessageState::Delivered,
            Self::Read => MessageState::Read,
        }
    }

    /// Reads a `status` of WhatsApp's callback; `None` for a word that says nothing of the way (`deleted`, `warning`).
    pub fn parse(status: &str) -> Option<Self> {
        match status {
            "sent" => Some(Self::Sent),
            "failed" => Some(Self::Failed),
            "delivered" => Some(Self::Delivered),
            "read" | "played" => Some(Self::Read),
            _ => None,
        }
    }
}

/// How long a sender may hold a message: longer than the function that sends may run, so that whoever finds the lease
/// lapsed knows that the sender is dead.
pub fn lease(function_timeout: Duration) -> Duration {
    function_timeout + Duration::from_secs(5)
}

/// How long the provider may take to answer a function that may run for `function_timeout`: two thirds, so that the
/// outcome can still be recorded and told, and at most 20 s of API Gateway's 30.
pub fn provider_timeout(function_timeout: Duration) -> Duration {
    (function_timeout * 2 / 3).min(Duration::from_secs(20))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn reported() -> impl Strategy<Value = Reported> {
        prop_oneof![
            Just(Reported::Sent),
            Just(Reported::Failed),
            Just(Reported::Delivered),
            Just(Reported::Read)
        ]
    }

    proptest! {
        #[test]
        fn a_message_only_moves_forward(steps in proptest::collection::vec((reported(), any::<u16>()), 0..20)) {
            let mut stages = Stages { lease_until: Some(Moment::from_seconds(60)), ..Stages::default() };
            let mut before = stages.state();
            for (stage, at) in steps {
                stages.record(stage, Moment::from_seconds(i64::from(at)));
                prop_assert!(stages.state() >= before);
                before = stages.state();
            }
        }

        #[test]
        fn the_order_of_arrival_does_not_matter(
            mut steps in proptest::collection::vec(reported(), 0..10), seed in any::<u64>(),
        ) {
            let at = Moment::from_seconds(1);
            let mut in_order = Stages::default();
            steps.iter().for_each(|s| in_order.record(*s, at));
            let turn = if steps.is_empty() { 0 } else { usize::try_from(seed % 10).unwrap() % steps.len() };
            steps.rotate_left(turn);
            steps.reverse();
            let mut shuffled = Stages::default();
            steps.iter().chain(&steps).for_each(|s| shuffled.record(*s, at));
            prop_assert_eq!(in_order.state(), shuffled.state());
        }
    }

    #[test]
    fn read_implies_delivered_and_failed_does_not_undo_it() {
        let at = Some(Moment::from_seconds(1));
        let stages = Stages {
            sent_at: at,
            read_at: at,
            failed_at: at,
            ..Stages::default()
        };
        assert_eq!(stages.state(), MessageState::Read);
        let stages = Stages {
            sent_at: at,
            failed_at: at,
            ..Stages::default()
        };
        assert_eq!(stages.state(), MessageState::Failed);
    }

    #[test]
    fn a_lease_lapses_only_while_nothing_is_known() {
        let until = Some(Moment::from_seconds(60));
        let late = Moment::from_seconds(61);
        assert!(
            Stages {
                lease_until: until,
                ..Stages::default()
            }
            .lapsed(late)
        );
        assert!(
            !Stages {
                lease_until: until,
                ..Stages::default()
            }
            .lapsed(Moment::from_seconds(59))
        );
        assert!(
            !Stages {
                lease_until: until,
                sent_at: until,
                ..Stages::default()
            }
            .lapsed(late)
        );
    }

    #[test]
    fn words_of_whatsapp_are_known() {
        assert_eq!(Reported::parse("played"), Some(Reported::Read));
        assert_eq!(Reported::parse("warning"), None);
    }
}

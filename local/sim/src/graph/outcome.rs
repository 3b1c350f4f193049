//! What becomes of a message that was accepted: when, and the callbacks that tell of it.

use serde::{Deserialize, Serialize};

use crate::{
    callbacks::{About, Stage, envelope, failed, status},
    faults::Webhooks,
    numbers::Line,
    simulator::{Draft, Inner},
    store::{Callback, Traits},
};

/// The pauses between acceptance and the statuses, at speed 1.
const SENT_AFTER_MS: f64 = 50.0;
const DELIVERED_AFTER_MS: f64 = 150.0;

/// Why a message that was accepted does not reach its customer.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    /// Meta's code.
    pub(crate) code: u32,
    /// What is wrong, where the code's own text says too little.
    pub(crate) details: Option<String>,
}

impl From<u32> for Failure {
    fn from(code: u32) -> Self {
        Self {
            code,
            details: None,
        }
    }
}

impl Failure {
    /// A file that cannot be sent.
    pub(crate) fn of_file(details: String) -> Self {
        Self {
            code: 131_053,
            details: Some(details),
        }
    }

    /// Notes it where the statuses and the phone find it.
    pub(crate) fn note(self, traits: &mut Traits) {
        traits.failure = Some(self.code);
        traits.failure_details = self.details;
    }
}

/// When a message reaches its stages.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Times {
    pub(crate) sent_ms: Option<i64>,
    pub(crate) delivered_ms: Option<i64>,
    pub(crate) failed_ms: Option<i64>,
}

impl Times {
    /// The times of a message of type `kind` that is on its way from now on, or has failed.
    pub(crate) fn of(inner: &Inner, kind: &str, fails: bool, now_ms: i64) -> Self {
        let sent_ms = now_ms + inner.pause_ms(SENT_AFTER_MS);
        if fails {
            return Self {
                failed_ms: Some(sent_ms),
                ..Self::default()
            };
        }
        // A reaction is never reported as delivered or read.
        let delivered_ms = now_ms + inner.pause_ms(DELIVERED_AFTER_MS);
        Self {
            sent_ms: Some(sent_ms),
            delivered_ms: (kind != "reaction").then_some(delivered_ms),
            failed_ms: None,
        }
    }
}

/// A message whose statuses are told, and how.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Told {
    pub(crate) id: String,
    pub(crate) customer: String,
    pub(crate) kind: String,
    pub(crate) traits: Traits,
    /// Whether the sender's API version still has the conversation object.
    pub(crate) with_conversation: bool,
    pub(crate) webhooks: Webhooks,
}

impl Told {
    /// The callbacks that follow from an accepted message.
    pub(crate) fn callbacks(&self, inner: &Inner, line: &Line, times: Times) -> Vec<Callback> {
        let number = &line.number;
        let user_id = inner.users.id_of(&self.customer);
        let about = About {
            id: &self.id,
            customer: &self.customer,
            user_id: &user_id,
            kind: &self.kind,
            traits: &self.traits,
            with_conversation: self.with_conversation,
        };
        let draft = |name: &str, contents, due_ms| Draft {
            lane: &self.id,
            kind: format!("status:{name}"),
            body: envelope(number, contents),
            due_ms,
            delivers: None,
        };
        let mut drafts = Vec::with_capacity(2);
        if let (Some(code), Some(at_ms)) = (self.traits.failure, times.failed_ms) {
            drafts.push(draft("failed", failed(about, code, at_ms), at_ms));
        }
        let stages = [
            (Stage::Sent, times.sent_ms),
            (Stage::Delivered, times.delivered_ms),
        ];
        for (stage, at_ms) in stages {
            if let Some(at_ms) = at_ms {
                drafts.push(draft(stage.as_str(), status(about, stage, at_ms), at_ms));
            }
        }
        if self.webhooks.reorder
            && let [first, second] = &mut drafts[..]
        {
            std::mem::swap(&mut first.due_ms, &mut second.due_ms);
            drafts.reverse();
        }
        drafts
            .into_iter()
            .flat_map(|draft| inner.callbacks(number, self.webhooks, draft))
            .collect()
    }
}

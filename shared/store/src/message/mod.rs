//! Messages: claimed before they are sent, moved on by what WhatsApp reports.

mod accept;
mod amend;
mod claim;
mod list;
mod media;
mod outcome;
mod receive;
mod report;

use openwati_core::id::Id;
use openwati_core::idempotency::Answer;
use openwati_core::state::{Reported, Stages};
use openwati_core::time::Moment;
use serde::{Deserialize, Serialize};

pub use accept::Held;
pub use amend::AmendmentsRecord;
pub use claim::NewMessage;
pub use list::{MessagePage, Selection};
pub use media::{MediaRecord, MediaState, StoredMedia, name_of};
pub use receive::{ConversationChange, MOST_CHANGES, ToldMessage};
pub use report::{Recorded, Report, Reporting};

/// Which way a message went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// From the customer.
    In,
    /// To the customer.
    Out,
}

/// Why a message failed, in WhatsApp's words or in the platform's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageError {
    /// Meta's code; none where WhatsApp was never reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<i64>,
    /// The platform's own stable name of the reason, where it gave up a message that it had taken on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is about.
    pub title: String,
    /// The particulars.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<String>,
}

/// The longest title, and the longest particulars, that are kept, in characters: an item holds 400 KB, and who knows what
/// comes.
const LONGEST_WORDS: usize = 1000;

impl MessageError {
    /// An error in WhatsApp's words, as many of them as are kept.
    pub fn of_whatsapp(code: i64, title: &str, details: Option<&str>) -> Self {
        let cut = |words: &str| words.chars().take(LONGEST_WORDS).collect();
        Self {
            code: Some(code),
            name: None,
            title: cut(title),
            details: details.map(cut),
        }
    }

    /// An error in the platform's own words, for whom `name` is its stable name.
    pub fn of_platform(name: &str, title: &str) -> Self {
        Self {
            code: None,
            name: Some(name.to_owned()),
            title: title.chars().take(LONGEST_WORDS).collect(),
            details: None,
        }
    }
}

/// A message as it is kept.
#[derive(Debug, Clone, Deserialize)]
pub struct MessageRecord {
    /// Its id.
    #[serde(rename = "sk")]
    pub id: Id,
    /// Which way it went.
    pub direction: Direction,
    /// The channel it went over.
    pub channel: Id,
    /// Whom it was with: digits of a phone number, or a BSUID.
    pub peer: String,
    /// Its content, as JSON of [`openwati_core::message`].
    pub content: String,
    /// WhatsApp's id of it.
    #[serde(default)]
    pub wamid: Option<String>,
    /// Why it failed.
    #[serde(default)]
    pub error: Option<MessageError>,
    /// Its file.
    #[serde(default)]
    pub media: Option<MediaRecord>,
    /// What the caller was told of it.
    #[serde(default, rename = "answer")]
    told: Option<String>,
    #[serde(default)]
    accepted_at: Option<Moment>,
    #[serde(default)]
    lease_until: Option<Moment>,
    #[serde(default)]
    unknown_at: Option<Moment>,
    #[serde(default)]
    sent_at: Option<Moment>,
    #[serde(default)]
    confirmed_at: Option<Moment>,
    #[serde(default)]
    failed_at: Option<Moment>,
    #[serde(default)]
    delivered_at: Option<Moment>,
    #[serde(default)]
    read_at: Option<Moment>,
}

impl MessageRecord {
    /// Which stages it has reached.
    pub fn stages(&self) -> Stages {
        Stages {
            accepted_at: self.accepted_at,
            lease_until: self.lease_until,
            unknown_at: self.unknown_at,
            sent_at: self.sent_at,
            failed_at: self.failed_at,
            delivered_at: self.delivered_at,
            read_at: self.read_at,
        }
    }

    /// When this stage was reached, as WhatsApp reported it first.
    pub fn reported_at(&self, stage: Reported) -> Option<Moment> {
        match stage {
            Reported::Sent => self.confirmed_at,
            Reported::Failed => self.failed_at,
            Reported::Delivered => self.delivered_at,
            Reported::Read => self.read_at,
        }
    }

    /// What the caller was told of it.
    pub fn answer(&self) -> Option<Answer> {
        match self.told.as_deref()? {
            ACCEPTED => Some(Answer::Accepted),
            REFUSED => Some(Answer::Refused),
            _ => Some(Answer::NotTaken),
        }
    }
}

const ACCEPTED: &str = "accepted";
const REFUSED: &str = "refused";
const NOT_TAKEN: &str = "not_taken";

fn answer_name(answer: Answer) -> &'static str {
    match answer {
        Answer::Accepted => ACCEPTED,
        Answer::Refused => REFUSED,
        Answer::NotTaken => NOT_TAKEN,
    }
}

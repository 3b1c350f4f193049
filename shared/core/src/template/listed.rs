use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use serde_json::Value;

use super::definition::{Category, Definition, or_default};
use crate::message::Object;

/// One template of Meta's catalogue, as `GET /{waba}/message_templates` and `GET /{template}` tell it.
///
/// Only `id`, `name` and `language` must be there: they identify it. Any other member that is missing or of an unknown
/// form is as if it were not told, and members that came later are kept in [`rest`](Self::rest).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Listed {
    /// Meta's id.
    #[serde(deserialize_with = "digits")]
    pub id: String,
    /// Name, language, category, and the texts.
    #[serde(flatten)]
    pub definition: Definition,
    /// Whether it can be sent.
    #[serde(default, deserialize_with = "or_default")]
    pub status: Status,
    /// How customers take it.
    #[serde(
        default,
        rename = "quality_score",
        skip_serializing_if = "Option::is_none",
        deserialize_with = "quality"
    )]
    pub quality: Option<String>,
    /// Why Meta rejected it, where it did; Meta's `NONE` is nothing.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "reason"
    )]
    pub rejected_reason: Option<String>,
    /// The category it had before Meta changed it.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "or_default"
    )]
    pub previous_category: Option<Category>,
    /// What else Meta told.
    #[serde(flatten)]
    pub rest: Object,
}

/// What Meta says of a template's use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Status {
    /// It may be sent.
    Approved,
    /// Meta has not judged it yet.
    #[default]
    Pending,
    /// Meta refused it.
    Rejected,
    /// Withheld for a while, because customers do not like it.
    Paused,
    /// Withheld for good.
    Disabled,
    /// A rejection is being judged again.
    InAppeal,
    /// It is being deleted; what was sent is still being delivered.
    PendingDeletion,
    /// It is gone.
    Deleted,
    /// The account has too many templates.
    LimitExceeded,
    /// Set aside.
    Archived,
    /// One that came later, as Meta writes it.
    Other(String),
}

impl Status {
    /// As Meta writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Approved => "APPROVED",
            Self::Pending => "PENDING",
            Self::Rejected => "REJECTED",
            Self::Paused => "PAUSED",
            Self::Disabled => "DISABLED",
            Self::InAppeal => "IN_APPEAL",
            Self::PendingDeletion => "PENDING_DELETION",
            Self::Deleted => "DELETED",
            Self::LimitExceeded => "LIMIT_EXCEEDED",
            Self::Archived => "ARCHIVED",
            Self::Other(other) => other,
        }
    }

    /// Whether a template with this status can be sent.
    pub fn is_sendable(&self) -> bool {
        *self == Self::Approved
    }

    /// Whether a template with this status can be edited; an approved one once a day and ten times in 30 days.
    pub fn is_editable(&self) -> bool {
        matches!(self, Self::Approved | Self::Rejected | Self::Paused)
    }

    /// The status after the event of a `message_template_status_update`; nothing where the event leaves it as it is.
    ///
    /// `FLAGGED` only warns that the quality is low. What was reinstated, unflagged or unarchived is approved again.
    pub fn after_event(event: &str) -> Option<Self> {
        match event.to_ascii_uppercase().as_str() {
            "FLAGGED" => None,
            "REINSTATED" | "UNFLAGGED" | "UNARCHIVED" => Some(Self::Approved),
            other => Some(Self::from(other)),
        }
    }
}

impl From<&str> for Status {
    fn from(text: &str) -> Self {
        match text.to_ascii_uppercase().as_str() {
            // Meta's older name for templates whose quality recovered or is watched; both are sent.
            "APPROVED" | "ACTIVE" => Self::Approved,
            "PENDING" => Self::Pending,
            "REJECTED" => Self::Rejected,
            "PAUSED" => Self::Paused,
            "DISABLED" => Self::Disabled,
            "IN_APPEAL" => Self::InAppeal,
            "PENDING_DELETION" => Self::PendingDeletion,
            "DELETED" => Self::Deleted,
            "LIMIT_EXCEEDED" => Self::LimitExceeded,
            "ARCHIVED" => Self::Archived,
            _ => Self::Other(text.to_owned()),
        }
    }
}

impl Serialize for Status {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Status {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self::from(text.as_str()))
    }
}

/// Meta writes ids as text in answers and as a number in callbacks.
fn digits<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::String(id) if !id.is_empty() => Ok(id),
        Value::Number(id) => Ok(id.to_string()),
        _ => Err(D::Error::custom("a template's id is digits")),
    }
}

/// `{"score": "GREEN", "date": …}`, or the score alone.
fn quality<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let score = value.get("score").unwrap_or(&value);
    Ok(score.as_str().map(str::to_ascii_uppercase))
}

fn reason<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let told = value.as_str().filter(|reason| !reason.is_empty());
    Ok(told
        .filter(|reason| !reason.eq_ignore_ascii_case("NONE"))
        .map(str::to_owned))
}
